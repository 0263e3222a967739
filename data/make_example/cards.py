"""What people write down of their own life: goals, the diary card, and the checklist of skills (DBT-WCCL).

All of it is drawn from a stream of its own, so that no other table moves with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from parameters import VISITS
from records import to_dates

if TYPE_CHECKING:
    from datetime import date

    from attendance import Attendance
    from numpy.typing import NDArray
    from parameters import Cards, Parameters
    from people import World

STREAM = 17  # beside the seed
SKILLS = (  # items of skills use; the others are of coping that does not help
    *(1, 2, 4, 6, 9, 10, 11, 13, 16, 18, 19, 21, 22, 23, 26, 27, 29, 31, 33, 34, 35, 36, 38, 39, 40, 42, 43, 44),
    *(47, 49, 50, 51, 53, 54, 56, 57, 58, 59),
)
ITEMS = 59
CUTS = (-0.9, 0.1, 1.1)  # between the four options of an item [sd]


def make_cards(
    world: World,
    attendance: Attendance,
    ids: NDArray[np.str_],
    starts: list[date],
    days: NDArray[np.int64],
    parameters: Parameters,
) -> dict[str, pd.DataFrame]:
    """Goals, diary cards and checklists, each sorted by person."""
    rng = np.random.default_rng([parameters.seed, STREAM])
    lasting = rng.standard_normal(len(ids))  # who gains more than others, in all three
    return {
        "goals.csv": _make_goals(world, lasting, ids, parameters.cards, rng),
        "diary.csv": _make_diary(world, attendance, lasting, ids, parameters.cards, rng),
        "items/dbt_wccl.csv": _make_checklists(world, lasting, ids, starts, days, parameters.cards, rng),
    }


def _make_goals(
    world: World, lasting: NDArray[np.float64], ids: NDArray[np.str_], cards: Cards, rng: np.random.Generator
) -> pd.DataFrame:
    """Give ratings of one to three goals a person, of those who are still there."""
    n = len(ids)
    number = rng.choice([1, 2, 3], size=n, p=cards.goals)
    first = rng.normal(cards.goal_start, cards.goal_sd, (n, 3))
    gain = np.array([0.0, *cards.goal_gain]) + np.outer(world.table["full"], [0.0, *cards.goal_added])
    gain[:, 1:] += cards.goal_lasting * lasting[:, None]
    noise = rng.normal(0, cards.goal_noise, (n, len(VISITS), 3))
    rating = np.clip(np.round(first[:, None, :] + gain[:, :, None] + noise), 0, 10).astype(int)
    there = world.here & (rng.random((n, len(VISITS))) >= cards.goal_skipped)
    asked = there[:, :, None] & (np.arange(3) < number[:, None, None])
    who, visit, goal = np.nonzero(asked)
    blank = rng.random(len(who)) < cards.goal_blank
    cells = {"client_id": ids[who], "visit": np.array(VISITS)[visit], "goal": goal + 1}
    rated = pd.Series(rating[who, visit, goal], dtype="Int64").mask(blank)
    return (
        pd.DataFrame({**cells, "rating": rated, "place": visit})
        .sort_values(["client_id", "place", "goal"])
        .drop(columns="place")
    )


def _make_diary(
    world: World,
    attendance: Attendance,
    lasting: NDArray[np.float64],
    ids: NDArray[np.str_],
    cards: Cards,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give a card for each week in which anything was filled in, while there were sessions on offer."""
    full, harm = (world.table[name].to_numpy(dtype=float) for name in ("full", "self_harm_history"))
    n, weeks = len(ids), attendance.group.shape[1]
    gone = np.arange(weeks) / (weeks - 1)  # 0 in the first week, 1 in the last
    keeps = np.where(full > 0, cards.keeps_full, cards.keeps_skills)[:, None] + cards.keeps_sd * rng.standard_normal(
        (n, 1)
    )
    kept = rng.random((n, weeks)) < 1 / (1 + np.exp(-keeps))
    kept &= np.arange(1, weeks + 1) <= attendance.stopped[:, None]
    days = np.maximum(rng.binomial(7, cards.days, (n, weeks)), 1)
    rated = {}
    for name, (start, of_harm, gain, added) in cards.ratings.items():
        level = start + of_harm * harm - cards.rating_lasting * lasting
        course = level[:, None] - np.outer(gain + added * full, gone)
        noise = rng.normal(0, cards.rating_noise, (n, weeks))
        rated[name] = np.round(np.clip(course + noise, 0, 5), 1)
    some = rng.gamma(1 / cards.acts_spread, cards.acts_spread, (n, 1))
    acts = rng.poisson(some * (cards.acts + cards.acts_harm * harm[:, None]) * np.exp(-cards.acts_fall * gone))
    chance = 1 / (1 + np.exp(-(cards.skills + np.outer(cards.skills_gain + cards.skills_added * full, gone))))
    used = rng.binomial(days, chance)
    who, week = np.nonzero(kept)
    frame = pd.DataFrame({"client_id": ids[who], "week": week + 1, "days_filled": days[who, week]})
    for name, values in rated.items():
        frame[name] = [f"{one:g}" for one in values[who, week]]
    frame["acts"], frame["skills_days"] = acts[who, week], used[who, week]
    return frame.sort_values(["client_id", "week"])


def _make_checklists(
    world: World,
    lasting: NDArray[np.float64],
    ids: NDArray[np.str_],
    starts: list[date],
    days: NDArray[np.int64],
    cards: Cards,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give answers to the checklist, with dates and without visits."""
    full = world.table["full"].to_numpy(dtype=float)
    n = len(ids)
    start = rng.standard_normal(n)
    gain = np.array([0.0, *cards.wccl_gain]) + np.outer(full, [0.0, *cards.wccl_added])
    gain[:, 1:] += 0.35 * lasting[:, None] + 0.35 * rng.standard_normal((n, len(VISITS) - 1))
    use = np.concatenate([start[:, None], 0.75 * start[:, None] + np.zeros((n, len(VISITS) - 1))], axis=1) + gain
    good = np.isin(np.arange(1, ITEMS + 1), SKILLS)
    trait = np.where(good, use[:, :, None], -0.4 * use[:, :, None])
    latent = cards.wccl_loading * trait + np.sqrt(1 - cards.wccl_loading**2) * rng.standard_normal(
        (n, len(VISITS), ITEMS)
    )
    ticked = np.searchsorted(np.array(CUTS), latent).astype(float)
    ticked[rng.random(ticked.shape) < cards.wccl_blank] = np.nan
    there = world.here & (rng.random((n, len(VISITS))) >= cards.goal_skipped)
    who, visit = np.nonzero(there)
    frame = pd.DataFrame(ticked[who, visit], columns=[f"q{item:02d}" for item in range(1, ITEMS + 1)]).astype("Int64")
    frame.insert(0, "date", to_dates([starts[one] for one in who], days[who, visit]))
    frame.insert(0, "client_id", ids[who])
    return frame.sort_values(["client_id", "date"])
