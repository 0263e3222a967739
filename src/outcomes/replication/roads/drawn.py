"""What is drawn of scores that are missing, a second time, by draws of its own, and Rubin's rules.

One chain that fills in every missing score, then draws the coefficients, then the covariance as a chain of regressions
of each visit on those before it; the first draws residuals side by side. Numbers are compared within four Monte-Carlo
errors of both sets of draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.replication import shares
from outcomes.replication.columns import covariate_columns, independent, standardised
from outcomes.replication.comparison import NotFollowedError, Numbers
from outcomes.replication.dense import DenseFit
from outcomes.replication.least import ALONE, own_columns
from outcomes.replication.people import scores_at
from outcomes.replication.refit import prepare
from outcomes.replication.repeated import fit_columns
from outcomes.replication.roads import sharing
from outcomes.replication.roads.imputation import ARM, WAYS, design_of, unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from outcomes.replication.wide import Mask, Road, Wide
    from outcomes.results.outcome import Estimate

    Array = NDArray[np.float64]

DRAWS, FEWER, JUDGED = 60, 20, 4  # of scores, of data sets to be fitted; and of these how many are judged by the model
BETWEEN, FIRST = 6, 20  # steps of the chain from draw to draw, and before the first
ERRORS = 4.0
SEED = 19870701  # its own: nothing of the plan's is shared with the first


@dataclass(slots=True, repr=False)
class Chain:
    """A chain of draws: scores with gaps (n, t), columns with an effect at each visit (n, k) and with one (n, p)."""

    scores: Array
    z: Array
    c: Array
    beta: Array
    sigma: Array

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        return f"Chain({len(self.scores)} people)"

    def draws(self, count: int) -> Iterator[tuple[Array, Array, Array]]:
        """Give coefficients, covariance and the scores filled in, so many times."""
        rng, gaps = np.random.default_rng(SEED), np.isnan(self.scores)
        kinds, which = np.unique(gaps, axis=0, return_inverse=True)
        patterns = [(kind, np.flatnonzero(which.ravel() == place)) for place, kind in enumerate(kinds) if kind.any()]
        beta, sigma = self.beta, self.sigma
        for step in range(FIRST + BETWEEN * (count - 1) + 1):
            filled = self._fill(rng, patterns, beta, sigma)
            if step >= FIRST and (step - FIRST) % BETWEEN == 0:
                yield beta, sigma, filled
            beta = self._coefficients(rng, filled, sigma)
            sigma = _covariance(rng, filled - self._mean(beta))

    def _mean(self, beta: Array) -> Array:
        size, nz = self.scores.shape[1], self.z.shape[1]
        by_visit = beta[: size * nz].reshape(size, nz)
        return np.asarray(self.z @ by_visit.T + (self.c @ beta[size * nz :])[:, None])

    def _fill(
        self, rng: np.random.Generator, patterns: Sequence[tuple[Mask, NDArray[np.intp]]], beta: Array, sigma: Array
    ) -> Array:
        mean, filled = self._mean(beta), self.scores.copy()
        for gone, rows in patterns:
            there, away = np.flatnonzero(~gone), np.flatnonzero(gone)
            onto = np.linalg.solve(sigma[np.ix_(there, there)], sigma[np.ix_(there, away)])
            left = sigma[np.ix_(away, away)] - sigma[np.ix_(away, there)] @ onto
            noise = rng.standard_normal((len(rows), len(away))) @ np.linalg.cholesky(left).T
            told = (self.scores[np.ix_(rows, there)] - mean[np.ix_(rows, there)]) @ onto
            filled[np.ix_(rows, away)] = mean[np.ix_(rows, away)] + told + noise
        return filled

    def _coefficients(self, rng: np.random.Generator, filled: Array, sigma: Array) -> Array:
        w = np.linalg.inv(sigma)
        side = np.kron(w.sum(axis=1)[:, None], self.z.T @ self.c)
        bread = np.block([[np.kron(w, self.z.T @ self.z), side], [side.T, w.sum() * self.c.T @ self.c]])
        right = np.concatenate([(self.z.T @ filled @ w).T.ravel(), self.c.T @ (filled @ w.sum(axis=1))])
        root = np.linalg.cholesky(bread)
        return np.asarray(
            np.linalg.solve(bread, right) + np.linalg.solve(root.T, rng.standard_normal(len(right))), dtype=np.float64
        )


def _covariance(rng: np.random.Generator, residuals: Array) -> Array:
    """Draw a covariance: each visit's regression on those before it, flat, its variance from RSS over chi-squared."""
    n, size = residuals.shape
    turn, variances = np.eye(size), np.zeros(size)
    for visit in range(size):
        before = residuals[:, :visit]
        gram = before.T @ before
        slope = np.linalg.solve(gram, before.T @ residuals[:, visit]) if visit else np.zeros(0)
        rest = residuals[:, visit] - before @ slope
        variances[visit] = float(rest @ rest) / rng.chisquare(n - visit)
        if visit:
            root = np.linalg.cholesky(gram)
            slope = slope + math.sqrt(variances[visit]) * np.linalg.solve(root.T, rng.standard_normal(visit))
        turn[visit, :visit] = -slope
    back = np.linalg.inv(turn)
    return np.asarray((back * variances) @ back.T)


