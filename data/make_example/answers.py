"""From traits to ticked answers, and from answers to scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from parameters import Records, Scale

# Where what an item asks is cut into its five options [sd].
CUTS = (-1.2, -0.4, 0.4, 1.2)
# Most answers that may be missing from a form before nobody reads it [share]; the package's rules are its own.
READABLE = 0.2


def tick_answers(scale: Scale, trait: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Answers as they are ticked, shape (n, visits, items), of people with these traits, shape (n, visits)."""
    noise = np.sqrt(1 - scale.loading**2) * rng.standard_normal((*trait.shape, scale.n_items))
    latent = scale.loading * (trait[..., None] - scale.ease) + noise
    if scale.better == "lower":
        latent = -latent
    answers = scale.lowest + np.searchsorted(np.array(CUTS), latent).astype(float)
    return turn_reversed(scale, answers)


def turn_reversed(scale: Scale, answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Answers with the items turned that run the other way; done twice, nothing has happened."""
    turned = np.isin(np.arange(1, scale.n_items + 1), scale.reversed_items)
    return np.where(turned, 2 * scale.lowest + len(CUTS) - answers, answers)


def lose_answers(answers: NDArray[np.float64], records: Records, rng: np.random.Generator) -> NDArray[np.float64]:
    """Leave some answers out, and many of a few questionnaires, by chance alone."""
    lost = rng.random(answers.shape) < records.item_missing
    poor = rng.random(answers.shape[:-1]) < records.poor
    lost |= poor[..., None] & (rng.random(answers.shape) < records.poor_missing)
    return np.where(lost, np.nan, answers)


def score(scale: Scale, answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Score each form by its published rule; from the answers there are, if not too many are missing."""
    turned = turn_reversed(scale, answers)
    readable = np.isnan(turned).mean(axis=-1) <= READABLE
    if scale.subscales:
        means = [_mean(turned[..., np.array(items) - 1]) for items in scale.subscales]
        total = np.mean(means, axis=0)
    else:
        total = _mean(turned) * (scale.n_items if scale.is_sum else 1)
    return np.where(readable, total, np.nan)


def _mean(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    known = ~np.isnan(answers)
    count = known.sum(axis=-1)
    total = np.where(known, answers, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
