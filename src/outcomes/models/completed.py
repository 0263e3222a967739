"""Counts, events and yes/no with what was not seen drawn, under assumptions about those who were lost, and pooled.

`docs/methods/events.md` derives how; of scores see `models/imputation.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from outcomes.cohort.order import rank_people
from outcomes.core.seeds import seed_for
from outcomes.methods import impute
from outcomes.methods.ancova import ancova_design
from outcomes.methods.count_spread import CountSpread
from outcomes.methods.negative_binomial import fit_counts
from outcomes.methods.pooling import pool_estimates
from outcomes.models.contract import People
from outcomes.models.grouping import read_grouping
from outcomes.models.shares import ARM_COLUMN, ShareModel, compare_shares
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.methods.negative_binomial import CountFit
    from outcomes.methods.pooling import PooledFit
    from outcomes.models.covariates import Covariates
    from outcomes.results.key import Key

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

BASE: Mapping[str, impute.CountAssumption] = {
    "mar": "missing at random",
    "jump_to_reference": "jump to reference",
    "copy_reference": "copy reference",
    "twice_full": "missing at random",
    "twice_skills": "missing at random",
}
WORSE = 2.0  # times the rate, or the odds: as large as the halving that trials of DBT are planned for, the other way
# People: of more, fifty fits under each of five assumptions take longer than the rest of a report.
MOST_PEOPLE = 20_000
TOO_MANY = (
    f"With more than {MOST_PEOPLE} people in the comparison the draws are not made: they would take longer than the "
    "rest of the report."
)
NOBODY_LOST = "Nobody was lost, so that nothing has to be assumed of anybody."
TOLD = "A covariate tells of some people that they have no event at all, so that nothing can be drawn for them."


@dataclass(frozen=True, kw_only=True, repr=False)
class Lost:
    """People of whom something was not seen.

    Attributes
    ----------
    cohort : Cohort
    name : Key
        Of what is drawn, for the stream of random numbers.
    covariates : Covariates
    used : ndarray of bool, shape (n,)
        Who is completed: everybody with all that is adjusted for.
    fitted : ndarray of bool, shape (n,)
        Of whom something was seen: the model rests on them.
    adjusted : tuple of str
        What is adjusted for, as columns of the study.
    sign : float
        +1 where more, or a yes, is better: those who were lost are taken to be worse.
    """

    cohort: Cohort
    name: Key
    covariates: Covariates
    used: Mask
    fitted: Mask
    adjusted: tuple[str, ...]
    sign: float

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Lost({int(self.used.sum())} people)"

    @property
    def people(self) -> People:
        """Who is compared."""
        return People(self.used, self.cohort.full)

    @property
    def draws(self) -> int:
        """Number of completed data sets."""
        return self.cohort.plan.missing.imputations

    @property
    def reference(self) -> bool:
        """Whether the full programme is the reference."""
        return self.cohort.plan.missing.reference == "full"

    @cached_property
    def among(self) -> Covariates:
        """What is adjusted for: what varies among those of whom something was seen."""
        return self.covariates.varying(self.fitted & self.used)

    @cached_property
    def design(self) -> Array:
        """Columns of everybody who is completed."""
        return ancova_design(full=self.cohort.full[self.used], covariates=self.among.columns[self.used])

    @property
    def names(self) -> tuple[str, ...]:
        """Names of these columns."""
        return ("the intercept", "the arm", *self.among.names)

    def rng(self) -> np.random.Generator:
        """Give the stream of its own name: each time from the beginning."""
        return np.random.default_rng(seed_for(str(self.name), seed=self.cohort.plan.random.seed))

    def in_order(self, places: Array) -> Array:
        """Hand the places out by an order of the people that follows from what is recorded of them."""
        return places[:, np.argsort(np.argsort(rank_people(self.cohort)[self.used]))]

    def times(self, way: str, lost: Mask) -> Array:
        """Give what the rate, or the odds, of those who were lost is multiplied by."""
        moved = {"twice_full": self.cohort.full[self.used], "twice_skills": ~self.cohort.full[self.used]}.get(way)
        worse = WORSE if self.sign < 0 else 1 / WORSE
        return np.where(lost & moved, worse, 1.0) if moved is not None else np.ones(len(lost))

    def require(self, lost: Mask) -> None:
        """Refuse where nobody was lost, or there are too many people for so many fits.

        Raises
        ------
        NotEstimableError
        """
        if not lost.any():
            raise NotEstimableError(NOBODY_LOST)
        if len(lost) > MOST_PEOPLE:
            raise NotEstimableError(TOO_MANY)


def pool_rate_ratio(lost: Lost, *, counts: Array, exposure: Array, remaining: Array, way: str) -> PooledFit:
    """Draw the counts of the time that was not seen, compare each completed data set as the main way does, and pool.

    Parameters
    ----------
    lost : Lost
    counts, exposure, remaining : ndarray, shape (n,)
        Of the cohort; an exposure of zero where nothing was seen.
    way : str

    Raises
    ------
    NotEstimableError
        Where nobody was lost, or a model cannot be fitted.
    """
    used = lost.used
    lost.require(remaining[used] > 0)
    fit = _fit_seen(lost, counts, exposure)
    people = impute.Unfollowed(
        counts=counts[used],
        exposure=exposure[used],
        remaining=remaining[used],
        design=lost.design,
        times=lost.times(way, remaining[used] > 0),
    )
    drawn = impute.draw_count_posterior(fit, people=int(used.sum()), draws=lost.draws, rng=lost.rng())
    drawn = replace(drawn, place=lost.in_order(drawn.place))
    completed = impute.complete_counts(people, draws=drawn, assumption=BASE[way], reference=lost.reference)
    labels = read_grouping(lost.cohort, used).labels
    found = []
    for sums in completed:
        again = _fit(lost, sums, people.exposure + people.remaining, lost.design)
        found.append(CountSpread(fit=again, clusters=labels).log_ratio())
    return _pool([(one.estimate, one.se, one.df) for one in found])


def _fit_seen(lost: Lost, counts: Array, exposure: Array) -> CountFit:
    seen = lost.fitted & lost.used
    full = lost.cohort.full[seen]
    if full.all() or not full.any():
        raise NotEstimableError("In one programme nobody was seen with all that this needs.", "not seen")
    replace(lost.among, columns=lost.among.columns[seen]).require_apart(full)
    return _fit(lost, counts[seen], exposure[seen], lost.design[lost.fitted[lost.used]])


def _fit(lost: Lost, counts: Array, exposure: Array, design: Array) -> CountFit:
    fit = fit_counts(counts=counts, exposure=exposure, design=design, names=lost.names, family="negative_binomial")
    if not (fit.kept.all() and fit.columns.all()):
        raise NotEstimableError(TOLD)
    return fit


def pool_share_difference(lost: Lost, *, happened: Array, way: str) -> PooledFit:
    """Draw whether those not seen had a yes, compare each completed data set as the main way does, and pool.

    Parameters
    ----------
    lost : Lost
    happened : ndarray, shape (n,)
        Of the cohort; nan where not seen.
    way : str

    Raises
    ------
    NotEstimableError
        Where nobody was lost, or a model cannot be fitted.
    """
    used, full = lost.used, lost.cohort.full[lost.used]
    missing = np.isnan(happened[used])
    lost.require(missing)
    seen = People(used & lost.fitted, lost.cohort.full)
    model = compare_shares(lost.cohort, happened, lost.among, seen, adjusted=lost.adjusted)
    if not isinstance(model, ShareModel):
        raise NotEstimableError("Everybody who was seen had the same, so that no model tells of those who were not.")
    rng, design = lost.rng(), lost.design.copy()
    root = np.linalg.cholesky(model.fit.beta_cov)
    beta = model.fit.beta + rng.standard_normal((lost.draws, len(root))) @ root.T
    place = lost.in_order(rng.random((lost.draws, len(missing))))
    if BASE[way] != "missing at random":
        design[missing & (full != lost.reference), ARM_COLUMN] = float(lost.reference)
    completed = impute.complete_yes_no(
        happened[used], beta=beta, design=design, place=place, times=lost.times(way, missing)
    )
    found, everybody = [], np.full(len(happened), np.nan)
    for answers in completed:
        everybody[used] = answers
        again = compare_shares(lost.cohort, everybody, lost.among, lost.people, adjusted=lost.adjusted)
        if not isinstance(again, ShareModel):
            raise NotEstimableError("With those not seen drawn, everybody had the same, and no model compares them.")
        one = again.shares.difference(again.level)
        found.append((one.value, one.se, one.df))
    return _pool(found)


def _pool(found: list[tuple[float, float, float]]) -> PooledFit:
    estimates, errors, df = np.array(found).T
    return pool_estimates(estimates=estimates, variances=errors**2, df_complete=float(df.mean()))
