"""Holm's correction over the declared family: the main comparison of every primary measure at the primary visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.methods.multiplicity import adjust_holm
from outcomes.models.occasion import Occasion
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity
from outcomes.results.ways import BY_GROUP, OF_KINDS, choose_main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.contract import Found
    from outcomes.results.outcome import Cause, Outcome
    from outcomes.results.ways import Way


def way_of(occasion: Occasion, found: Found) -> Way:
    """Choose the way whose interval is the main one, by what the measure's numbers are."""
    kind = occasion.cohort.plan.measures[occasion.measure].kind
    if kind in OF_KINDS:
        return OF_KINDS[kind]
    by_group = found.get(str(BY_GROUP.key(occasion.measure, occasion.visit)))
    return choose_main(occasion.cohort.arrangement, by_group)


def key_of_p(occasion: Occasion) -> Key:
    """Key of the adjusted p-value of a measure at a visit."""
    way = OF_KINDS.get(occasion.cohort.plan.measures[occasion.measure].kind)
    return occasion.key("mmrm" if way is None else way.analysis, "p_holm")


@dataclass(frozen=True, slots=True)
class _Test:
    """A test of the family: the name it has there, what is tested, and its adjusted p-value as planned."""

    name: str
    result: Outcome | None
    planned: Planned


def list_p_values(cohort: Cohort, found: Found) -> dict[str, float]:
    """Give the p-value of each test of the family that could be made, by measure or kind of event."""
    tests = {one.name: one.result for one in _list_tests(cohort, found)}
    return {
        name: test.p_value for name, test in tests.items() if isinstance(test, Estimate) and test.p_value is not None
    }


def count_family(cohort: Cohort) -> int:
    """Count the declared tests; one that could not be made still counts."""
    return len(cohort.plan.primary_measures) + len(cohort.plan.primary_events)


def adjust_family(cohort: Cohort, found: Found) -> Iterator[Outcome]:
    """Adjust every p-value of the family."""
    if cohort.plan.confidence.multiplicity == "none":
        return
    adjusted = adjust_holm(p_values=list_p_values(cohort, found), family_size=count_family(cohort))
    method = f"Holm over the {len(cohort.plan.primary_measures)} primary measures at the primary visit"
    if cohort.plan.primary_events:
        method += f" and {len(cohort.plan.primary_events)} primary kinds of event"
    for one in _list_tests(cohort, found):
        test = one.result
        if one.name not in adjusted or not isinstance(test, Estimate):
            yield one.planned.refuse(*_why_untested(test))
            continue
        counts = {"n": test.n, "n_full": test.n_full, "n_skills": test.n_skills}
        yield one.planned.estimate(adjusted[one.name], method=method, how=How(estimator="holm"), **counts)


def _list_tests(cohort: Cohort, found: Found) -> Iterator[_Test]:
    """List the main comparison of each primary measure, then the adjusted rate ratio of each primary kind of event."""
    for occasion in _list_family(cohort):
        test = found.get(str(way_of(occasion, found).key(occasion.measure, occasion.visit)))
        p_value = Quantity.P_VALUE
        planned = occasion.declare(key_of_p(occasion), "adjusted p-value", p_value, unit="probability")
        yield _Test(occasion.measure, test, planned)
    for kind in cohort.plan.primary_events:
        key = Key("events", subject=kind, what="rate_ratio")
        planned = Planned(
            key=key.but(what="p_holm"),
            label=f"{cohort.plan.event_names[kind]}: adjusted p-value",
            quantity=Quantity.P_VALUE,
            unit="probability",
            tells=((key,),),
        )
        yield _Test(str(key), found.get(str(key)), planned)


def _list_family(cohort: Cohort) -> list[Occasion]:
    return [Occasion(cohort, measure, cohort.plan.primary) for measure in cohort.plan.primary_measures]


def _why_untested(test: Outcome | None) -> tuple[str, Cause]:
    if isinstance(test, NotEstimable):
        return test.reason, test.cause
    return "There is no p-value to adjust.", "not possible"
