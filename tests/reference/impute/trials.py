"""Random trials with drop-out and gaps, for the tests beside this file."""

from __future__ import annotations

import numpy as np

T = 3


def draw_trial(
    rng: np.random.Generator, *, n: int = 40, covariates: int = 2, gaps: float = 0.08, stay: int = 2
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores (n, 3), intercept, arm and start, and covariates; some leave, some never come, some miss a visit."""
    full, start = rng.random(n) < 0.5, rng.normal(30, 7, n)
    constant = rng.standard_normal((n, covariates))
    mix = np.array([[6.0, 0, 0], [4.0, 5.0, 0], [3.0, 4.0, 6.0]])
    scores = 10 + 0.6 * start[:, None] - 3 * full[:, None] * np.array([0.4, 0.8, 1.0])
    scores = scores + constant.sum(axis=1)[:, None] + rng.standard_normal((n, T)) @ mix.T
    last = rng.integers(0, T + 1 + stay, n)
    scores[np.arange(T)[None, :] >= last[:, None]] = np.nan
    scores[rng.random(scores.shape) < gaps] = np.nan
    return scores, np.column_stack([np.ones(n), full, start]).astype(float), constant
