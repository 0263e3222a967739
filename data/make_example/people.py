"""The people: who they are, which programme and which group they start, how their traits move, how long they stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from answers import lose_answers, score, tick_answers
from parameters import COURSES, ITEM_SCALES, PRIMARY, SCALES, VISITS

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from parameters import Parameters

SITES = ("North", "South")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everybody, one row each, and all that they would answer were they seen at every visit.

    Attributes
    ----------
    table : DataFrame
        `age`, `gender`, `self_harm_history`, `previous_therapy`, `full`, `group`, `therapist` and `site` (numbers).
    answers : dict of str to ndarray, shape (n, visits, items)
        Ticked answers, some left out.
    whole : dict of str to ndarray, shape (n, visits)
        Scores from all answers, had none been left out [points].
    recorded : dict of str to ndarray, shape (n, visits)
        Scores that are on record while the person is there [points].
    skipped : dict of str to ndarray of bool, shape (n, visits)
        Questionnaires that are not filled in.
    astray : ndarray of bool, shape (n, visits)
        Visits that come far too late.
    last : ndarray of int, shape (n,)
        Position of the last visit before leaving.
    """

    table: pd.DataFrame
    answers: dict[str, NDArray[np.float64]]
    whole: dict[str, NDArray[np.float64]]
    recorded: dict[str, NDArray[np.float64]]
    skipped: dict[str, NDArray[np.bool_]]
    astray: NDArray[np.bool_]
    last: NDArray[np.int64]

    @property
    def here(self) -> NDArray[np.bool_]:
        """Who has not left by each visit, shape (n, visits)."""
        return self.last[:, None] >= np.arange(len(VISITS))


def draw_world(
    parameters: Parameters, rng: np.random.Generator, *, n: int, full: NDArray[np.bool_] | None = None
) -> World:
    """Draw people and their course; who starts which programme follows from need unless `full` sets it.

    With the same generator the same people are drawn whatever `full` says, so that two programmes can be compared in
    the same people.
    """
    table, starts = _draw_start(parameters, rng, n)
    first = {name: tick_answers(SCALES[name], starts[name], rng) for name in SCALES}
    chance = rng.random(n) < _logistic(_log_odds_of_offer(parameters, table, first))
    table["full"] = chance if full is None else full
    _draw_places(parameters, table, rng)
    answers, whole = {}, {}
    for name, trait in _move(parameters, table, starts, rng).items():
        every = np.concatenate([first[name], tick_answers(SCALES[name], trait, rng)], axis=1)
        whole[name] = score(SCALES[name], every)
        answers[name] = lose_answers(every, parameters.records, rng)
    skipped = {name: rng.random((n, len(VISITS))) < parameters.records.skipped for name in SCALES}
    astray = (rng.random((n, len(VISITS))) < parameters.records.astray) & (np.arange(len(VISITS)) <= PRIMARY)
    recorded = {}
    for name in SCALES:
        lost = skipped[name] | (astray & (name in ITEM_SCALES))  # the others name their visit
        recorded[name] = np.where(lost, np.nan, score(SCALES[name], answers[name]))
    last = _stay(parameters, table, recorded["ders16"], rng)
    return World(
        table=table, answers=answers, whole=whole, recorded=recorded, skipped=skipped, astray=astray, last=last
    )


def _draw_start(
    parameters: Parameters, rng: np.random.Generator, n: int
) -> tuple[pd.DataFrame, dict[str, NDArray[np.float64]]]:
    """Draw who comes, and every trait at the start, shape (n, 1)."""
    who = parameters.people
    distress = rng.standard_normal(n)
    table = pd.DataFrame(
        {
            "age": np.clip(np.round(rng.normal(who.age_mean, who.age_sd, n)), 18, 65).astype(int),
            "gender": rng.choice(list(who.genders), size=n, p=list(who.genders.values())),
            "self_harm_history": rng.random(n) < _logistic(who.self_harm + who.self_harm_distress * distress),
            "previous_therapy": rng.random(n) < _logistic(who.therapy + who.therapy_distress * distress),
            "waiting": rng.gamma(4.0, who.waiting_mean / 4.0, n),
        }
    )
    starts = {}
    for name, course in COURSES.items():
        own = np.sqrt(1 - course.shared**2) * rng.standard_normal(n)
        starts[name] = (own - course.shared * distress)[:, None]
    return table, starts


