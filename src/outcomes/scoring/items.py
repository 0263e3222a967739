"""Answers in, scores out: reversing, adding up, and prorating within the instrument's cap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.scoring.settings import require_settings, turn_answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.instruments import Instrument, ScoreRule
    from outcomes.scoring.settings import ScoringSettings


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ScoredItems:
    """Scores of n questionnaires.

    Attributes
    ----------
    score : str
        Name of the score in `total`.
    total : ndarray, shape (n,)
        The score that the settings ask for [points]; nan where too many of its items are missing or one is impossible.
    subscales : mapping of str to ndarray, shape (n,)
        Every subscale of the instrument by its published rule [points].
    n_missing : ndarray of int, shape (n,)
        Items of the score without an answer [count].
    prorated : ndarray of bool, shape (n,)
        There is a score although an item is missing.
    impossible : ndarray of bool, shape (n,)
        An item of the score holds an answer outside the instrument's range; such a questionnaire has no score.
    items_used : ndarray, shape (n, k)
        The k items of the score after reversing [points]; nan where missing or impossible.
    """

    score: str
    total: NDArray[np.float64]
    subscales: Mapping[str, NDArray[np.float64]]
    n_missing: NDArray[np.int64]
    prorated: NDArray[np.bool_]
    impossible: NDArray[np.bool_]
    items_used: NDArray[np.float64]

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"ScoredItems({self.score} of {len(self.total)} questionnaires)"


@dataclass(frozen=True, slots=True, repr=False)
class _Answers:
    """Reversed answers (n, items), zero where there is none to use, and which are missing or impossible."""

    filled: NDArray[np.float64]
    missing: NDArray[np.bool_]
    impossible: NDArray[np.bool_]


def score_items(answers: NDArray[np.float64], instrument: Instrument, settings: ScoringSettings) -> ScoredItems:
    """Score questionnaires.

    Parameters
    ----------
    answers : ndarray, shape (n, n_items)
        As they stand in the file, nan where missing [points]; columns in the order of the published form.
    instrument : Instrument
        Whose key is used.
    settings : ScoringSettings
        How the file is coded and which score is wanted.

    Raises
    ------
    ValueError
        `answers` has not one column per item.
    UnknownScoreError, ScoringSettingsError
        The settings do not go with the instrument.
    """
    if answers.ndim != 2 or answers.shape[1] != instrument.n_items:  # noqa: PLR2004 - a table has two dimensions
        msg = f"{instrument.id} needs answers of shape (n, {instrument.n_items})"
        raise ValueError(msg)
    rule = require_settings(instrument, settings)
    parts = _require_answers(turn_answers(answers, instrument, settings), instrument)
    chosen = _columns(rule.items)
    cap = rule.maximum_missing if settings.maximum_missing is None else settings.maximum_missing
    total = _apply(rule, parts, cap)
    n_missing = parts.missing[:, chosen].sum(axis=1)
    impossible: NDArray[np.bool_] = np.any(parts.impossible[:, chosen], axis=1)
    used = np.where((parts.missing | parts.impossible)[:, chosen], np.nan, parts.filled[:, chosen])
    return ScoredItems(
        score=rule.name,
        total=total,
        subscales={name: _score_subscale(instrument.scores[name], parts) for name in instrument.subscales},
        n_missing=n_missing,
        prorated=(n_missing > 0) & ~np.isnan(total),
        impossible=impossible,
        items_used=used,
    )


def _require_answers(turned: NDArray[np.float64], instrument: Instrument) -> _Answers:
    low, high = instrument.answers
    missing = np.isnan(turned)
    impossible = (turned < low) | (turned > high)  # reversing maps the range onto itself
    return _Answers(np.where(missing | impossible, 0.0, turned), missing, impossible)


def _score_subscale(rule: ScoreRule, answers: _Answers) -> NDArray[np.float64]:
    return _apply(rule, answers, rule.maximum_missing)


def _apply(rule: ScoreRule, answers: _Answers, cap: int) -> NDArray[np.float64]:
    if rule.rule == "mean_of_subscales":
        means = np.stack([_mean(part.items, answers, part.maximum_missing) for part in rule.parts], axis=1)
        few = answers.missing[:, _columns(rule.items)].sum(axis=1) <= cap
        return np.where(few, means.sum(axis=1) / len(rule.parts) * rule.factor, np.nan)
    times = rule.factor * len(rule.items) if rule.rule == "sum" else rule.factor
    return _mean(rule.items, answers, cap, times=times)


def _mean(items: tuple[int, ...], answers: _Answers, cap: int, *, times: float = 1.0) -> NDArray[np.float64]:
    """Give `times` the mean of the answered items, where no more than `cap` are missing and none is impossible.

    The product is formed before the quotient: of complete whole answers it gives the sum exactly.
    """
    columns = _columns(items)
    n_missing = answers.missing[:, columns].sum(axis=1)
    answered = len(items) - n_missing
    usable = (n_missing <= cap) & (answered > 0) & ~answers.impossible[:, columns].any(axis=1)
    mean = answers.filled[:, columns].sum(axis=1) * times / np.maximum(answered, 1)
    return np.where(usable, mean, np.nan)


def _columns(items: tuple[int, ...]) -> list[int]:
    return [item - 1 for item in items]
