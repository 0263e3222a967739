"""Those who were lost, of counts, events and yes/no, a second time: by draws of its own.

A frailty of each person is drawn from its gamma distribution, then a Poisson number for the time that was not seen,
where the first draws a negative binomial number in one. Values are compared within four Monte-Carlo errors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from outcomes.replication.columns import independent, known
from outcomes.replication.comparison import Numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from outcomes.replication.people import People
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Fit = Callable[[Array, Array, Array], tuple[Array | None, float]]

WAYS = ("mar", "jump_to_reference", "copy_reference", "twice_full", "twice_skills")
DRAWS = 20  # enough for an error of a hundredth or so of what is drawn, and the fits are few
SEED = 20140713  # its own: nothing of the plan's is shared with the first
ERRORS, WORSE, ARM = 4.0, 2.0, 1
WIDEST = 1.0  # standard deviation of the logarithm of the shape, as docs/methods/events.md says


@dataclass(frozen=True, slots=True, repr=False)
class Lost:
    """What was seen of each, for how long, and for how long nothing was; with columns, arm and assumption."""

    number: Array
    time: Array
    left: Array
    full: Mask
    columns: Array
    way: str
    towards_full: bool
    fewer_is_better: bool

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Lost({len(self.number)} people)"

    def design(self) -> Array:
        """Intercept, arm, and what is adjusted for."""
        own = independent(self.columns - self.columns.mean(axis=0)) if self.columns.shape[1] else self.columns
        return np.column_stack([np.ones(len(self.full)), self.full, own])

    def moved(self) -> Mask:
        """Who is moved to the reference, of those lost."""
        return np.asarray((self.left > 0) & (self.full != self.towards_full))

    def times(self) -> Array:
        """Give what the rate, or the odds, of each is multiplied by."""
        arm = {"twice_full": self.full, "twice_skills": ~self.full}.get(self.way)
        worse = WORSE if self.fewer_is_better else 1 / WORSE
        return np.ones(len(self.full)) if arm is None else np.where(arm & (self.left > 0), worse, 1.0)


def draw_ratio(lost: Lost, fit: Fit, draws_of_the_first: int) -> Numbers | None:
    """Draw, fit again and average the logarithms of the ratio."""
    rng, design, seen = np.random.default_rng(SEED), lost.design(), lost.time > 0
    beta, alpha = fit(lost.number[seen], lost.time[seen], design[seen])
    if beta is None:
        return None
    mean = lost.time[seen] * np.exp(design[seen] @ beta)
    cov = np.linalg.inv(design[seen].T @ (design[seen] * (mean / (1 + alpha * mean))[:, None]))
    spread = _spread_of_shape(lost.number[seen], mean, alpha) if alpha > 0 else 0.0
    elsewhere = design.copy()
    elsewhere[lost.moved(), ARM] = float(lost.towards_full)
    moves = lost.way in {"jump_to_reference", "copy_reference"}
    found = []
    for _ in range(DRAWS):
        drawn = rng.multivariate_normal(beta, cov)
        rate = np.exp((elsewhere if moves else design) @ drawn) * lost.times()
        judged = np.exp((elsewhere if lost.way == "copy_reference" else design) @ drawn) * lost.time
        frailty = np.ones(len(rate))
        if alpha > 0:
            shape = math.exp(spread * rng.standard_normal()) / alpha
            frailty = rng.gamma(shape + lost.number) / (shape + judged)
        number = lost.number + rng.poisson(frailty * rate * lost.left)
        again, _ = fit(number.astype(float), lost.time + lost.left, design)
        if again is None:
            return None
        found.append(float(again[ARM]))
    value = math.exp(float(np.mean(found)))
    return Numbers(value=value, method="draws of its own", chance={"value": value * _error(found, draws_of_the_first)})


def draw_difference(lost: Lost, fit: Fit, draws_of_the_first: int) -> Numbers | None:
    """Draw answers of those not seen, and average the standardised differences."""
    rng, design, seen = np.random.default_rng(SEED), lost.design(), lost.time > 0
    beta, _ = fit(lost.number[seen], lost.time[seen], design[seen])
    if beta is None:
        return None
    share = special.expit(design[seen] @ beta)
    cov = np.linalg.inv(design[seen].T @ (design[seen] * (share * (1 - share))[:, None]))
    elsewhere = design.copy()
    if lost.way == "jump_to_reference":
        elsewhere[lost.moved(), ARM] = float(lost.towards_full)
    found = []
    for _ in range(DRAWS):
        chance = special.expit(elsewhere @ rng.multivariate_normal(beta, cov) + np.log(lost.times()))
        answer = np.where(seen, lost.number, rng.random(len(chance)) < chance)
        again, _ = fit(answer, lost.time + lost.left, design)
        if again is None:
            return None
        found.append(_standardise(again, design))
    value = float(np.mean(found))
    return Numbers(value=value, method="draws of its own", chance={"value": _error(found, draws_of_the_first)})


def _standardise(beta: Array, design: Array) -> float:
    shares = []
    for arm in (1.0, 0.0):
        everybody = design.copy()
        everybody[:, ARM] = arm
        shares.append(float(special.expit(everybody @ beta).mean()))
    return shares[0] - shares[1]


def _error(found: list[float], draws_of_the_first: int) -> float:
    """Four Monte-Carlo errors of the difference of two averages of draws like these."""
    return ERRORS * float(np.std(found, ddof=1)) * math.sqrt(1 / len(found) + 1 / draws_of_the_first)


def _spread_of_shape(number: Array, mean: Array, alpha: float) -> float:
    """Find the standard deviation of the logarithm of the shape, from the curve of the likelihood there."""

    def height(log_shape: float) -> float:
        shape = math.exp(log_shape)
        made = special.gammaln(number + shape) - special.gammaln(shape)
        return float((made + shape * math.log(shape) - (number + shape) * np.log(shape + mean)).sum())

    at, step = -math.log(alpha), 1e-3
    curve = (height(at + step) - 2 * height(at) + height(at - step)) / step**2
    return min(1 / math.sqrt(-curve), WIDEST) if curve < 0 else WIDEST


def lay_out(people: People, first: Estimate, values: Array, columns: Array) -> Lost:
    """Lay out a count or a yes/no at a visit: who was not seen was seen for no time, and has one visit left."""
    used = known(columns) if columns.shape[1] else np.ones(len(values), dtype=bool)
    seen = ~np.isnan(values[used])
    return Lost(
        number=np.nan_to_num(values[used]),
        time=seen.astype(float),
        left=(~seen).astype(float),
        full=people.full[used],
        columns=columns[used],
        way=first.key.category,
        towards_full=people.plan.missing.reference == "full",
        fewer_is_better=people.plan.measures[first.key.measure].better == "lower",
    )
