"""Bootstrap of a repeated-measures model: whole clients, or whole clusters, drawn with replacement.

The moments of a sample are the counts of its clients times their products, so that a block of samples costs one matrix
product and one run of Newton steps. Each block has a random stream of its own: the numbers do not depend on how many
workers there are. Sources: Efron (1979); Efron (1981) for the bias-corrected percentiles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from scipy import special

from outcomes.methods.mmrm.fit import fit_mmrm
from outcomes.methods.mmrm.refit import refit
from outcomes.methods.mmrm.units import to_units
from outcomes.methods.reference import normal_critical
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from outcomes.methods.mmrm.inference import MmrmFit
    from outcomes.methods.mmrm.pattern_moments import Floats
    from outcomes.methods.mmrm.refit import Refits
    from outcomes.methods.mmrm.units import Units

Limits: TypeAlias = Literal["percentile", "bias-corrected"]

_BLOCK = 500  # samples fitted together
_DRAWS = 8_000_000  # counts held at once
_FEWEST = 2
_RISE = 1e-9  # of the log-likelihood: less than a ten-thousandth of a standard error away from the top


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Bootstrap:
    """Fits of samples drawn from the clients.

    Attributes
    ----------
    fit : MmrmFit
        Of everybody.
    beta : ndarray, shape (b, k)
        Coefficients of the samples that could be fitted.
    covariance : ndarray, shape (b, T, T)
    replicates : int
        Samples drawn [count].
    reasons : tuple of (str, int)
        Why samples could not be fitted, and how many.
    """

    fit: MmrmFit
    beta: Floats
    covariance: Floats
    replicates: int
    reasons: tuple[tuple[str, int], ...]

    def se(self, weights: Floats) -> float:
        """Give the standard deviation of lᵀβ over the samples [points]."""
        return float(np.std(self.beta @ weights, ddof=1))

    def interval(self, weights: Floats, *, level: float, limits: Limits) -> tuple[float, float]:
        """Percentiles of lᵀβ over the samples, where asked corrected for the median's bias (Efron 1981)."""
        if limits not in get_args(Limits):
            msg = f"unknown limits {limits!r}: percentile or bias-corrected"
            raise ValueError(msg)
        values = self.beta @ np.asarray(weights, dtype=np.float64)
        half_width, shift = normal_critical(level=level), 0.0
        if limits == "bias-corrected":
            below = float((values < weights @ self.fit.beta).mean() + (values == weights @ self.fit.beta).mean() / 2)
            edge = 0.5 / len(values)
            shift = 2 * float(special.ndtri(min(max(below, edge), 1 - edge)))
        low, high = np.quantile(values, [special.ndtr(shift - half_width), special.ndtr(shift + half_width)])
        return float(low), float(high)


def bootstrap(
    *,
    scores: Floats,
    by_visit: Floats,
    constant: Floats | None = None,
    weights: Floats | None = None,
    clusters: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    covariance: str,
    replicates: int,
    rng: np.random.Generator,
    workers: int = 1,
) -> Bootstrap:
    """Fit the model to samples of clients, or of clusters.

    Parameters
    ----------
    scores, by_visit, constant, weights
        As `moments`.
    clusters : array of labels, shape (n,), optional
        What is drawn as a whole; clients where there is none.
    strata : array of labels, shape (n,), optional
        Within which the draws are made (the arms); a cluster lies in one stratum.
    covariance : str
        One of `STRUCTURES`.
    replicates : int
        Samples [count].
    rng : Generator
        Made from the seed of the result; the same stream gives the same samples for any number of workers.
    workers : int
        Threads, as joblib counts them: processes would hand the people over as pickles.

    Raises
    ------
    NotEstimableError
        When the clients themselves cannot be fitted, or fewer than two samples can.
    """
    from joblib import Parallel, delayed  # only who draws waits for it

    fit = fit_mmrm(scores=scores, by_visit=by_visit, constant=constant, weights=weights, covariance=covariance)
    units = to_units(fit, scores=scores, by_visit=by_visit, constant=constant, weights=weights, clusters=clusters)
    groups = _strata_of_units(units, strata)
    size = max(1, min(_BLOCK, _DRAWS // units.count))
    blocks = [min(size, replicates - start) for start in range(0, replicates, size)]
    streams = rng.spawn(len(blocks))
    work = (
        delayed(_fit_block)(units, fit, groups, count, stream) for count, stream in zip(blocks, streams, strict=True)
    )
    done: list[Refits] = Parallel(n_jobs=workers, prefer="threads")(work)
    fitted = np.concatenate([part.fitted for part in done])
    if fitted.sum() < _FEWEST:
        raise NotEstimableError("Hardly any of the samples drawn could be fitted.")
    beta = np.concatenate([part.beta for part in done])[fitted]
    theta = np.concatenate([part.theta for part in done])[fitted]
    return Bootstrap(
        fit=fit,
        beta=beta @ fit.basis.back.T + fit.basis.offset,
        covariance=fit.structure.matrix(theta),
        replicates=replicates,
        reasons=tuple(Counter(reason for part in done for reason in part.reasons).most_common()),
    )


def _strata_of_units(units: Units, strata: ArrayLike | None) -> list[NDArray[np.intp]]:
    """Units of each stratum."""
    if strata is None:
        return [np.arange(units.count)]
    labels, codes = np.unique(np.asarray(strata).astype(str), return_inverse=True)
    of_unit = np.full(units.count, -1)
    for clients, members in zip(units.clients, units.members, strict=True):
        of_unit[members] = codes[clients]
    for clients, members in zip(units.clients, units.members, strict=True):
        if (of_unit[members] != codes[clients]).any():
            msg = "a cluster lies in more than one stratum"
            raise ValueError(msg)
    return [np.flatnonzero(of_unit == code) for code in range(len(labels)) if (of_unit == code).any()]


def _fit_block(
    units: Units, fit: MmrmFit, groups: list[NDArray[np.intp]], count: int, stream: np.random.Generator
) -> Refits:
    copies = np.zeros((count, units.count))
    for group in groups:
        drawn = stream.integers(len(group), size=(count, len(group))) + len(group) * np.arange(count)[:, None]
        copies[:, group] = np.bincount(drawn.ravel(), minlength=count * len(group)).reshape(count, len(group))
    return refit(units.sums(copies), fit=fit, rise=_RISE)
