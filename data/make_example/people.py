"""The people: who they are, which programme they start, how their traits move, how long they stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from truth import VISITS, Truth

if TYPE_CHECKING:
    from numpy.typing import NDArray

GENDERS = ("woman", "man", "non_binary")
GENDER_SHARES = (0.68, 0.23, 0.09)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody, one row each.

    Attributes
    ----------
    table : DataFrame
        `need`, `age`, `gender`, `self_harm_history`, `previous_therapy`, `full`, `group`, `therapist` (-1: none) and
        `site`.
    traits : dict of str to ndarray, shape (n, visits)
        True traits at each visit, had everybody been seen [sd of the start].
    last : ndarray of int, shape (n,)
        Position of the last visit before leaving.
    """

    table: pd.DataFrame
    traits: dict[str, NDArray[np.float64]]
    last: NDArray[np.int64]


def draw_people(truth: Truth, rng: np.random.Generator, *, n: int, full: NDArray[np.bool_] | None = None) -> People:
    """Draw people; who starts which programme follows from need unless `full` sets it."""
    table = _draw_table(rng, n)
    chosen = _choose(truth, table, rng, n)
    table["full"] = chosen if full is None else full
    table["group"] = rng.permutation(np.arange(n) % truth.n_groups)
    therapist = rng.permutation(np.arange(n) % truth.n_therapists)
    table["therapist"] = np.where(table["full"], therapist, -1)
    table["site"] = table["group"] % 2
    traits = _move(truth, table, therapist, rng)
    return People(table=table, traits=traits, last=_stay(truth, table, traits["ders16"], rng))


def _draw_table(rng: np.random.Generator, n: int) -> pd.DataFrame:
    need = rng.standard_normal(n)
    return pd.DataFrame(
        {
            "need": need,
            "age": np.clip(np.round(rng.normal(33 - 1.5 * need, 9.5)), 18, 65).astype(int),
            "gender": rng.choice(GENDERS, size=n, p=GENDER_SHARES),
            "self_harm_history": rng.random(n) < _logistic(-0.2 + 0.8 * need),
            "previous_therapy": rng.random(n) < _logistic(0.2 + 0.3 * need),
        }
    )


def _choose(truth: Truth, table: pd.DataFrame, rng: np.random.Generator, n: int) -> NDArray[np.bool_]:
    """Let those with the highest wish or need, plus logistic noise, have the places of the full programme."""
    wish = (
        truth.choice_need * table["need"] + truth.choice_self_harm * table["self_harm_history"] + rng.logistic(size=n)
    )
    places = round(n * truth.n_full / (truth.n_full + truth.n_skills))
    return np.asarray(wish.rank(method="first", ascending=False).to_numpy() <= places)


def _move(
    truth: Truth, table: pd.DataFrame, therapist: NDArray[np.int64], rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Give every trait its course: start, gain, what the programme adds, group, therapist, what comes and goes."""
    n, full = len(table), table["full"].to_numpy(dtype=float)
    shared = rng.standard_normal(n)
    of_group = truth.group_sd * rng.standard_normal(truth.n_groups)[table["group"].to_numpy()]
    of_therapist = truth.therapist_sd * rng.standard_normal(truth.n_therapists)[therapist] * full
    self_harm = table["self_harm_history"].to_numpy(dtype=float)
    courses = {}
    for name, trait in truth.traits.items():
        own = np.sqrt(1 - trait.need**2) * (0.6 * shared + 0.8 * rng.standard_normal(n))
        start = -trait.need * table["need"].to_numpy() + own
        course = [start]
        for gain, added in zip(trait.gain, trait.full, strict=True):
            effect = added * (1 + trait.full_self_harm * self_harm)
            state = truth.state_sd * rng.standard_normal(n)
            course.append(start + gain + full * effect + of_group + of_therapist + state)
        courses[name] = np.column_stack(course)
    return courses


def _stay(truth: Truth, table: pd.DataFrame, trait: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Let people leave in each interval with odds that depend on the trait when they were last seen."""
    last = np.zeros(len(table), dtype=np.int64)
    here = np.ones(len(table), dtype=bool)
    for place in range(1, len(VISITS)):
        odds = (
            truth.stay + truth.stay_trait * trait[:, place - 1] + truth.stay_full * table["full"].to_numpy(dtype=float)
        )
        here &= rng.random(len(table)) < _logistic(odds)
        last[here] = place
    return last


def _logistic(odds: NDArray[np.float64] | pd.Series) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.asarray(odds, dtype=float))))