def _log_odds_of_offer(
    parameters: Parameters, table: pd.DataFrame, first: dict[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Log odds of the full programme: need as the assessment sees it, and waiting."""
    who = parameters.people
    ders, bsl = (score(SCALES[name], first[name])[:, 0] for name in ("ders16", "bsl23"))
    needs = who.offer_ders * (ders - 55) / 10 + who.offer_bsl * (bsl - 2)
    waits = who.offer_waiting * (table["waiting"] - who.waiting_mean) / 10
    return np.asarray(who.offer + needs + who.offer_self_harm * table["self_harm_history"] + waits)


def _draw_places(parameters: Parameters, table: pd.DataFrame, rng: np.random.Generator) -> None:
    """Give everybody a skills group, its site, and a therapist of that site."""
    sure = parameters.group_smallest * parameters.n_groups
    seats = parameters.group_largest - parameters.group_smallest
    taken = rng.choice(seats * parameters.n_groups, size=len(table) - sure, replace=False) // seats
    sizes = parameters.group_smallest + np.bincount(taken, minlength=parameters.n_groups)
    table["group"] = rng.permutation(np.repeat(np.arange(parameters.n_groups), sizes))
    table["site"] = table["group"] % len(SITES)
    here = np.array([len(range(site, parameters.n_therapists, len(SITES))) for site in range(len(SITES))])
    seat = np.floor(rng.random(len(table)) * here[table["site"]]).astype(int)
    table["therapist"] = seat * len(SITES) + table["site"]


def _move(
    parameters: Parameters, table: pd.DataFrame, starts: dict[str, NDArray[np.float64]], rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Give every trait its course after the start, shape (n, visits - 1)."""
    change, n = parameters.change, len(table)
    full, self_harm = table["full"].to_numpy(dtype=float), table["self_harm_history"].to_numpy(dtype=float)
    both = change.self_harm_gain * self_harm + change.therapy_gain * table["previous_therapy"].to_numpy(dtype=float)
    of_group = change.group_sd * rng.standard_normal(parameters.n_groups)[table["group"]]
    of_therapist = change.therapist_sd * rng.standard_normal(parameters.n_therapists)[table["therapist"]]
    traits = {}
    for name, course in COURSES.items():
        lasting = change.lasting_sd * rng.standard_normal(n)
        passing = change.passing_sd * rng.standard_normal((n, len(course.gain)))
        alike = change.persistence * starts[name] + (both + of_group + lasting)[:, None] + passing
        added = np.array(course.added) + self_harm[:, None] * np.array(course.added_self_harm)
        traits[name] = alike + np.array(course.gain) + full[:, None] * (added + of_therapist[:, None])
    return traits


def _stay(
    parameters: Parameters, table: pd.DataFrame, ders: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Let people leave in each interval by their last *recorded* score alone, so that scores are missing at random."""
    change, n = parameters.change, len(table)
    last, here, known = np.zeros(n, dtype=np.int64), np.ones(n, dtype=bool), np.full(n, 50.0)
    for place, odds in enumerate(change.leaving, start=1):
        known = np.where(np.isnan(ders[:, place - 1]), known, ders[:, place - 1])
        moved = change.leaving_ders * (known - 50) / 10 + change.leaving_full * table["full"]
        here &= rng.random(n) >= _logistic(np.asarray(odds + moved))
        last[here] = place
    return last


def _logistic(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-odds)))
