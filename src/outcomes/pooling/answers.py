"""What clinics tell together of each primary measure: one stage, two stages, and a difference that varies."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.meta_analysis import fit_meta_analysis
from outcomes.methods.mmrm.clinics import join_clinics
from outcomes.methods.random_arm import fit_random_arm
from outcomes.methods.reference import t_critical, t_limits, t_p_value
from outcomes.pooling.alone import ARM, ORDER, compares, difference_at, drop_repeated, fit_own, take_visits
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.methods.least_squares import Contrast
    from outcomes.methods.meta_analysis import MetaAnalysisFit
    from outcomes.methods.mmrm import Moments
    from outcomes.methods.random_arm import RandomArmFit
    from outcomes.pooling.agreement import Agreement

MOST_CLINICS_MORE = 200  # that are looked for: more is no answer for those who plan
FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoStage:
    """Differences of clinics pooled with random effects.

    Attributes
    ----------
    fit : MetaAnalysisFit
    se, low, high, p_value : float
        By Hartung and Knapp, with the correction of Röver and others: never narrower than the model's own error.
    prediction_low, prediction_high : float
        Limits for a clinic like these, from the same error.
    """

    fit: MetaAnalysisFit
    se: float
    low: float
    high: float
    p_value: float
    prediction_low: float
    prediction_high: float


def pool_two_stages(effects: Mapping[str, float], ses: Mapping[str, float], *, level: float) -> TwoStage:
    """Pool the differences of clinics.

    Raises
    ------
    NotEstimableError
        With fewer than two clinics.
    """
    names = list(effects)
    y, v = np.array([effects[one] for one in names]), np.array([ses[one] ** 2 for one in names])
    fit = fit_meta_analysis(effects=y, variances=v, level=level)
    own = 1 / math.sqrt(float((1 / (v + fit.tau2)).sum()))
    se = max(fit.se, own)  # the ad-hoc correction: max(1, q) in place of q
    low, high = t_limits(fit.value, se=se, df=fit.df, level=level)
    expected = t_limits(fit.value, se=math.hypot(se, math.sqrt(fit.tau2)), df=fit.df, level=level)
    return TwoStage(
        fit=fit,
        se=se,
        low=low,
        high=high,
        p_value=t_p_value(fit.value, se=se, df=fit.df),
        prediction_low=expected[0],
        prediction_high=expected[1],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """Everything about one measure.

    Attributes
    ----------
    one_stage : mapping of str to Contrast or NotEstimableError
        By visit.
    two_stage : mapping of str to TwoStage or NotEstimableError
    random : RandomArmFit or NotEstimableError
    random_visits : tuple of str
        Visits of the fit.
    own : mapping of (clinic, visit) to Contrast or NotEstimableError
    without : mapping of str to Contrast or NotEstimableError
        By the clinic that is left out, at the primary visit.
    people : mapping of str to (full, skills)
        People in the sums, by clinic [count].
    """

    one_stage: Mapping[str, Contrast | NotEstimableError]
    two_stage: Mapping[str, TwoStage | NotEstimableError]
    random: RandomArmFit | NotEstimableError
    random_visits: tuple[str, ...]
    own: Mapping[tuple[str, str], Contrast | NotEstimableError]
    without: Mapping[str, Contrast | NotEstimableError]
    people: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def pool_measure(parts: Mapping[str, Moments], agreement: Agreement) -> Pooled:
    """Pool a measure.

    Parameters
    ----------
    parts : mapping of str to Moments
        By clinic.
    agreement : Agreement
    """
    later, primary, level = agreement.plan.later, agreement.plan.primary, agreement.plan.confidence.level
    with_people = {clinic: part for clinic, part in parts.items() if part.n_clients}
    own = {
        (clinic, visit): found for clinic, part in parts.items() for visit, found in fit_own(part, agreement).items()
    }
    one_stage = fit_one_stage(with_people, later)
    without = {
        clinic: fit_one_stage({one: part for one, part in with_people.items() if one != clinic}, later)[primary]
        for clinic in with_people
    }
    random, visits = _try_random(with_people, later)
    return Pooled(
        one_stage=one_stage,
        two_stage={visit: _try_two_stages(own, parts, visit, level) for visit in later},
        random=random,
        random_visits=visits,
        own=own,
        without=without,
        people={clinic: count_arms(part) for clinic, part in parts.items()},
    )


def count_arms(part: Moments) -> tuple[int, int]:
    """Count the people of both arms in the sums of a clinic."""
    if not part.n_clients:
        return 0, 0
    raw = part.about(np.zeros_like(part.centre))
    full = round(float(raw[:, 0, 1 + ARM].sum()))
    return full, part.n_clients - full


def fit_one_stage(parts: Mapping[str, Moments], later: tuple[str, ...]) -> dict[str, Contrast | NotEstimableError]:
    """Fit one difference at each visit to the sum of all clinics' moments, each with an intercept of its own there."""
    if len(parts) < FEWEST - 1:
        return dict.fromkeys(later, NotEstimableError("Too few clinics have people in the sums."))
    kept = _visits_of(parts, later)
    if not kept:
        return dict.fromkeys(later, NotEstimableError("At no later visit do the sums hold people of both arms."))
    try:
        fit, _ = mmrm.fit_first_estimable(_join(parts, kept), order=ORDER)
    except NotEstimableError as why:
        return dict.fromkeys(later, why)
    absent = NotEstimableError("At this visit the sums do not hold people of both arms.")
    return {
        visit: difference_at(fit, kept.index(place)) if place in kept else absent for place, visit in enumerate(later)
    }


