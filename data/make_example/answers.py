"""From traits to what a questionnaire holds: answers to items, or a total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.instruments import read_instrument
from outcomes.scoring import ScoringSettings, score_items

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from truth import Truth

ITEM_INSTRUMENTS = ("dts", "ders16", "ffmq15")
# How much of an answer is the trait, and where the trait's scale is cut into options [sd]. The people of the example
# are in difficulty when they start, hence the shift.
LOADING, SHIFT = 0.62, 0.75
CUTS = (-1.0, -0.2, 0.6, 1.4)


def answer_items(name: str, trait: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Answers as they are ticked, shape (n, items); items that run the other way are ticked the other way."""
    instrument = read_instrument(name)
    low, high = instrument.answers
    noise = rng.standard_normal((len(trait), instrument.n_items))
    latent = LOADING * (trait[:, None] - SHIFT) + np.sqrt(1 - LOADING**2) * noise
    if instrument.better == "lower":
        latent = -latent
    answers = low + np.searchsorted(np.array(CUTS) * LOADING, latent).astype(float)
    reversed_items = np.isin(np.arange(1, instrument.n_items + 1), list(instrument.reversed_items))
    return np.where(reversed_items, low + high - answers, answers)


def lose_answers(answers: NDArray[np.float64], truth: Truth, rng: np.random.Generator) -> NDArray[np.float64]:
    """Leave some answers out, and most of a few questionnaires."""
    lost = rng.random(answers.shape) < truth.item_missing
    poor = rng.random(len(answers)) < truth.questionnaire_poor
    lost |= poor[:, None] & (rng.random(answers.shape) < 0.6)  # noqa: PLR2004  # more than half
    return np.where(lost, np.nan, answers)


def total_of(name: str, answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Score answers by the instrument's own rule."""
    return np.asarray(score_items(answers, read_instrument(name), ScoringSettings()).total)


def bsl23_of(trait: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Mean of 23 items, 0 to 4, lower is better."""
    mean = 2.1 - 0.72 * trait + 0.2 * rng.standard_normal(len(trait))
    return np.asarray(np.round(np.clip(mean, 0, 4) * 23) / 23)


def wai_sr_of(trait: NDArray[np.float64], full: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Sum of 12 items, 12 to 60; somewhat higher where there is an individual therapist."""
    total = 42 + 3.0 * full + 2.0 * trait + 6.0 * rng.standard_normal(len(trait))
    return np.asarray(np.clip(np.round(total), 12, 60))