def pool(values: Array, variances: Array, df_complete: float, draws: int) -> Numbers:
    """Pool by Rubin's rules for as many draws as the first has, with Barnard and Rubin's (1999) degrees of freedom."""
    from scipy import stats

    within, between = float(np.mean(variances)), float(np.var(values, ddof=1))

    def judge(between: float) -> tuple[float, float]:
        total = within + (1 + 1 / draws) * between
        share = (1 + 1 / draws) * between / total
        old = (draws - 1) / share**2 if share > 0 else math.inf
        if math.isinf(df_complete):
            return total, old
        seen = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
        return total, 1 / (1 / old + 1 / seen)

    mine, both = len(values), 1 / len(values) + 1 / draws
    total, df = judge(between)
    off = ERRORS * between * math.sqrt(2 / (mine - 1) + 2 / (draws - 1))
    ends = [judge(max(between + way * off, 0.0)) for way in (-1, 1)]
    of_within = ERRORS * float(np.std(variances, ddof=1)) * math.sqrt(1 / len(variances) + 1 / draws)
    se = math.sqrt(total)
    by_se = max(
        abs(math.sqrt(max(one + way * of_within, 0.0)) - se) for way, (one, _) in zip((-1, 1), ends, strict=True)
    )
    by_df = max(abs(one - df) for _, one in ends)
    by_value = ERRORS * math.sqrt(between * both)
    t = [float(stats.t.ppf(0.975, max(one, 1.0))) for one in (df, *(one for _, one in ends))]
    reach = by_value + by_se * max(t) + se * (max(t) - min(t))
    chance = {"value": by_value, "se": by_se, "df": by_df, "low": reach, "high": reach}
    return Numbers(value=float(np.mean(values)), method="draws of its own", se=se, df=df, chance=chance)


def _scores(wide: Wide, measure: str) -> tuple[Array, Array, float] | None:
    """Draw, and give of each data set the scores under each assumption, (d, n, 4)."""
    some = unseen(wide, measure)
    if some is None:
        return None
    there = some.seen.any(axis=1)
    chain = Chain(some.grid[there], some.z[there], some.c[there], some.beta, some.sigma)
    rng = np.random.default_rng(SEED + 1)
    found = [some.complete(beta, sigma, rng.standard_normal(len(some.who))) for beta, sigma, _ in chain.draws(DRAWS)]
    design = own_columns(design_of(wide, some))
    return np.array(found), design, float(len(design))


def _compared(wide: Wide, measure: str) -> tuple[Array, Array, float] | None:
    """Compare each data set under each assumption by least squares with HC3: differences, variances (d, 4), and df."""
    found = wide.once(("drawn", measure), partial(_scores, wide, measure))
    if found is None:
        return None
    scores, design, _ = found
    values = np.array([np.linalg.lstsq(design, one, rcond=None)[0][ARM] for one in scores])
    leverage = (design * np.linalg.pinv(design).T).sum(axis=1)
    among = leverage <= ALONE
    own = own_columns(design[among])
    back = np.linalg.pinv(own)
    leverage = (own * back.T).sum(axis=1)
    left = np.array([one[among] - own @ (back @ one[among]) for one in scores])
    variances = ((back[ARM] / (1 - leverage))[None, :, None] * left) ** 2
    return values, variances.sum(axis=1), float(own.shape[0] - own.shape[1])


def _rubin(wide: Wide, first: Estimate) -> Numbers | None:
    what, draws = first.key.what, first.how.draws if first.how is not None else 0
    found = wide.once(("compared", first.key.measure), partial(_compared, wide, first.key.measure))
    if found is None or draws < 2:  # noqa: PLR2004  # Rubin's rules want two
        return None
    values, variances, df = found
    at = WAYS.index(what.removesuffix("_rubin")) if what != "monte_carlo_error" else 0
    if what != "monte_carlo_error":
        return pool(values[:, at], variances[:, at], df, draws)
    error = math.sqrt(float(np.var(values[:, 0], ddof=1)) / draws)
    off = ERRORS * error / 2 * math.sqrt(2 / (len(values) - 1) + 2 / (draws - 1))
    return Numbers(value=error, method="draws of its own", chance={"value": off})


