"""Counts that were not seen, because nobody looked any longer: drawn from the negative binomial given what was seen.

A person with the rate λ and the frailty g, gamma with mean one and variance 1/θ, has Poisson(g λ t) events in a time t.
Given y events in t the frailty is gamma(θ + y, θ + λt), and the events of a further time s are negative binomial with
the shape θ + y and the mean (θ + y)/(θ + λt) · λ′s, where λ′ is the rate that an assumption gives those who were lost.
Sources: Keene, Roger, Hartley & Kenward (2014), Pharmaceutical Statistics 13:258; Rubin (1987), chapter 3.
`docs/methods/events.md` derives it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy import special, stats

from outcomes.methods.negative_binomial import ARM, find_information

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.methods.negative_binomial import CountFit

    Array = NDArray[np.float64]

CountAssumption: TypeAlias = Literal["missing at random", "jump to reference", "copy reference"]
# Standard deviation of log θ, at most: a likelihood that is flatter leaves θ open over more than a factor of fifty,
# and its normal curve says nothing about that.
WIDEST = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountDraws:
    """Coefficients and shapes drawn about a fit, and a place for each person in the distribution of what was not seen.

    Attributes
    ----------
    beta : ndarray, shape (m, k)
    theta : ndarray, shape (m,)
        Infinite where the fit is Poisson's.
    place : ndarray, shape (m, n)
        Between 0 and 1; the same under every assumption, so that assumptions differ by what they assume alone.
    """

    beta: Array
    theta: Array
    place: Array

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"CountDraws({self.place.shape[0]} draws, {self.place.shape[1]} people)"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Unfollowed:
    """People with what was seen of them, and the time in which nobody looked.

    Attributes
    ----------
    counts, exposure : ndarray, shape (n,)
        What was seen; an exposure of zero where nothing was.
    remaining : ndarray, shape (n,)
        Time that was not seen; zero for who was followed to the end.
    design : ndarray, shape (n, k)
        Intercept, arm, then the rest, as in the fit.
    times : ndarray, shape (n,)
        What the rate of the time not seen is multiplied by, beyond an assumption: one where nothing is added to it.
    """

    counts: Array
    exposure: Array
    remaining: Array
    design: Array
    times: Array

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Unfollowed({len(self.counts)} people)"


def draw_count_posterior(fit: CountFit, *, people: int, draws: int, rng: np.random.Generator) -> CountDraws:
    """Draw coefficients and log θ from the normal approximation of their posterior with flat priors.

    Parameters
    ----------
    fit : CountFit
    people, draws : int
        [count]
    rng : numpy.random.Generator
    """
    information, theta = find_information(fit)
    root = np.linalg.cholesky(np.linalg.inv(information))
    beta = fit.beta + rng.standard_normal((draws, len(fit.beta))) @ root.T
    noise = rng.standard_normal(draws)
    shapes = np.full(draws, math.inf)
    if math.isfinite(fit.theta):
        spread = min(1 / math.sqrt(theta), WIDEST) if theta > 0 else WIDEST
        shapes = np.exp(math.log(fit.theta) + spread * noise)
    return CountDraws(beta=beta, theta=shapes, place=rng.random((draws, people)))


def complete_counts(
    people: Unfollowed, *, draws: CountDraws, assumption: CountAssumption, reference: bool
) -> NDArray[np.float64]:
    """Complete the counts under an assumption, shape (m, n).

    Parameters
    ----------
    people : Unfollowed
    draws : CountDraws
    assumption : str
        "missing at random": at the rate of the own arm. "jump to reference": at that of the reference from the last day
        seen on. "copy reference": at that of the reference, and what was seen is judged by it as well.
    reference : bool
        Whether the full programme is the reference; only those of the other arm are moved.
    """
    lost = people.remaining > 0
    design, seen = people.design[lost], people.exposure[lost]
    moved = design.copy()
    moved[:, ARM] = float(reference)
    own, other = np.exp(draws.beta @ design.T), np.exp(draws.beta @ moved.T)
    later = own if assumption == "missing at random" else other
    judged = other if assumption == "copy reference" else own
    mean = later * people.remaining[lost] * people.times[lost]
    completed = np.tile(people.counts, (len(draws.beta), 1))
    completed[:, lost] += _find_quantile(
        draws.place[:, lost], mean=mean, judged=judged * seen, counts=people.counts[lost], theta=draws.theta[:, None]
    )
    return completed


def _find_quantile(place: Array, *, mean: Array, judged: Array, counts: Array, theta: Array) -> Array:
    """Find the number at a place of the distribution of the events not seen, given those seen."""
    if np.isinf(theta).all():
        return np.asarray(stats.poisson.ppf(place, mean))
    shape = theta + counts
    expected = shape / (theta + judged) * mean
    return np.asarray(stats.nbinom.ppf(place, shape, shape / (shape + expected)))


def complete_yes_no(
    happened: NDArray[np.float64], *, beta: Array, design: Array, place: Array, times: Array
) -> NDArray[np.float64]:
    """Complete a yes or a no, shape (m, n): who was not seen has a yes with the chance that the draws give them.

    Parameters
    ----------
    happened : ndarray, shape (n,)
        1 or 0, nan where not seen.
    beta : ndarray, shape (m, k)
    design : ndarray, shape (n, k)
        With the arm that an assumption gives each.
    place : ndarray, shape (m, n)
        Between 0 and 1.
    times : ndarray, shape (n,)
        What the odds are multiplied by; one where nothing is added.
    """
    chance = special.expit(beta @ design.T + np.log(times))
    return np.where(np.isnan(happened), (place < chance).astype(float), happened)
