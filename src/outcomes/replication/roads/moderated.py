"""For whom, of scores, a second time: the repeated-measures model with a moderator, person by person.

Expectation and maximisation, then the inference of `dense`; several contrasts at once by Kenward and Roger's F (1997).
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from outcomes.core.ids import word, words_of
from outcomes.replication.columns import covariate_columns, known
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.dense import DenseFit
from outcomes.replication.people import scores_at
from outcomes.replication.repeated import fit_columns
from outcomes.replication.roads import needs
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from outcomes.replication.repeated import Repeated
    from outcomes.replication.wide import Mask, Road, Wide

    Array = NDArray[np.float64]

FEWEST, ELSEWHERE = 5, 2  # people of a level in each arm: at the visit, at another; as docs/methods/needs.md says
QUARTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
PAIR = 2  # values of a number that are two levels


class Moderator(NamedTuple):
    """What is read of a moderator: numbers or texts of everybody, and where a number is judged."""

    name: str
    numbers: Array | None
    texts: NDArray[np.object_]
    places: dict[str, float]

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Moderator({self.name})"


class Moderated(NamedTuple):
    """A fitted model, and by word of each level the weights of its effect."""

    near: Repeated
    dense: DenseFit
    effects: dict[str, Array]
    places: dict[str, float]

    def __repr__(self) -> str:
        """Nothing of the people."""
        return f"Moderated({len(self.effects)} levels)"


def read(wide: Wide, name: str) -> Moderator:
    """Read a column of clients.csv, or a score at the start; a number with two values is two levels."""
    people = wide.people
    if name in people.plan.measures:
        numbers: Array | None = scores_at(people, name, people.plan.baseline)
    elif pd.api.types.is_numeric_dtype(people.clients[name]) and not pd.api.types.is_bool_dtype(people.clients[name]):
        numbers = people.clients[name].to_numpy(dtype=float, na_value=np.nan)
    else:
        numbers = None
    if numbers is None:
        texts = [None if pd.isna(one) else str(one) for one in people.clients[name]]
    else:
        texts = [None if math.isnan(one) else f"{one:g}" for one in numbers]
    if numbers is None or len(set(numbers[~np.isnan(numbers)])) <= PAIR:
        return Moderator(name, None, np.array(texts, dtype=object), {})
    asked = people.plan.needs.at.get(name)
    if asked:
        places = {word(f"at {'minus ' if one < 0 else ''}{abs(one):g}"): float(one) for one in asked}
    else:
        told = np.sort(numbers[~np.isnan(numbers)])
        places = {one: float(np.percentile(told, 100 * share)) for one, share in QUARTILES.items()}
    return Moderator(name, numbers, np.array(texts, dtype=object), dict(sorted(places.items(), key=lambda one: one[1])))


def _name_of(wide: Wide, first: Estimate) -> str:
    """Give the moderator of a key."""
    words = words_of(wide.people.plan.needs.moderators)
    return next(name for name, its in words.items() if its == first.key.subject)


def _fit(wide: Wide, measure: str, name: str) -> Moderated | None:
    people, moderator = wide.people, read(wide, name)
    column = "" if name in people.plan.measures else name  # a covariate may have the name of a measure
    grid, others = people.grids[measure], covariate_columns(people, without=column)
    used = ~np.isnan(grid[:, 0]) & ~np.isnan(grid[:, 1:]).all(axis=1)
    used &= known(np.zeros(len(grid)), others) & np.array([one is not None for one in moderator.texts])
    levels, columns = _levels(wide, moderator, used, ~np.isnan(scores_at(people, measure, people.plan.primary)))
    if moderator.numbers is None:
        used &= np.any([members for members, _ in levels.values()], axis=0)
    visits = _visits(wide, grid, used, [members for members, _ in levels.values()])
    used &= ~np.isnan(grid[:, visits]).all(axis=1)
    middle = columns[used].mean(axis=0)
    own, start = columns[used] - middle, grid[used, 0] - grid[used, 0].mean()
    full = people.full[used].astype(float)
    beside = [start] if np.ptp(start) else []
    beside += [] if name == measure else [own]
    by_visit = np.column_stack([np.ones(len(full)), full, *beside, full[:, None] * own])
    names = list(people.plan.visits)
    near = fit_columns(used, tuple(names[one] for one in visits), grid[used][:, visits], by_visit, others[used])
    if near is None:
        return None
    effects = {}
    for level, (_, at) in levels.items():
        weights = near.weights(people.plan.primary, level=0, arm=1)
        for place, value in enumerate(at - middle):
            column = by_visit.shape[1] - len(at) + place
            weights[column * len(visits) + near.visits.index(people.plan.primary)] = value
        effects[level] = weights
    places = {level: float(at[0]) for level, (_, at) in levels.items()} if moderator.numbers is not None else {}
    return Moderated(near, DenseFit(near.make_people(), near.sigma), effects, places)


def _levels(wide: Wide, moderator: Moderator, used: Mask, seen: Mask) -> tuple[dict[str, tuple[Mask, Array]], Array]:
    """Give who is of each level that is estimated and where its columns stand there; and the columns of everybody."""
    full, numbers = wide.people.full, moderator.numbers
    if numbers is not None:
        ends = [(numbers[used & arm].min(), numbers[used & arm].max()) for arm in (full, ~full)]
        low, high = max(one for one, _ in ends), min(one for _, one in ends)
        held = {one: (used, np.array([at])) for one, at in moderator.places.items() if low <= at <= high}
        return held, np.nan_to_num(numbers)[:, None]
    texts = sorted({one for one in moderator.texts if one is not None})
    members = {one: used & (moderator.texts == one) for one in texts}
    kept = [one for one, mine in members.items() if min((mine & seen & arm).sum() for arm in (full, ~full)) >= FEWEST]
    columns = np.column_stack([members[one].astype(float) for one in kept[1:]])
    words = words_of(texts)
    return {words[one]: (members[one], np.array([float(one == two) for two in kept[1:]])) for one in kept}, columns


def _visits(wide: Wide, grid: Array, used: Mask, members: list[Mask]) -> list[int]:
    names, full = list(wide.people.plan.visits), wide.people.full
    kept = []
    for visit in range(1, len(names)):
        seen = used & ~np.isnan(grid[:, visit])
        enough = all((seen & mine & arm).sum() >= ELSEWHERE for mine in members for arm in (full, ~full))
        if names[visit] == wide.people.plan.primary or (enough and np.ptp(grid[seen, visit])):
            kept.append(visit)
    return kept


def _compare(wide: Wide, first: Estimate) -> Numbers | None:
    """Give an effect at a level, how two differ, or whether any do; of a count or a yes/no by its own regression."""
    key = first.key
    if wide.people.plan.measures[key.measure].kind != "score":
        if key.what == "shrunken":
            raise NotFollowedError
        return needs.compare(wide, first)
    name = _name_of(wide, first)
    found = wide.once(("moderated", key.measure, name), partial(_fit, wide, key.measure, name))
    if found is None:
        return None
    lines = list(found.effects.values())
    method = "expectation and maximisation, dense matrices of the people"
    if key.what == "shrunken":
        values, covariance = np.array(lines) @ found.dense.beta, found.dense.adjusted()
        spread = np.array(lines) @ covariance @ np.array(lines).T
        if found.places:
            return _draw_slope(found, values, spread, key.category)
        drawn = draw_together(values, spread)[list(found.effects).index(key.category)]
        return Numbers(value=float(drawn), method="restricted likelihood by scipy's bounded search")
    if key.what == "interaction" and not key.category and len(lines) > PAIR and not found.places:
        value, p_value, df = found.dense.f_test(np.array([one - lines[0] for one in lines[1:]]))
        return Numbers(
            value=value, df=df, p_value=p_value, method="Kenward and Roger's F, dense matrices of the people"
        )
    weights = found.effects[key.category] if key.category else lines[-1]
    judged = found.dense.by_model(weights - lines[0] if key.what == "interaction" else weights)
    return Numbers(value=judged.value, se=judged.se, df=judged.df, method=method)


def draw_together(values: Array, covariance: Array) -> Array:
    """Give best linear predictions of effects about their mean, spread as the restricted likelihood has it highest."""
    one = np.ones(len(values))

    def parts(tau2: float) -> tuple[float, Array, float]:
        inverse = np.linalg.inv(covariance + tau2 * np.eye(len(values)))
        mean = float(one @ inverse @ values / (one @ inverse @ one))
        left = values - mean
        height = float(np.linalg.slogdet(inverse)[1] - math.log(one @ inverse @ one) - left @ inverse @ left)
        return height, inverse @ left, mean

    tau2 = _highest(lambda tau2: parts(tau2)[0], float(np.var(values) + np.diag(covariance).max()) * 4)
    _, pull, mean = parts(tau2)
    return np.asarray(mean + tau2 * pull)


def _draw_slope(found: Moderated, values: Array, spread: Array, level: str) -> Numbers:
    """Draw the slope of a number's effect towards none, with nothing assumed of its height."""
    at = list(found.places.values())
    turn = np.zeros((2, len(at)))
    turn[0, 0], turn[1, 0], turn[1, -1] = 1.0, -1 / (at[-1] - at[0]), 1 / (at[-1] - at[0])
    theta, s = turn @ values, turn @ spread @ turn.T
    tau2 = max(0.0, float(theta[1] ** 2 - s[1, 1]))  # of one slope the likelihood's top in closed form
    share = tau2 / (tau2 + s[1, 1])
    slope = share * theta[1]
    height = theta[0] - s[0, 1] / s[1, 1] * (theta[1] - slope)
    return Numbers(value=float(height + slope * (found.places[level] - at[0])), method="of one slope in closed form")