def _improved(wide: Wide, first: Estimate) -> Numbers | None:
    """Judge who improved in each data set, and standardise the shares."""
    measure, people = first.key.measure, wide.people
    some = unseen(wide, measure)
    found = wide.once(("drawn", measure), partial(_scores, wide, measure))
    if found is None or some is None or first.how is None:
        return None
    start = scores_at(people, measure, people.plan.baseline)
    columns = np.column_stack([start, wide.covariates])
    values, variances, dfs = [], [], []
    for scores in found[0][:FEWER, :, 0]:
        happened = np.full(len(start), np.nan)
        gain = wide.sign(measure) * (scores - start[some.who])
        happened[some.who] = shares.reaches(people, measure, gain)
        fitted = sharing.fit(happened, people.full, columns, penalised=first.how.penalised)
        if fitted is None:
            return None
        number = sharing.standardise(fitted, wide.groups_of(first, fitted.used))["difference"]
        values.append(number.value)
        variances.append((number.se or math.nan) ** 2)
        dfs.append(math.inf if number.df is None else number.df)
    pooled = pool(np.array(values), np.array(variances), float(np.mean(dfs)), first.how.draws)
    limits = pooled.limits(wide.level(), log=False)
    return replace(pooled, interval=limits and (max(limits[0], -1.0), min(limits[1], 1.0)))


def _started(wide: Wide, measure: str, column: str) -> dict[str, tuple[Array, Array, float]] | None:
    """Complete what is missing at the start, and fit the main model to each data set: differences, variances, df."""
    people, full = wide.people, wide.people.full
    fitted, grid = wide.fit(measure), people.grids[measure]
    if fitted is None:
        return None
    names = list(people.plan.visits)
    used = np.asarray(~np.isnan(grid[:, 1:]).all(axis=1))
    visits = [names.index(one) for one in fitted[0].visits]
    columns = np.column_stack([covariate_columns(people), grid[:, 0]])[used]
    gaps, later = np.isnan(columns).any(axis=0), grid[used][:, visits]
    arm = full[used].astype(float)
    recorded = standardised(columns[:, ~gaps])
    own = own_columns(np.column_stack([np.ones(len(arm)), arm, recorded]))
    middle, spread = np.nanmean(columns[:, gaps], axis=0), np.nanstd(columns[:, gaps], axis=0)
    both = np.column_stack([(columns[:, gaps] - middle) / spread, later])
    near = fit_columns(used, tuple(map(str, range(both.shape[1]))), both, own, np.empty((len(arm), 0)))
    if near is None:
        return None
    chain = Chain(both, own, np.empty((len(arm), 0)), _by_visit(near.beta, both.shape[1]), near.sigma)
    found: dict[str, list[tuple[float, float, float]]] = {names[at]: [] for at in visits}
    sigma = fitted[1].sigma
    if column:
        raise NotFollowedError  # by group the first also asks which groups are there
    for place, (_, _, filled) in enumerate(chain.draws(FEWER)):
        told = columns.copy()
        told[:, gaps] = filled[:, : int(gaps.sum())] * spread + middle
        told = np.where(np.isnan(columns), told, columns)
        by_visit = np.column_stack([np.ones(len(arm)), arm, told[:, -1] - told[:, -1].mean()])
        again = fitted[0]._replace(
            used=used, scores=later, by_visit=by_visit, constant=independent(standardised(told[:, :-1]))
        )
        solved = prepare(again, fitted[1]).fit(np.ones(len(arm)), start=sigma)
        if solved is None:
            return None
        sigma = solved[1]
        judged = DenseFit(again.make_people(), sigma) if place < JUDGED else None
        for at, name in enumerate(found):
            value, se, df = float(solved[0][at * by_visit.shape[1] + ARM]), math.nan, math.nan
            if judged is not None:
                value, se, df = judged.by_model(again.weights(name, level=0, arm=1))
            found[name].append((value, se**2, df))
    rows = {name: np.array(one) for name, one in found.items()}
    return {name: (one[:, 0], one[:JUDGED, 1], float(np.mean(one[:JUDGED, 2]))) for name, one in rows.items()}


def _by_visit(beta: Array, size: int) -> Array:
    """Order coefficients by visit, which are ordered by column."""
    return beta.reshape(-1, size).T.ravel()


def _start(wide: Wide, first: Estimate) -> Numbers | None:
    """Give the main comparison with what is missing at the start completed; where nothing is, the main one itself."""
    key, how = first.key, first.how
    if how is None or not how.draws:
        raise NotFollowedError
    found = wide.once(("started", key.measure, how.clusters), partial(_started, wide, key.measure, how.clusters))
    if found is None:
        return None
    values, variances, df = found[key.visit]
    return pool(values, variances, df, how.draws)


ROADS: Mapping[tuple[str, str], Road] = {
    **{("imputation", f"{way}_rubin"): _rubin for way in WAYS},
    ("imputation", "monte_carlo_error"): _rubin,
    ("imputation", "start"): _start,
    ("change", "imputed_difference"): _improved,
}