def _visits_of(parts: Mapping[str, Moments], later: tuple[str, ...]) -> list[int]:
    """Give the places of the visits at which some clinic compares both arms."""
    return [place for place in range(len(later)) if any(compares(part, place) for part in parts.values())]


def _join(parts: Mapping[str, Moments], kept: list[int]) -> Moments:
    taken = {clinic: take_visits(part, kept) for clinic, part in parts.items()}
    return drop_repeated(join_clinics({clinic: part for clinic, part in taken.items() if part.n_clients}))


def _try_two_stages(
    own: Mapping[tuple[str, str], Contrast | NotEstimableError], parts: Mapping[str, Moments], visit: str, level: float
) -> TwoStage | NotEstimableError:
    known = {clinic: found for clinic in parts if not isinstance(found := own[clinic, visit], NotEstimableError)}
    if len(known) < FEWEST:
        return NotEstimableError(f"Fewer than {FEWEST} clinics have a difference of their own at this visit.")
    effects = {clinic: found.estimate for clinic, found in known.items()}
    return pool_two_stages(effects, {clinic: found.se for clinic, found in known.items()}, level=level)


def _try_random(
    parts: Mapping[str, Moments], later: tuple[str, ...]
) -> tuple[RandomArmFit | NotEstimableError, tuple[str, ...]]:
    kept = _visits_of(parts, later)
    visits = tuple(later[place] for place in kept)
    if len(parts) < FEWEST or not kept:
        return NotEstimableError(f"Fewer than {FEWEST} clinics have people in the sums."), visits
    taken = {clinic: part for clinic, one in parts.items() if (part := take_visits(one, kept)).n_clients}
    joined = drop_repeated(join_clinics(taken))
    try:
        start, _ = mmrm.fit_first_estimable(joined, order=ORDER)
        alike = {clinic: _only(part, joined.constant) for clinic, part in taken.items()}
        return fit_random_arm(parts=alike, arm=ARM, covariance=start.covariance), visits
    except NotEstimableError as why:
        return why, visits
    except np.linalg.LinAlgError:
        return NotEstimableError("The likelihood of a difference that varies has no maximum."), visits


def _only(part: Moments, constant: tuple[str, ...]) -> Moments:
    """Give a clinic's moments with the covariates that all clinics together can tell apart."""
    q = len(part.by_visit)
    dropped = [1 + q + place for place, name in enumerate(part.constant) if name not in constant]
    at = np.setdiff1d(np.arange(part.gram.shape[1]), dropped)
    return replace(part, gram=part.gram[:, at[:, None], at], centre=part.centre[at[1:] - 1], constant=constant)


def count_more_clinics(found: TwoStage, *, worthwhile: float | None, level: float) -> int | None:
    """Count how many more clinics like these would settle it, at the present mean and spread; None beyond two hundred.

    With m more of them the squared error falls as k / (k + m), and t has k + m − 1 degrees of freedom. It is settled
    where the interval lies on one side of zero, or excludes a worthwhile difference either way.
    """
    k = found.fit.k
    for more in range(MOST_CLINICS_MORE + 1):
        half = t_critical(df=float(k + more - 1), level=level) * found.se * math.sqrt(k / (k + more))
        low, high = found.fit.value - half, found.fit.value + half
        if low > 0 or high < 0 or (worthwhile is not None and -worthwhile < low and high < worthwhile):
            return more
    return None