def _highest(height: Callable[[float], float], end: float) -> float:
    """Give where a curve over numbers from zero is highest, looked at on a grid first."""
    from scipy import optimize

    grid = np.concatenate([[0.0], np.geomspace(end * 1e-6, end, 200)])
    best = int(np.argmax([height(one) for one in grid]))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(
        lambda one: -height(one), bounds=(low, high), method="bounded", options={"xatol": end * 1e-12}
    )
    return float(found.x) if height(float(found.x)) > height(0.0) else 0.0


def _look(wide: Wide, first: Estimate) -> Numbers:
    """Count the interactions that were estimated, and those that stand apart: each has a second computation itself."""
    looks = [
        one
        for one in wide.found.values()
        if isinstance(one, Estimate) and one.key.analysis == "needs" and one.key.what == "interaction"
    ]
    looks = [one for one in looks if not one.key.category]
    error = 1 - wide.level()
    told = {
        "looks": float(len(looks)),
        "looks_apart": float(sum(one.p_value is not None and one.p_value < error for one in looks)),
        "looks_by_chance": len(looks) * error,
    }
    return Numbers(value=told[first.key.what], method="count")


def _profile(wide: Wide, first: Estimate) -> Numbers:
    """Count who meets every condition, one by one."""
    key, people, plan = first.key, wide.people, wide.people.plan
    words = words_of(profile.label for profile in plan.needs.profiles)
    profile = next(one for one in plan.needs.profiles if words[one.label] == key.subject)
    alike = wide.arm(key)
    if key.what == "seen":
        alike = alike & np.any([~np.isnan(scores_at(people, one, plan.primary)) for one in plan.primary_scored], axis=0)
    for name, condition in profile.where.items():
        texts = read(wide, name).texts.tolist()
        if isinstance(condition, str) or isinstance(condition[0], str):
            wanted = {condition} if isinstance(condition, str) else set(condition)
            alike = alike & np.array([one in wanted for one in texts])
        else:
            low, high = float(condition[0]), float(condition[-1])
            alike = alike & np.array([one is not None and low <= float(one) <= high for one in texts])
    return Numbers(value=float(alike.sum()), method="count")


def _quartile(wide: Wide, first: Estimate) -> Numbers:
    return Numbers(value=read(wide, _name_of(wide, first)).places[first.key.category], method="numpy's percentile")


ROADS: Mapping[tuple[str, str], Road] = {
    **{("needs", what): _compare for what in ("rate_ratio", "difference", "interaction", "shrunken")},
    **{("needs", what): _look for what in ("looks", "looks_apart", "looks_by_chance")},
    ("needs", "people"): _profile,
    ("needs", "seen"): _profile,
    ("needs", "value"): _quartile,
}
