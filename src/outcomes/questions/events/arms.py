"""Events of a kind in one arm: how many, over what time, at what rate, to how many people, before, during and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.events import count_outside, read_events, read_followed, read_times
from outcomes.methods.exact_counts import clopper_pearson_limits, fit_rate
from outcomes.methods.mean_cumulative import fit_mean_cumulative
from outcomes.methods.means import fit_mean
from outcomes.methods.mirror import fit_mirror
from outcomes.models.contract import OF_THE_LOGARITHM, count_arm, estimate_ratio, estimate_share, to_interval
from outcomes.models.rates import require_events
from outcomes.questions.events.keys import MIRROR, PERIODS, key_of
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.cohort.events import Events, Period
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

DAYS_A_WEEK = 7.0
WEEKS_APART = 4.0  # between two places of a curve
PERIOD_TEXTS = {"before": "before the start", "during": "during the programme", "after": "after the programme"}
MEAN_REVERSION = (
    "Many people start when things are at their worst, and would have had fewer events afterwards whatever was done: "
    "a change against the time before is no effect of the programme."
)
FROM_END, FROM_SEEN = "{} people are followed until their end_date", "{} until the last date known of them"


@dataclass(frozen=True, slots=True, repr=False)
class _Arm:
    """A kind of event in an arm."""

    cohort: Cohort
    kind: str
    arm: str

    @property
    def level(self) -> float:
        return self.cohort.plan.confidence.level

    def events(self, period: Period = "since") -> tuple[Events, NDArray[np.bool_]]:
        """Give the events of a period, and who of the arm was followed for some of it."""
        require_events(self.cohort)
        events = read_events(self.cohort, self.kind, period)
        return events, events.exposed & self.cohort.in_arm(self.arm)

    def plan(
        self, what: str, text: str, quantity: Quantity, unit: str, *, category: str = "", tells: tuple[str, ...] = ()
    ) -> Planned:
        """Plan a result; `tells` are others of the same arm, of which this is made."""
        key = key_of(self.kind, what, arm=self.arm, category=category)
        plan = self.cohort.plan
        made_of: tuple[tuple[Key, ...], ...] = (tuple(key.but(what=one) for one in tells),) if tells else ()
        label = f"{plan.event_names[self.kind]}: {text}, {plan.arm_names[self.arm]}"
        return Planned(key=key, label=label, quantity=quantity, unit=unit, tells=made_of)

    def counts(self, mine: NDArray[np.bool_]) -> dict[str, int]:
        return dict(count_arm(self.arm, mine))  # type: ignore[arg-type]  # a typed dict of integers

    def notes(self) -> tuple[str, ...]:
        """Say of whom no followed_until tells how long events would have become known, and what is counted nowhere."""
        told = read_followed(self.cohort).told_by[self.cohort.in_arm(self.arm)]
        said = [
            text.format(int((told == name).sum()))
            for name, text in (("end_date", FROM_END), ("last date known", FROM_SEEN))
            if (told == name).any()
        ]
        found = ["; ".join(said).capitalize() + ", as followed_until is empty."] if said else []
        if outside := count_outside(self.cohort, self.kind):
            found.append(f"Counted in no rate: {outside} events outside the time that is known, of both programmes.")
        return tuple(found)


def describe_arm(cohort: Cohort, kind: str, arm: str) -> Iterator[Outcome]:
    """Give all that is told of a kind in an arm."""
    one = _Arm(cohort, kind, arm)
    yield one.plan("number", "events", Quantity.COUNT, "events").attempt(lambda planned: _number(one, planned))
    yield one.plan("years", "person-years", Quantity.EXPOSURE, "years").attempt(lambda planned: _years(one, planned))
    yield one.plan("rate", "rate", Quantity.RATE, "events_per_year", tells=("number", "years")).attempt(
        lambda planned: _rate(one, planned, "since")
    )
    for period in PERIODS:
        if period != "before" or cohort.plan.events[kind].before is not None:
            text = f"rate {PERIOD_TEXTS[period]}"
            planned = one.plan("rate", text, Quantity.RATE, "events_per_year", category=period)
            yield planned.attempt(lambda planned, period=period: _rate(one, planned, period))  # type: ignore[misc]
    yield one.plan("any", "had any", Quantity.SHARE, "share").attempt(lambda planned: _any(one, planned))
    yield one.plan("most_any", "most who may have any", Quantity.EXACT_LIMIT, "share_limit").attempt(
        lambda planned: _most_any(one, planned)
    )
    yield one.plan("curve", "mean number so far", Quantity.RATE, "events_a_person").attempt(
        lambda planned: _curve(one, planned)
    )
    if cohort.plan.events[kind].before is not None:
        text = "rate during the programme against before"
        planned = one.plan("rate_ratio", text, Quantity.RATE_RATIO, "ratio", category=MIRROR)
        yield planned.attempt(lambda planned: _mirror(one, planned))
    if "events" in cohort.tables and read_events(cohort, kind, "since").days is not None:
        yield from _days(one)


def _cells(number: NDArray[np.float64]) -> tuple[int, int]:
    some = int((number > 0).sum())
    return some, len(number) - some


def _number(one: _Arm, planned: Planned) -> Outcome:
    events, mine = one.events()
    number = events.number[mine]
    return planned.estimate(
        float(number.sum()),
        cells=_cells(number),
        how=How(estimator="count"),
        method="count of events from the start to the last day that is known, both included",
        notes=one.notes(),
        **one.counts(mine),
    )


def _years(one: _Arm, planned: Planned) -> Outcome:
    events, mine = one.events()
    return planned.estimate(
        float(events.years[mine].sum()),
        how=How(estimator="exposure"),
        method="sum over people of the days from the start to the last day that is known, over 365.25",
        notes=one.notes(),
        **one.counts(mine),
    )


def _rate(one: _Arm, planned: Planned, period: Period) -> Outcome:
    events, mine = one.events(period)
    number, years = events.number[mine], events.years[mine]
    fit = fit_rate(counts=number, exposure=years, level=one.level)
    exact = fit.se_log is None
    by = "Garwood's exact limits" if exact else "spread between people on the log scale, t on people less one"
    return planned.estimate(
        fit.value,
        se=None if fit.se_log is None else fit.value * fit.se_log,
        df=fit.df,
        interval=to_interval(one.level, (fit.low, fit.high)),
        cells=_cells(number),
        how=How(estimator="rate", inference="garwood" if exact else "t", covariance="" if exact else "hc1"),
        method=f"events over person-years, not adjusted; {by}",
        **one.counts(mine),
    )


def _any(one: _Arm, planned: Planned) -> Outcome:
    events, mine = one.events()
    some, others = _cells(events.number[mine])
    method = "share with at least one event since the start, Wilson's interval, not adjusted"
    counted = Planned(
        key=planned.key, label=planned.label, quantity=planned.quantity, unit=planned.unit, counts=one.counts(mine)
    )
    return estimate_share(counted, events=some, n=some + others, level=one.level, method=method)


def _most_any(one: _Arm, planned: Planned) -> Outcome:
    """Exact upper limit of the share with any, which stands where none was seen too."""
    events, mine = one.events()
    some, others = _cells(events.number[mine])
    low, high = clopper_pearson_limits(events=some, n=some + others, level=one.level)
    return planned.estimate(
        high,
        interval=to_interval(one.level, (low, high)),
        cells=(some, others),
        how=How(estimator="share", inference="clopper_pearson"),
        method="upper limit of the share with any event; Clopper–Pearson, exact, two-sided",
        **one.counts(mine),
    )


def _curve(one: _Arm, planned: Planned) -> Outcome:
    events, mine = one.events()
    if not mine.any():
        raise NotEstimableError("Nobody was followed for any time.", "not seen")
    person, day, number = read_times(one.cohort, one.kind)
    place = np.cumsum(mine) - 1
    own = mine[person]
    last = np.round(events.years[mine] * 365.25)
    weeks = np.arange(0.0, float(last.max()) / DAYS_A_WEEK + 1e-9, WEEKS_APART)
    fit = fit_mean_cumulative(
        last=last, person=place[person[own]], day=day[own], number=number[own], at=weeks * DAYS_A_WEEK
    )
    low, high = fit.limits(one.level)
    return planned.curve(
        axis="weeks since the start",
        at=tuple(map(float, weeks)),
        value=tuple(map(float, fit.value)),
        low=tuple(map(float, low)),
        high=tuple(map(float, high)),
        level=one.level,
        people=tuple(map(int, fit.people)),
        cells=_cells(events.number[mine]),
        how=How(estimator="mean_cumulative", inference="lawless_nadeau"),
        method="Nelson's mean cumulative number, intervals by Lawless and Nadeau's robust variance on the log scale",
        **one.counts(mine),
    )


def _mirror(one: _Arm, planned: Planned) -> Outcome:
    before, _ = one.events("before")
    during, mine = one.events("during")
    mine = mine & before.exposed
    fit = fit_mirror(
        before=before.number[mine], during=during.number[mine], years=(before.years[mine], during.years[mine])
    )
    return estimate_ratio(
        replace(planned, counts=one.counts(mine)),
        fit,
        level=one.level,
        cells=_cells(during.number[mine]),
        how=How(estimator="mirror", inference="t", covariance="hc1"),
        method="rate during the programme over the rate before, each person beside themselves; t on people less one",
        notes=(MEAN_REVERSION, OF_THE_LOGARITHM),
        tested=False,
    )


def _days(one: _Arm) -> Iterator[Outcome]:
    yield one.plan("days", "days in all", Quantity.COUNT, "days").attempt(lambda planned: _days_in_all(one, planned))
    text = "days a person, among those with any"
    yield one.plan("days_mean", text, Quantity.MEAN, "days").attempt(lambda planned: _days_mean(one, planned))


def _spent(one: _Arm) -> tuple[Events, NDArray[np.bool_], NDArray[np.float64]]:
    events, mine = one.events()
    if events.days is None:
        raise NotEstimableError("No days are recorded of events of this kind.", "not provided")
    return events, mine, events.days


def _unknown(events: Events) -> tuple[str, ...]:
    many = events.unknown_days
    return (f"Of {many} events of both programmes the days are not recorded: they add none.",) if many else ()


def _days_in_all(one: _Arm, planned: Planned) -> Outcome:
    events, mine, days = _spent(one)
    return planned.estimate(
        float(days[mine].sum()),
        cells=_cells(events.number[mine]),
        how=How(estimator="count"),
        method="sum of the days of events that began since the start, over everybody followed",
        notes=_unknown(events),
        **one.counts(mine),
    )


def _days_mean(one: _Arm, planned: Planned) -> Outcome:
    events, mine, days = _spent(one)
    some = mine & (events.number > 0)
    if some.sum() < 2:  # noqa: PLR2004  # people
        raise NotEstimableError("Fewer than two people had any, so that no mean is told.", "too few")
    fit = fit_mean(scores=days[some])
    return planned.estimate(
        fit.mean,
        se=fit.se,
        df=fit.df,
        interval=to_interval(one.level, fit.interval(one.level)),
        cells=(int(some.sum()),),
        how=How(estimator="mean", inference="t"),
        method="mean of each person's days, among those with any event; t interval, not adjusted",
        notes=_unknown(events),
        **one.counts(some),
    )
