"""The comparison of the arms at each level of a need, of a count or a yes/no, a second time: statsmodels' regressions.

Of characteristics in clients.csv; where people share groups, values alone.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from outcomes.core.ids import words_of
from outcomes.replication import count_regression, shares
from outcomes.replication.columns import covariate_columns, independent, known
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.people import scores_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.replication.wide import Mask, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

ARM, BASELINE = 1, "baseline"
QUARTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
FEWEST = 5  # people of a level in each arm, as docs/methods/needs.md says


class _Need(NamedTuple):
    """A characteristic of those compared: columns, and by word of each level who has it and where it lies."""

    own: Array
    places: dict[str, Array]
    members: dict[str, Mask]
    is_number: bool

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return "What is needed of a characteristic"


def compare(wide: Wide, first: Estimate) -> Numbers | None:
    """Compute an effect at a level, or how two of them differ; not of scores, which the R program computes."""
    key, people = first.key, wide.people
    if people.plan.measures[key.measure].kind == "score" or first.how is None:
        raise NotFollowedError
    name = next((one for one, its in words_of(people.plan.needs.moderators).items() if its == key.subject), "")
    if name not in people.clients or name in people.plan.measures:
        raise NotFollowedError
    y = scores_at(people, key.measure, people.plan.primary)
    others = _others(wide, first, name)
    used = known(y, others) & people.clients[name].notna().to_numpy()
    need = _read(wide, name, used)
    used = used & np.any(list(need.members.values()), axis=0)
    full = people.full[used].astype(float)
    design = np.column_stack(
        [np.ones(len(full)), full, need.own[used], _rest(others[used]), full[:, None] * need.own[used]]
    )
    ends = list(need.places)
    ends = [key.category] if key.what != "interaction" else [key.category or ends[-1], ends[0]]
    fitted = _Counts(y[used], design) if first.unit == "ratio" else _Answers(y[used], design, first.how.penalised)
    value, slope = fitted.effect(need, used, ends[0])
    if len(ends) > 1:
        other = fitted.effect(need, used, ends[1])
        value, slope = value - other[0], slope - other[1]
    se, df = (None, None) if first.how.clusters else fitted.judge(slope)
    return Numbers(
        value=math.exp(value) if first.unit == "ratio" else value, se=se, df=df, method="statsmodels, by level"
    )


def _others(wide: Wide, first: Estimate, name: str) -> Array:
    people = wide.people
    columns = covariate_columns(people, without=name)
    if first.how is None or BASELINE not in first.how.adjusted:
        return columns
    start = scores_at(people, first.key.measure, people.plan.baseline)
    return np.column_stack([np.log(start + 1) if first.unit == "ratio" else start, columns])


def _rest(others: Array) -> Array:
    """Give as many columns as say all that is adjusted for besides; the characteristic is set to values beside them."""
    return independent(others - others.mean(axis=0)) if others.shape[1] else others


def _read(wide: Wide, name: str, used: Mask) -> _Need:
    people, column = wide.people, wide.people.clients[name]
    if pd.api.types.is_numeric_dtype(column) and column.nunique() > 2:  # noqa: PLR2004  # a pair has no quartiles
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        # to a mean of zero and a spread of one: the effects are the same, and the score comes to rest
        numbers = (numbers - np.nanmean(numbers)) / np.nanstd(numbers)
        asked = people.plan.needs.at.get(name)
        if asked:
            raise NotFollowedError
        places = {one: np.array([np.nanquantile(numbers, share)]) for one, share in QUARTILES.items()}
        return _Need(numbers[:, None], places, dict.fromkeys(places, used), is_number=True)
    texts = np.where(column.isna(), "", column.astype(object).astype(str)).astype(object)
    levels = sorted({one for one in texts.tolist() if one})
    words = words_of(levels)
    members = {level: used & (texts == level) for level in levels}
    kept = [
        one for one in levels if min((members[one] & people.full).sum(), (members[one] & ~people.full).sum()) >= FEWEST
    ]
    own = np.column_stack([members[one].astype(float) for one in kept[1:]])
    places = {words[one]: np.array([float(one == other) for other in kept[1:]]) for one in kept}
    return _Need(own, places, {words[one]: members[one] for one in kept}, is_number=False)


class _Counts:
    """The negative binomial, or Poisson's regression at its boundary."""

    def __init__(self, y: Array, design: Array) -> None:
        self.y, self.design, self.one = y, design, np.ones(len(y))
        beta, self.alpha = count_regression.fit_spread(y, self.one, design)
        if beta is None:
            raise NotFollowedError
        self.beta = beta

    def effect(self, need: _Need, _: Mask, level: str) -> tuple[float, Array]:
        slope = np.zeros(len(self.beta))
        slope[ARM], slope[len(slope) - need.own.shape[1] :] = 1.0, need.places[level]
        return float(slope @ self.beta), slope

    def judge(self, slope: Array) -> tuple[float, float | None]:
        return count_regression.judge((self.y, self.one, self.design), (self.beta, self.alpha), slope, [])


class _Answers:
    """A Logit, with Firth's penalty where the first has it."""

    def __init__(self, y: Array, design: Array, penalised: bool) -> None:  # as the first says
        from statsmodels.discrete.discrete_model import Logit

        self.design, model = design, Logit(y, design)
        beta = shares.solve_penalised(model) if penalised else shares.maximise(model)
        if beta is None:
            raise NotFollowedError
        self.beta, self.cov = beta, np.linalg.inv(-model.hessian(beta))

    def effect(self, need: _Need, used: Mask, level: str) -> tuple[float, Array]:
        width = need.own.shape[1]
        rows = (self.design if need.is_number else self.design[need.members[level][used]]).copy()
        if need.is_number:
            rows[:, 2 : 2 + width] = need.places[level]
        value, slope = 0.0, np.zeros(len(self.beta))
        for arm, sign in ((1.0, 1.0), (0.0, -1.0)):
            rows[:, ARM] = arm
            rows[:, -width:] = arm * rows[:, 2 : 2 + width]
            share = special.expit(rows @ self.beta)
            value += sign * float(share.mean())
            slope += sign * ((share * (1 - share)) @ rows) / len(share)
        return value, slope

    def judge(self, slope: Array) -> tuple[float, float | None]:
        return math.sqrt(float(slope @ self.cov @ slope)), None
