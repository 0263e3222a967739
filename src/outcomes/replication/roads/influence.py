"""Whether one person carries a result, a second time: everybody left out in turn, from where the whole fit rests.

The model without each by the score of the restricted likelihood (`refit`), the interval without the one who moves it
most from the people who are left, the verdict by the table of `docs/methods/wording.md`.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.replication.columns import known, standardised
from outcomes.replication.comparison import REFITTED, NotFollowedError, Numbers
from outcomes.replication.dense import DenseFit
from outcomes.replication.least import own_columns
from outcomes.replication.refit import prepare
from outcomes.replication.roads import concluded, mixed, sharing
from outcomes.replication.roads.weighting import separated
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from outcomes.replication.roads.concluded import Span
    from outcomes.replication.wide import Road, Wide

    Array = NDArray[np.float64]

MANY = 1000  # people of an arm beyond whom it is not left out one by one, as docs/methods/influence.md says
TRIED, TO_A_SIDE = 3, 3
SMALL_CELL = 5  # as docs/methods/completion.md says of Firth's likelihood
ARM = 1


class Alone(NamedTuple):
    """A result without one person: value, limits, p-value."""

    value: float
    low: float
    high: float
    p_value: float = math.nan


class Carried(NamedTuple):
    """How far one person moves a result, the result without them, and the row of the verdict without who turns it."""

    moved: float
    most: Alone
    row: float


def _search(
    main: Estimate,
    order: Sequence[int],
    again: Callable[[int], Alone],
    rows: tuple[tuple[float, int], Callable[[int], tuple[float, int]], Callable[[int, Alone], tuple[float, int]]],
) -> Carried:
    """Find who moves a result most, and of those foreseen to turn its verdict the first who does."""
    now, foresee, settle = rows
    most, (low, high) = again(order[0]), main.limits or (math.nan, math.nan)
    half = min(high - low, most.high - most.low) / 2
    row = now[0]
    for person in [one for one in order if foresee(one) != now][:TRIED]:
        other = settle(person, again(person))
        if other != now:
            row = other[0]
            break
    return Carried(abs(main.value - most.value) / half, most, row)


class _Measure:
    """The main comparison of a measure, and the same without each person."""

    def __init__(self, wide: Wide, measure: str) -> None:
        fitted = wide.fit(measure)
        if fitted is None:
            raise NotFollowedError
        self.wide, self.measure, (self.near, self.dense, self.rows) = wide, measure, fitted
        self.basis = concluded.read_basis(wide, measure, wide.people.plan.primary)
        main = wide.found.get(str(self.basis.main))
        if not isinstance(main, Estimate) or main.se is None or main.df is None:
            raise NotFollowedError
        self.family = _family(wide)
        self.main, self.visit = main, self.near.visits.index(wide.people.plan.primary)
        self._leave_out()

    def _leave_out(self) -> None:
        """Difference and covariance without each; nan of those of an arm of very many."""
        ready = prepare(self.near, self.dense)
        if ready.is_small:
            raise NotFollowedError
        full = self.wide.people.full[self.near.used]
        n, place = len(full), self.visit * self.near.by_visit.shape[1] + ARM
        self.moves, self.narrow, self.sigma = np.full(n, np.nan), np.ones(n), {}
        value = float(self.near.weights(self.wide.people.plan.primary, level=0, arm=1) @ self.dense.beta)
        left = [one for one in range(n) if (full if full[one] else ~full).sum() <= MANY]
        found = ready.fit_without([np.array([one]) for one in left], start=ready.sigma)
        if found is None:
            raise NotFollowedError
        for one, beta, sigma in zip(left, *found, strict=True):
            self.moves[one] = value - float(beta[place])
            self.narrow[one] = math.sqrt(sigma[self.visit, self.visit] / self.dense.sigma[self.visit, self.visit])
            self.sigma[one] = sigma

    def order(self) -> list[int]:
        pulls = np.abs(self.moves) / np.minimum(self.narrow, 1.0)
        return [int(one) for one in np.argsort(-pulls, kind="stable") if np.isfinite(pulls[one])]

    def again(self, person: int) -> Alone:
        """Fit without a person, and judge as the main comparison is judged."""
        kept = [place for place, row in enumerate(self.near.make_rows()) if row != person]
        people = self.near.make_people()
        fit = DenseFit([people[one] for one in kept], self.sigma[person])
        weights = self.near.weights(self.wide.people.plan.primary, level=0, arm=1)
        column = self.main.how.clusters if self.main.how is not None and self.main.key.what == "clustered" else ""
        if column:
            labels = self.wide.groups(column)
            judged = fit.by_group([labels[self.rows[one]] for one in kept], weights)
        else:
            judged = fit.by_model(weights)
        return _judge(judged.value, judged.se, judged.df, self.wide.level())

    def _row(self, main: Span, others: Sequence[Span], p_value: float) -> tuple[float, int]:
        held = concluded.is_held(self.wide, self.basis.p_value)
        if isinstance(self.wide.found.get(str(self.basis.p_value)), Estimate):
            held = not _holm(self.family, self.measure, p_value) < 1 - self.wide.level()
        return concluded.name(main, others, self.basis.worthwhile, capped=self.basis.capped, held=held)

    def now(self) -> tuple[float, int]:
        return self._row(self.basis.span, list(self.basis.others.values()), self.main.p_value or 0.0)

    def foresee(self, person: int) -> tuple[float, int]:
        shift, narrow = self.wide.sign(self.measure) * float(self.moves[person]), float(self.narrow[person])
        others = [_shift(one, shift, narrow) for one in self.basis.others.values()]
        value, se = self.main.value - float(self.moves[person]), (self.main.se or math.nan) * narrow
        alone = _judge(value, se, self.main.df or math.inf, self.wide.level())
        return self._row(_shift(self.basis.span, shift, narrow), others, alone.p_value)

    def settle(self, person: int, alone: Alone) -> tuple[float, int]:
        """Name the verdict with the main and the mixed model fitted again, what is missing at the start as foreseen."""
        sign = self.wide.sign(self.measure)
        shift, narrow = sign * float(self.moves[person]), float(self.narrow[person])
        others = {name: _shift(one, shift, narrow) for name, one in self.basis.others.items()}
        if others.get("mixed") is not None:
            key = Key("mixed", self.measure, self.wide.people.plan.primary, "difference")
            first = self.wide.found[str(key)]
            number = mixed.without(self.wide, first, person) if isinstance(first, Estimate) else None
            limits = None if number is None else number.limits(self.wide.level(), log=False)
            others["mixed"] = limits if limits is None or sign > 0 else (-limits[1], -limits[0])
        main = (alone.low, alone.high) if sign > 0 else (-alone.high, -alone.low)
        return self._row(main, list(others.values()), alone.p_value)


def _judge(value: float, se: float, df: float, level: float) -> Alone:
    from scipy import stats

    reach = se * float(stats.t.ppf((1 + level) / 2, df))
    return Alone(value, value - reach, value + reach, 2 * float(stats.t.sf(abs(value / se), df)))


def _shift(span: Span, shift: float, narrow: float) -> Span:
    if span is None:
        return None
    middle, half = (span[0] + span[1]) / 2 - shift, narrow * (span[1] - span[0]) / 2
    return middle - half, middle + half


def _family(wide: Wide) -> dict[str, float]:
    """Give the stored p-values of the family by measure or kind of event; one where there is none."""
    plan = wide.people.plan
    keys = {one: concluded.read_basis(wide, one, plan.primary).main for one in plan.primary_measures}
    keys |= {kind: Key("events", subject=kind, what="rate_ratio") for kind in plan.primary_events}
    told = {one: wide.found.get(str(key)) for one, key in keys.items()}
    return {
        one: main.p_value if isinstance(main, Estimate) and main.p_value is not None else 1.0
        for one, main in told.items()
    }


def _holm(family: Mapping[str, float], measure: str, p_value: float) -> float:
    """Correct a p-value among those of the rest: not by statsmodels, which collects garbage at each call."""
    every = sorted([*(p for other, p in family.items() if other != measure), p_value])
    return min(1.0, max((len(every) - place) * p for place, p in enumerate(every) if p <= p_value))


def _of_measure(wide: Wide, measure: str) -> Carried:
    one = _Measure(wide, measure)
    return _search(one.main, one.order(), one.again, (one.now(), one.foresee, one.settle))


def _of_completion(wide: Wide) -> Carried | None:
    """Leave out the six whose residual pulls the difference most, three to a side."""
    main = wide.found.get(str(Key("completion", what="difference", category="adjusted")))
    if not isinstance(main, Estimate):
        return None
    happened, full = wide.people.completed, wide.people.full
    fitted = sharing.fit(happened, full, wide.covariates, penalised=main.how is not None and main.how.penalised)
    if fitted is None:
        return None
    who = np.flatnonzero(fitted.used)
    mine = full[who]
    pull = np.where(mine, 1 / mine.sum(), -1 / (~mine).sum()) * (fitted.model.endog - fitted.model.predict(fitted.beta))
    order = np.argsort(pull, kind="stable")
    found: dict[int, Alone] = {}
    for place in sorted({*order[:TO_A_SIDE].tolist(), *order[-TO_A_SIDE:].tolist()}):
        without = happened.copy()
        without[who[place]] = np.nan
        cells = [int((without[arm] == side).sum()) for arm in (full, ~full) for side in (0, 1)]
        used = known(without, wide.covariates)
        if len(set(full[used])) < 2 or len(set(without[used])) < 2:  # noqa: PLR2004  # no arms, or shares, to compare
            continue
        design = own_columns(np.column_stack([np.ones(used.sum()), full[used], standardised(wide.covariates[used])]))
        penalised = min(cells) < SMALL_CELL or bool(separated(design, without[used] == 1).any())
        refit = sharing.fit(without, full, wide.covariates, penalised=penalised)
        if refit is None:
            raise NotFollowedError
        number = sharing.standardise(refit, wide.groups_of(main, refit.used))["difference"]
        low, high = number.limits(wide.level(), log=False) or (math.nan, math.nan)
        found[place] = Alone(number.value, max(low, -1.0), min(high, 1.0))
    if not found:
        return None
    by_move = sorted(found, key=lambda place: (-abs(main.value - found[place].value), place))
    first = wide.found.get(str(Key("verdict", what="completion")))
    if not isinstance(first, Estimate):
        raise NotFollowedError
    rows = partial(concluded.of_completion, wide)

    def foresee(place: int) -> tuple[float, int]:
        return rows((found[place].low, found[place].high))

    now = rows(main.limits)
    return _search(main, by_move, found.__getitem__, (now, foresee, lambda place, _: foresee(place)))


def _carried(wide: Wide, first: Estimate) -> Numbers | None:
    key = first.key
    if key.subject == "completion":
        found = wide.once(("carried", ""), partial(_of_completion, wide))
    elif wide.people.plan.measures[key.measure].kind == "score":
        found = wide.once(("carried", key.measure), partial(_of_measure, wide, key.measure))
    else:
        raise NotFollowedError
    if found is None:
        return None
    method = "everybody left out in turn"
    if key.what == "difference":
        interval = (found.most.low, found.most.high)
        return Numbers(value=found.most.value, method=method, interval=interval, within=REFITTED)
    value = found.moved if key.what == "moved" else found.row
    return Numbers(value=value, method=method, within=REFITTED)


ROADS: Mapping[tuple[str, str], Road] = {("influence", what): _carried for what in ("moved", "difference", "verdict")}
