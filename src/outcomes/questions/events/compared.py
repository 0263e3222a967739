"""Events of a kind compared between the arms: the ratio and the difference of rates, any or none, ranks, one person.

The main way is the adjusted rate ratio; the others stand beside it, each as what it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.events import read_events
from outcomes.methods.exact_counts import NO_UPPER_END, SIMPLE, fit_exact_ratio
from outcomes.methods.superiority import fit_superiority, fit_van_elteren
from outcomes.models.calibration import find_nearest
from outcomes.models.contract import OF_THE_LOGARITHM, estimate_ratio, to_interval
from outcomes.models.rates import covariates_of, find_heaviest, fit_rates, require_events, who_is_compared
from outcomes.models.shares import compare_shares, require_told_apart
from outcomes.models.superiority import VAN_ELTEREN, estimate_superiority
from outcomes.plan.model import ARMS
from outcomes.questions.events.keys import ANY, CRUDE, STRATIFIED, WITHOUT_ONE, any_of, key_of
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.rates import RateModel
    from outcomes.results.outcome import Outcome

THIRDS = (1 / 3, 2 / 3)
NOT_FOLLOWED = "Nobody was followed for any time after the start."
SIMULATED = "simulation of data like these (nearest cell of a grid): how often an interval of 95 in 100 holds the truth"


@dataclass(frozen=True, slots=True, repr=False)
class _Kind:
    """A kind of event, and its main model."""

    cohort: Cohort
    kind: str

    @property
    def level(self) -> float:
        return self.cohort.plan.confidence.level

    def plan(self, what: str, text: str, quantity: Quantity, unit: str, *, category: str = "") -> Planned:
        """Plan a comparison; with the rate of one arm a ratio or a difference of rates tells that of the other."""
        key, name = key_of(self.kind, what, category=category), self.cohort.plan.event_names[self.kind]
        of = {Quantity.SHARE_DIFFERENCE: "any"}.get(quantity, "rate")
        tells = (tuple(key_of(self.kind, of, arm=arm) for arm in ARMS),)
        return Planned(key=key, label=f"{name}: {text}", quantity=quantity, unit=unit, tells=tells)


def compare_arms(cohort: Cohort, kind: str) -> Iterator[Outcome]:
    """Give all that compares the arms in a kind of event."""
    one = _Kind(cohort, kind)
    main = cache(partial(fit_rates, cohort, kind))
    ratios: dict[tuple[str, str], tuple[str, Callable[[], RateModel]]] = {
        ("rate_ratio", ""): ("adjusted rate ratio", main),
        ("rate_ratio_robust", ""): ("adjusted rate ratio, quasi-Poisson", lambda: main("poisson")),
        ("rate_ratio", CRUDE): ("rate ratio, not adjusted", lambda: main(adjusted=False)),
        ("rate_ratio", WITHOUT_ONE): (
            "adjusted rate ratio without the person who weighs most",
            lambda: main(without=find_heaviest(main())),
        ),
    }
    for (what, category), (text, model) in ratios.items():
        planned = one.plan(what, text, Quantity.RATE_RATIO, "ratio", category=category)
        yield planned.attempt(lambda planned, model=model: _ratio(one, model, planned))  # type: ignore[misc]
    if _has_none(one):
        text = "rate ratio given all events, not adjusted"
        yield one.plan("rate_ratio_exact", text, Quantity.RATE_RATIO, "ratio").attempt(
            lambda planned: _exact(one, planned)
        )
    difference = one.plan("rate_difference", "adjusted rate difference", Quantity.RATE_DIFFERENCE, "events_per_year")
    yield difference.attempt(lambda planned: _difference(one, main, planned))
    text = "had any, adjusted difference"
    shares = one.plan("difference", text, Quantity.SHARE_DIFFERENCE, "share_difference", category=ANY)
    yield shares.attempt(lambda planned: _any(one, planned))
    for category, among in (("", ""), (STRATIFIED, ", among people alike before")):
        if not category or cohort.plan.events[kind].before is not None:
            planned = one.plan(
                "fewer",
                f"chance of a lower rate in {{full}}{among}",
                Quantity.SUPERIORITY,
                "share_of_pairs",
                category=category,
            )
            yield planned.attempt(lambda planned, by=category: _fewer(one, planned, by=by))  # type: ignore[misc]
    spread = one.plan("spread", "spread between people, a of μ + aμ²", Quantity.DISPERSION, "variance")
    yield spread.attempt(lambda planned: _spread(main, planned))
    for what in ("rate_ratio", "rate_difference", ANY):
        told = "difference of the shares with any" if what == ANY else what.replace("_", " ")
        planned = Planned(
            key=key_of(kind, "coverage", category=what),
            label=f"{cohort.plan.event_names[kind]}: coverage of the interval of the {told}, simulated",
            quantity=Quantity.SHARE,
            unit="share_of_samples",
            tells=((any_of(kind) if what == ANY else key_of(kind, what),),),
        )
        yield planned.attempt(lambda planned, what=what: _coverage(main, what, planned))  # type: ignore[misc]


def _has_none(one: _Kind) -> bool:
    """Whether an arm, and not both, had no event."""
    if "events" not in one.cohort.tables:
        return False
    events = read_events(one.cohort, one.kind, "since")
    sums = [np.nansum(events.number[events.exposed & one.cohort.in_arm(arm)]) for arm in ARMS]
    return bool(min(sums) == 0 < max(sums))


def _ratio(one: _Kind, find: Callable[[], RateModel], planned: Planned) -> Outcome:
    model = find()
    return estimate_ratio(
        replace(planned, counts=model.people.counts()),
        model.log_ratio(),
        level=one.level,
        cells=model.cells,
        how=model.how,
        method=model.text,
        notes=(*model.notes, OF_THE_LOGARITHM),
    )


def _exact(one: _Kind, planned: Planned) -> Outcome:
    events = read_events(one.cohort, one.kind, "since")
    sides = [events.exposed & one.cohort.in_arm(arm) for arm in ARMS]
    counts = [int(events.number[side].sum()) for side in sides]
    years = [float(events.years[side].sum()) for side in sides]
    found = fit_exact_ratio(events=(counts[0], counts[1]), exposure=(years[0], years[1]), level=one.level)
    if counts[1] == 0:
        raise NotEstimableError(NO_UPPER_END, "too few")
    people = who_is_compared(one.cohort, one.kind, adjusted=False)
    return planned.estimate(
        counts[0] / years[0] / (counts[1] / years[1]),
        p_value=found.p_value,
        interval=to_interval(one.level, (found.low, found.high)),
        cells=tuple(int((events.number[side] > 0).sum()) for side in sides),
        how=How(estimator="exact_ratio", inference="clopper_pearson"),
        method="ratio of the rates; exact limits given the number of all events",
        notes=(SIMPLE,),
        **people.counts(),
    )


def _difference(one: _Kind, main: Callable[[], RateModel], planned: Planned) -> Outcome:
    model = main()
    found = model.spread.standardised().difference
    return planned.estimate(
        found.estimate,
        se=found.se,
        df=found.df,
        p_value=found.p_value,
        interval=to_interval(one.level, found.interval(one.level)),
        cells=model.cells,
        how=model.how,
        method=f"rates predicted for everybody in either programme, averaged over people; {model.text}; delta method",
        notes=model.notes,
        **model.people.counts(),
    )


def _any(one: _Kind, planned: Planned) -> Outcome:
    require_events(one.cohort)
    number = read_events(one.cohort, one.kind, "since").number
    people = who_is_compared(one.cohort, one.kind)
    happened = np.where(np.isnan(number), np.nan, (number > 0).astype(float))
    require_told_apart(happened, people)
    covariates = covariates_of(one.cohort, one.kind, adjusted=True)
    return compare_shares(one.cohort, happened, covariates, people).difference(planned)


def _fewer(one: _Kind, planned: Planned, *, by: str) -> Outcome:
    """Tell how often somebody of the full programme has a lower rate than somebody of skills group only."""
    require_events(one.cohort)
    events = read_events(one.cohort, one.kind, "since")
    used = events.exposed
    if not used.any():
        raise NotEstimableError(NOT_FOLLOWED, "not seen")
    full, rate = one.cohort.full[used], np.full(len(used), np.nan)
    # a year has days in quarters: counts over whole days tie exactly where they should
    rate[used] = events.number[used] / np.round(events.years[used] * 365.25)
    planned = replace(planned, counts=who_is_compared(one.cohort, one.kind, adjusted=False).counts())
    if by:
        before = read_events(one.cohort, one.kind, "before").number[used]
        strata = np.searchsorted(np.quantile(before, THIRDS), before, side="left").astype(np.int64)
        found = fit_van_elteren(values=-rate[used], full=full, strata=strata, level=one.level)
        text = "van Elteren over thirds of the events before the start"
        return estimate_superiority(planned, found, level=one.level, how=VAN_ELTEREN, by=text)
    found = fit_superiority(full=-rate[used][full], skills=-rate[used][~full], level=one.level)
    return estimate_superiority(planned, found, level=one.level)


def _spread(main: Callable[[], RateModel], planned: Planned) -> Outcome:
    model = main()
    theta = model.spread.fit.theta
    return planned.estimate(
        0.0 if math.isinf(theta) else 1 / theta,
        cells=model.cells,
        how=model.how,
        method="one over the shape of the negative binomial, by maximum likelihood",
        notes=model.notes,
        **model.people.counts(),
    )


def _coverage(main: Callable[[], RateModel], what: str, planned: Planned) -> Outcome:
    model = main()
    nearest = find_nearest(model, what)
    if nearest is None:
        raise NotEstimableError("No data like these were simulated.", "not possible")
    shape = (
        f"The cell: {nearest.people} people in each programme, a mean of {nearest.mean:g} events in {{skills}}, "
        f"spread {nearest.spread:g}, {100 * nearest.zeros:g} in 100 who never have any; {nearest.sets} data sets."
    )
    return planned.estimate(
        nearest.coverage,
        se=nearest.error,
        how=How(estimator="simulation", draws=nearest.sets, fallback="" if nearest.supports else "not supported"),
        method=SIMULATED,
        notes=(shape,),
        **model.people.counts(),
    )
