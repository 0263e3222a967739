"""Shares a second time: statsmodels' Logit averaged over the people, and its intervals of proportions.

Of Firth's penalty statsmodels knows nothing: there its score, with the penalty's part, is solved by MINPACK (Moré,
Garbow & Hillstrom 1980).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from outcomes.replication.columns import known
from outcomes.replication.columns import standardised as scaled
from outcomes.replication.comparison import Numbers
from outcomes.replication.people import scores_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.people import People

RELIABLE = 1.959963984540054  # of a standard normal distribution, the 97.5th hundredth
ARM = 1  # position of the arm in the design, behind the intercept
SETTLED = 1e-10  # a step of Newton's; the next would be its square
STEPS = 60  # of Newton's: a coefficient without end moves by one a step, and by 40 its person's share is known
TOLERANCE = 1e-13  # of MINPACK, between two steps
ZERO = 1e-9  # for each person, of a score that was solved


class StandardisedShares(NamedTuple):
    """Shares if all had been in one arm, and in the other; the error of their difference; the log odds ratio."""

    full: float
    skills: float
    se: float
    log_odds: float
    method: str


def standardised_difference(
    happened: NDArray[np.float64], full: NDArray[np.bool_], columns: NDArray[np.float64], *, penalised: bool
) -> Numbers | None:
    """Difference between the shares if all had been in one arm and in the other; None where no solution was found."""
    found = standardised(happened, full, columns, penalised=penalised)
    return found and Numbers(value=found.full - found.skills, method=found.method, se=found.se)


def standardised(
    happened: NDArray[np.float64], full: NDArray[np.bool_], columns: NDArray[np.float64], *, penalised: bool
) -> StandardisedShares | None:
    """Shares predicted for everybody in either arm; None where no solution was found."""
    from statsmodels.discrete.discrete_model import Logit

    used = known(happened, columns)
    design = np.column_stack([np.ones(used.sum()), full[used], scaled(columns[used])])
    model = Logit(happened[used], design)
    beta = solve_penalised(model) if penalised else maximise(model)
    if beta is None:
        return None
    predicted, slope = [], np.zeros(len(beta))
    for arm in (1.0, 0.0):
        everybody = design.copy()
        everybody[:, ARM] = arm
        share, sign = model.predict(beta, everybody), 2 * arm - 1
        predicted.append(float(share.mean()))
        slope += sign * ((share * (1 - share)) @ everybody) / len(share)
    by = "score of statsmodels' Logit with Firth's penalty, solved by MINPACK" if penalised else "statsmodels' Logit"
    method = f"{by}; shares predicted for everybody in either programme"
    variance = float(slope @ np.linalg.solve(-model.hessian(beta), slope))
    return StandardisedShares(predicted[0], predicted[1], math.sqrt(variance), float(beta[ARM]), method)


def maximise(model: Any) -> NDArray[np.float64] | None:
    """Coefficients of a Logit where its score is zero; None where it does not get there.

    The score is judged, not the step: where one person stands alone in a level, the step never settles. The ridge that
    statsmodels puts below its Hessian keeps such a step finite.
    """
    fit = model.fit(method="newton", tol=SETTLED, maxiter=STEPS, disp=False, warn_convergence=False)
    beta = np.asarray(fit.params)
    return beta if np.abs(model.score(beta)).max() < ZERO * len(model.exog) else None


def solve_penalised(model: Any) -> NDArray[np.float64] | None:
    """Coefficients where the penalised score is zero, by Powell's hybrid and else by Levenberg and Marquardt."""
    from scipy import optimize

    def score(beta: NDArray[np.float64]) -> NDArray[np.float64]:
        share = model.predict(beta)
        scaled = np.sqrt(share * (1 - share))[:, None] * model.exog
        leverage = (scaled * np.linalg.pinv(scaled).T).sum(axis=1)
        return np.asarray(model.score(beta) + model.exog.T @ (leverage * (0.5 - share)))

    for algorithm in ("hybr", "lm"):
        found = optimize.root(score, np.zeros(model.exog.shape[1]), method=algorithm, tol=TOLERANCE)
        if np.abs(score(found.x)).max() < ZERO * len(model.exog):
            return np.asarray(found.x)
    return None


def share(happened: NDArray[np.float64], *, level: float) -> Numbers:
    """Share of those of whom it is known, with Wilson's interval."""
    from statsmodels.stats.proportion import proportion_confint

    events, n = _count(happened)
    interval = proportion_confint(events, n, alpha=1 - level, method="wilson")
    return Numbers(value=events / n, method="Wilson's interval by statsmodels", interval=interval)


def ratio_of_all(happened: NDArray[np.float64], full: NDArray[np.bool_], *, level: float) -> Numbers:
    """Ratio of two shares that are both whole, with the score interval; the lower limit with the arms exchanged."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    arms = _count(happened[full]), _count(happened[~full])
    told = {"method": "score", "compare": "ratio", "alpha": 1 - level, "correction": False}
    ends = [confint_proportions_2indep(*one, *other, **told)[1] for one, other in (arms, arms[::-1])]
    high, low = (float(np.real(end)) for end in ends)
    return Numbers(value=1.0, method="score interval by statsmodels", interval=(1 / low, high))


def crude_difference(happened: NDArray[np.float64], full: NDArray[np.bool_], *, level: float) -> Numbers:
    """Difference of the shares, not adjusted, with Newcombe's interval."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    (events, n), (others, m) = _count(happened[full]), _count(happened[~full])
    interval = confint_proportions_2indep(events, n, others, m, method="newcomb", compare="diff", alpha=1 - level)
    return Numbers(value=events / n - others / m, method="Newcombe's interval by statsmodels", interval=interval)


def _count(happened: NDArray[np.float64]) -> tuple[int, int]:
    return int(np.nansum(happened)), int((~np.isnan(happened)).sum())


def find_reliability(people: People, measure: str) -> float | None:
    """Reliability of a measure: the plan's, that of its items, or the least that is published of the same items."""
    plan = people.plan.measures[measure]
    own = plan.reliability or people.alphas.get(measure)
    if own is not None or plan.instrument is None:
        return own
    named = people.plan.instrument(plan.instrument)
    items = sorted(named.score(plan.scoring.score).items)
    told = {True: list[float](), False: list[float]()}
    for one in named.reliability:
        if one.kind == "alpha" and sorted(named.score(one.score).items) == items:
            told[one.status == "checked"].append(one.low)
    return min(told[True] or told[False], default=None)


def threshold(people: People, measure: str) -> float:
    """Smallest change that is more than measurement error."""
    published = people.plan.measures[measure].reliable_change
    if published is not None:
        return published.points
    start = scores_at(people, measure, people.plan.baseline)
    reliability = find_reliability(people, measure)
    if reliability is None:
        return math.nan
    return RELIABLE * math.sqrt(2 * (1 - reliability)) * float(np.nanstd(start, ddof=1))


def improved(people: People, measure: str) -> NDArray[np.float64]:
    """Who changed for the better by more than measurement error, person by person; nan where it is not known."""
    plan = people.plan.measures[measure]
    start, end = scores_at(people, measure, people.plan.baseline), scores_at(people, measure, people.plan.primary)
    gain = end - start if plan.better == "higher" else start - end
    return np.where(np.isnan(gain), np.nan, reaches(people, measure, gain))


def reaches(people: People, measure: str, gain: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether each gain is reliable: beyond the error of measurement, or at least what was published."""
    least = threshold(people, measure)
    if people.plan.measures[measure].reliable_change is not None:
        return np.asarray(np.round(gain, 9) >= np.round(least, 9))
    return np.asarray(gain > least)
