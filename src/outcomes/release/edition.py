"""Apply the rule of each quantity, close what results tell of each other, then round the rest."""

from __future__ import annotations

import dataclasses
import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.release import curves
from outcomes.release.brackets import Member, Relation
from outcomes.release.closure import close
from outcomes.release.known import NO_RULE, Rule, has_people, is_inside_only, is_placed, rule_of
from outcomes.release.limits import USUAL_ERROR
from outcomes.release.rounding import coarsen, step_of
from outcomes.release.rules import FEW, SMALL_ARM, stands_for_people, why_hidden
from outcomes.release.steps import choose_rounding, leaves_choice
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry
from outcomes.results.verdict import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from outcomes.plan.model import Disclosure
    from outcomes.release.steps import Chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A result that is not released.

    Attributes
    ----------
    id, label : str
    reason : str
        Which rule hides it.
    """

    id: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """What may leave the clinic, and the list of what may not."""

    registry: Registry
    hidden: tuple[Hidden, ...]


OF_ONE = "what tells of a single person stays inside the clinic"
# What is named, once, in place of results that never leave: by the analysis that they are of.
INSIDE = {
    "sessions": Hidden(
        id=str(Key("sessions", subject="therapist")),
        label="What happens in individual sessions, by therapist",
        reason="results of single therapists stay inside the clinic",
    ),
    "run_chart": Hidden(
        id="run_chart",
        label="Results by quarter of intake",
        reason="few people start in a quarter, and what is told by quarter stays inside the clinic",
    ),
    "waiting": Hidden(
        id=str(Key("waiting", subject="quarter")),
        label="Waiting times by quarter of intake",
        reason="few people start in a quarter, and what is told by quarter stays inside the clinic",
    ),
    "influence": Hidden(
        id="influence",
        label="Whether one person carries a result",
        reason=OF_ONE,
    ),
    "events": Hidden(
        id=str(Key("events", category="without_one")),
        label="Rate ratios without the person who weighs most",
        reason=OF_ONE,
    ),
}


HELD = "an earlier edition differs from this one by fewer people than the plan's minimum count, and stands"
LEVEL = "A level of a characteristic"


def release(registry: Registry, rules: Disclosure, *, is_held: bool = False) -> Released:
    """Make a registry fit to be shared.

    Parameters
    ----------
    registry : Registry
    rules : Disclosure
        The plan's minimum count, minimum arm, and multiple to round to.
    is_held : bool
        Whether nothing of this study may be told, since an earlier edition is too near.

    Returns
    -------
    Released
        Texts are empty: the printed text of a rounded number is made from the rounded number.
    """
    open_to_all = [record for record in registry.records() if not is_inside_only(record.key)]
    shut = [record for record in registry.records() if is_inside_only(record.key)]
    inside = tuple(INSIDE[analysis] for analysis in sorted({record.key.analysis for record in shut}))
    ruled = Registry(record for record in open_to_all if rule_of(record.outcome) is not None)
    unruled = [record for record in open_to_all if record.id not in ruled]
    thinned, bare = _thin(ruled, rules)
    reasons = {name: why for name, outcome in thinned.items() if (why := why_hidden(outcome, rules))}
    reasons = dict.fromkeys(bare, curves.TOO_FEW) | reasons
    reasons |= {name: FEW for name, one in thinned.items() if name not in reasons and _is_forced(one, rules)}
    members = {name: _member(outcome, ruled[name], small=name in reasons) for name, outcome in thinned.items()}
    members |= {record.id: _refused(record.outcome) for record in unruled}
    secret = {*reasons, *(record.id for record in unruled)}
    relations = [relation for record in open_to_all for relation in _relations_of(record.outcome)]
    reasons |= close(members, relations, secret, rules)
    if is_held:  # all alike: what is hidden for another reason would tell what changed
        reasons = {name: HELD for name, one in thinned.items() if not _is_told_anyway(one)}
    told = {
        _level_of(one) for name, one in thinned.items() if name not in reasons and not isinstance(one, NotEstimable)
    }
    reasons |= {
        name: SMALL_ARM for name, one in thinned.items() if _names_a_rare_level(one, told) and name not in reasons
    }
    hidden = (
        Hidden(id=name, label=_label(thinned.record(name), told), reason=reasons[name]) for name in sorted(reasons)
    )
    # a label could tell what no rule has judged
    refused = (Hidden(id=one.id, label=f"A result of “{one.provenance.question}”", reason=NO_RULE) for one in unruled)
    left = Registry(record for record in thinned.records() if record.id not in reasons)
    chosen = choose_rounding(left, rules)._replace(held=_hold_against(ruled))
    error = _error_of(ruled)
    coarse = Registry(_coarse(record, rules, chosen, (ruled, left), error) for record in left.records())
    return Released(registry=coarse, hidden=(*hidden, *refused, *inside))


def _is_told_anyway(outcome: Outcome) -> bool:
    """Whether a result rests on nothing of the study's people: it is published, or says only what was not provided."""
    absent = isinstance(outcome, NotEstimable) and outcome.cause == "not provided" and not has_people(outcome)
    return absent or rule_of(outcome) is Rule.GIVEN


def _is_forced(outcome: Outcome, rules: Disclosure) -> bool:
    """Whether a share of people, however coarsely told, would leave no choice of its counts."""
    if not isinstance(outcome, Estimate) or rule_of(outcome) is not Rule.SHARE or not stands_for_people(outcome):
        return False
    return not leaves_choice(outcome, rules)


def _level_of(outcome: Outcome) -> tuple[str, str] | None:
    """Name a level of a characteristic, as the clinic calls it; None of what is about none."""
    return (outcome.key.subject, outcome.key.category) if getattr(outcome, "named", None) else None


def _names_a_rare_level(outcome: Outcome, told: AbstractSet[tuple[str, str] | None]) -> bool:
    """Whether a result without a number names a level that nothing else released is about."""
    level = _level_of(outcome)
    return isinstance(outcome, NotEstimable) and level is not None and bool(level[1]) and level not in told


def _label(record: Record, told: AbstractSet[tuple[str, str] | None]) -> str:
    """Name what is hidden; not by a level that nothing released is about, which would tell that there are few."""
    level = _level_of(record.outcome)
    return record.outcome.label if level is None or level in told else LEVEL


def _thin(registry: Registry, rules: Disclosure) -> tuple[Registry, list[str]]:
    """Thin every curve; give the registry with what is left, and the names of those of which nothing is."""
    bare, records = [], []
    for record in registry.records():
        outcome = record.outcome
        is_ours = isinstance(outcome, Curve) and rule_of(outcome) is not Rule.GIVEN
        thinned = curves.thin(outcome, rules) if is_ours and isinstance(outcome, Curve) else outcome
        if thinned is None:
            bare.append(record.id)
        records.append(record if thinned is None else dataclasses.replace(record, outcome=thinned))
    return Registry(records), bare


def _relations_of(outcome: Outcome) -> Iterator[Relation]:
    for others in outcome.tells:
        names = tuple(name for name in map(str, others) if name != outcome.id)
        if names:
            yield Relation(outcome.id, names)


def _member(outcome: Outcome, whole: Outcome, *, small: bool) -> Member:
    """See a result as the closure does; a curve that lost places is compared with what it was."""
    seen = Member(
        id=outcome.id,
        quantity=outcome.quantity,
        is_part=bool(outcome.key.category),
        is_slight=outcome.key.category in {"unchanged", "unchanged_only"},
        small=small,
    )
    if isinstance(outcome, NotEstimable) or rule_of(outcome) is Rule.KEPT:
        return dataclasses.replace(seen, has_value=False, small=small and rule_of(outcome) is not Rule.KEPT)
    is_base = outcome.quantity in {Quantity.COUNT, Quantity.SHARE} and stands_for_people(outcome)
    if isinstance(outcome, Curve):
        thinned = isinstance(whole, Curve) and len(outcome.at) < len(whole.at)
        return dataclasses.replace(seen, is_base=is_base, thinned=thinned)
    of = outcome.n if is_base and outcome.quantity is Quantity.SHARE else None
    people = outcome.value if outcome.quantity is Quantity.COUNT else outcome.value * of if of is not None else None
    return dataclasses.replace(
        seen, is_base=is_base, size=abs(outcome.value), people=people if is_base else None, of=of
    )


def _refused(outcome: Outcome) -> Member:
    """See a result without a rule: hidden, whatever it is."""
    return Member(id=outcome.id, quantity=outcome.quantity, is_base=True, small=True)


def _error_of(exact: Registry) -> float:
    """Give the error that the plan's intervals leave, the most common one: those of equivalence have another."""
    levels = [one.interval.level for one in exact.values() if isinstance(one, Estimate) and one.interval is not None]
    return round(1 - statistics.mode(levels), 9) if levels else USUAL_ERROR


def _coarse(
    record: Record, rules: Disclosure, chosen: Chosen, registries: tuple[Registry, Registry], error: float
) -> Record:
    """Round a record of the exact results beside what is left to tell of them.

    A digest of the study's files would let somebody who guesses at their content test the guess.
    """
    source = dataclasses.replace(record.provenance, digest="")
    exact, left = registries
    outcome = _silent(_round(record.outcome, rules, chosen, exact, error), left)
    return dataclasses.replace(record, outcome=outcome, provenance=source, text="")


def _round(outcome: Outcome, rules: Disclosure, chosen: Chosen, exact: Registry, error: float) -> Outcome:
    rule, multiple = rule_of(outcome), rules.round_to
    if rule is None or rule is Rule.GIVEN:
        return outcome
    if isinstance(outcome, Curve):
        return curves.coarsen(outcome, multiple=multiple, placed=is_placed(outcome.key))
    key = outcome.key
    name = str(key.but(analysis=key.of, of="") if key.of else key)  # a second computation is told as the first is
    first = exact.get(name)
    step = chosen.steps.get(name) or (step_of(first) if isinstance(first, Estimate) else None)
    value = chosen.counts.get(name, chosen.shares.get(name))
    if name in chosen.intervals and isinstance(outcome, Estimate) and outcome.interval is not None:
        outcome = dataclasses.replace(outcome, interval=None) if chosen.intervals[name] is None else outcome
    interval, least = chosen.intervals.get(name), rules.minimum_arm
    return coarsen(
        outcome,
        multiple=multiple,
        least=least,
        rule=rule,
        error=error,
        step=step,
        value=value,
        interval=interval,
        held=chosen.held.get(name, ()),
    )


def _hold_against(exact: Registry) -> dict[str, tuple[float, ...]]:
    """Give, by id of a comparison, the worthwhile differences whose side its verdict tells of both its limits."""
    found: dict[str, tuple[float, ...]] = {}
    for one in exact.values():
        verdict = one.verdict if isinstance(one, Estimate) else None
        if verdict is None or verdict.worthwhile is None or not verdict.claims & {Claim.EXCLUDED, Claim.REACHED}:
            continue
        size = verdict.worthwhile
        for main in (str(key) for relation in one.tells for key in relation):
            is_ratio = isinstance(first := exact.get(main), Estimate) and first.unit == "ratio"
            found[main] = (math.exp(-size), math.exp(size)) if is_ratio else (-size, size)
    return found


def _silent(outcome: Outcome, left: Registry) -> Outcome:
    """Take away the exact numbers of people that could be inferred, and relations with what is not released.

    These would name it, a level that few people have among them.
    """
    tells = tuple(relation for relation in outcome.tells if all(str(key) in left for key in relation))
    if isinstance(outcome, NotEstimable):
        return dataclasses.replace(outcome, tells=tells)
    return dataclasses.replace(outcome, cells=(), tells=tells)
