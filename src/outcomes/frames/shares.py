"""Something that happens or not, compared between two arms; and whether single people changed beyond error."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.formulas import read_formula
from outcomes.frames.result import OF_THE_LOGARITHM, Fit, Row
from outcomes.frames.sample import read_numbers, read_sample, require_level, to_pandas
from outcomes.methods import standardise
from outcomes.methods.ancova import ancova_design
from outcomes.methods.least_squares import Contrast
from outcomes.methods.proportions import fit_share
from outcomes.methods.reliable_change import fit_reliable_change, smallest_reliable_change
from outcomes.models.shares import ARM_COLUMN, fit_events
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.frames.sample import Sample
    from outcomes.methods.logistic import LogisticFit

NO_MEETING = "the arm may meet nothing in it here; outcomes.ancova takes arm:NAME"


@in_one_thread()
def logistic(
    data: Any,
    formula: str | None = None,
    *,
    score: str | None = None,
    arm: str = "arm",
    reference: Any = None,
    baseline: str | None = None,
    covariates: str | Sequence[str] = (),
    cluster: str | None = None,
    client: str | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare shares between two arms: logistic regression, standardised over the people.

    Firth's penalised likelihood is used where it happened to fewer than five in an arm, or to all but so many, and
    where the covariates alone tell to whom.

    Parameters
    ----------
    data : frame
        One row a person.
    formula, arm, reference, baseline, covariates, cluster, client, level
        As in `ancova`; the arm may meet nothing in the formula.
    score : str
        Column of 0 and 1, or false and true.

    Returns
    -------
    Fit
        The difference of the standardised shares. `contrasts("ratio")`: their ratio; `contrasts("odds_ratio")`: the
        odds ratio, by profile likelihood; `contrasts("means")`: the shares themselves.

    Raises
    ------
    FrameError
        Of what cannot be meant.
    NotEstimableError
        Where the data cannot answer.

    Examples
    --------
    >>> people = outcomes.read_study(outcomes.example()).frame("clients")
    >>> fit = outcomes.logistic(people, "completed ~ arm + age + gender")
    >>> fit.scale
    'difference'
    """
    level = require_level(level)
    sample = read_sample(
        data,
        formula,
        score=score,
        arm=arm,
        reference=reference,
        baseline=baseline,
        covariates=covariates,
        client=client,
    )
    score = _score_of(formula, sample, arm=arm, score=score)
    happened = sample.numbers(score)
    if not np.isin(happened, (0, 1)).all():
        raise FrameError("data", f"the column {score} holds other values than 0 and 1")
    return _Shares(sample=sample, happened=happened == 1, cluster=cluster, level=level).to_fit("logistic")


def _score_of(formula: str | None, sample: Sample, *, arm: str, score: str | None) -> str:
    if formula is not None:
        asked = read_formula(formula, sample.frame, arm=arm)
        if asked.with_arm:
            raise FrameError("formula", NO_MEETING)
        return asked.score
    if score is None:
        raise FrameError("logistic", "say which column is compared: score=…, or a formula")
    return score


@dataclass(frozen=True, kw_only=True, repr=False)
class _Shares:
    """A logistic regression, and what is read off it."""

    sample: Sample
    happened: NDArray[np.bool_]
    cluster: str | None
    level: float

    @property
    def by(self) -> tuple[str, ...]:
        return self.sample.covariates.sources

    @cached_property
    def fitted(self) -> tuple[LogisticFit, tuple[str, ...]]:
        among = self.sample.among()
        full = self.sample.full[self.sample.used]
        if self.happened.all() or not self.happened.any():
            raise NotEstimableError("It happened to everybody or to nobody, so that nothing tells to whom.", "too few")
        sides = [self.happened[full == arm] for arm in (True, False)]
        cells = [int(count) for side in sides for count in (side.sum(), (~side).sum())]
        design = ancova_design(full=full, covariates=among.columns)
        fit, why = fit_events(self.happened, cells, design, ("the intercept", "the arm", *among.names))
        return fit, (*why, *among.notes, *self.sample.tell_alone(self.cluster))

    @cached_property
    def shares(self) -> standardise.StandardisedShares:
        clusters = self.sample.clusters(self.cluster)
        return standardise.fit_standardised_shares(fit=self.fitted[0], arm=ARM_COLUMN, clusters=clusters)

    def to_fit(self, call: str) -> Fit:
        logistic_fit, notes = self.fitted
        likelihood = "Firth's penalised likelihood" if logistic_fit.penalised else "maximum likelihood"
        spread = f"CR2 by {self.cluster}, Satterthwaite df" if self.cluster else "normal reference"
        found = self.shares.difference(self.level)
        limited = replace(found, low=max(found.low, -1.0), high=min(found.high, 1.0))
        fit = Fit(
            call=call,
            title="adjusted difference of shares" if self.by else "difference of shares",
            rows=(self._row(limited),),
            level=self.level,
            scale="difference",
            n=len(self.happened),
            arms=self.sample.counts,
            dropped=self.sample.dropped,
            how=How(
                estimator="standardised_logistic",
                inference="satterthwaite" if self.cluster else "normal",
                covariance="cr2" if self.cluster else "model",
                adjusted=self.by,
                clusters=self.cluster or "",
                penalised=logistic_fit.penalised,
            ),
            method=(
                f"logistic regression by {likelihood}, adjusted for {', '.join(self.by) or 'nothing'}, standardised "
                f"over the people; delta method, {spread}"
            ),
            notes=notes,
            model=logistic_fit,
        )
        makers = {"ratio": self.ratio, "odds_ratio": self.odds_ratio, "means": self.means}
        return replace(fit, offers={name: partial(make, fit) for name, make in makers.items()})

    def _row(self, found: standardise.ComparedShares) -> Row:
        return Row(
            term="arm",
            contrast=self.sample.compared,
            estimate=found.value,
            se=found.se,
            df=found.df,
            p_value=found.p_value,
            low=found.low,
            high=found.high,
        )

    def ratio(self, fit: Fit) -> Fit:
        """Give the ratio of the standardised shares."""
        row = self._row(self.shares.ratio(self.level))
        return fit.other(rows=(row,), scale="ratio", title="ratio of shares", notes=(*fit.notes, OF_THE_LOGARITHM))

    def odds_ratio(self, fit: Fit) -> Fit:
        """Give the odds ratio at equal covariates, by profile likelihood."""
        model = self.fitted[0]
        low, high = model.interval(ARM_COLUMN, self.level)
        row = Row(
            term="arm",
            contrast=self.sample.compared,
            estimate=math.exp(model.beta[ARM_COLUMN]),
            p_value=model.p_value(ARM_COLUMN),
            low=math.exp(low),
            high=math.exp(high),
        )
        how = replace(fit.how, estimator="logistic", inference="profile", covariance="", clusters="")
        alone = ("It does not allow for people who share a cluster.",) if self.cluster else ()
        return fit.other(rows=(row,), scale="ratio", title="odds ratio", how=how, notes=(*fit.notes, *alone))

    def means(self, fit: Fit) -> Fit:
        """Give the share of each arm if everybody had been in it."""
        rows = []
        values = (self.shares.full, self.shares.skills)
        for arm, value, slope in zip(self.sample.arms, values, self.shares.slopes, strict=True):
            if self.shares.by_clusters is not None:
                judged = self.shares.by_clusters.contrast(slope)
                contrast = Contrast(estimate=value, se=judged.se, df=judged.df)
            else:
                variance = float(slope @ self.shares.beta_cov @ slope)
                contrast = Contrast(estimate=value, se=math.sqrt(variance), df=math.inf)
            rows.append(Row.of(contrast, term="share", compared=arm, level=self.level, is_tested=False))
        return fit.other(rows=tuple(rows), scale="share", title="shares if everybody had been in the arm")


@in_one_thread()
def reliable_change(
    data: Any,
    *,
    before: str,
    after: str,
    higher_is_better: bool,
    reliability: float | None = None,
    threshold: float | None = None,
    arm: str = "arm",
    reference: Any = None,
    covariates: str | Sequence[str] = (),
    cluster: str | None = None,
    client: str | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare the shares of people who improved beyond the error of measurement (Jacobson & Truax 1991).

    Parameters
    ----------
    data : frame
        One row a person.
    before, after : str
        Columns of the two scores.
    higher_is_better : bool
        Which way improvement is: never guessed.
    reliability : float, optional
        Of the measure; the smallest reliable change is 1.96 √2 SD √(1 − r), SD that of all scores before.
    threshold : float, optional
        The smallest reliable change itself, as published: a change of just that size counts.
    arm, reference, covariates, cluster, client, level
        As in `ancova`; adjusted for the score before as well.

    Returns
    -------
    Fit
        The adjusted difference of the shares improved. `contrasts("shares")`: who improved, did not change and got
        worse, by arm, with Wilson's interval.

    Raises
    ------
    FrameError, NotEstimableError
        As `logistic`.

    Examples
    --------
    >>> people = outcomes.read_study(outcomes.example()).frame("clients")
    >>> scores = {"before": "dts_start", "after": "dts_end", "higher_is_better": True}
    >>> outcomes.reliable_change(people, **scores, reliability=0.82).contrasts("shares").rows[0].term
    'improved'
    """
    level = require_level(level)
    if (reliability is None) == (threshold is None):
        raise FrameError("reliable_change", "give either the reliability, or the threshold as published")
    frame = to_pandas(data)
    scores = [read_numbers(frame, name) for name in (before, after)]
    known = scores[0][~np.isnan(scores[0])]
    smallest = threshold if threshold is not None else _smallest(known, reliability)
    change = fit_reliable_change(
        before=scores[0],
        after=scores[1],
        higher_is_better=higher_is_better,
        threshold=smallest,
        reached=threshold is not None,
        cut_off=None,
    )
    sample = read_sample(
        frame,
        None,
        score=None,
        arm=arm,
        reference=reference,
        baseline=before,
        covariates=covariates,
        needed={after: "score after"},
        client=client,
    )
    happened = change.improved[sample.used]
    made = _Shares(sample=sample, happened=happened, cluster=cluster, level=level).to_fit("reliable_change")
    seen = ~np.isnan(scores[0]) & ~np.isnan(scores[1]) & _known_arm(frame, arm)
    words = {
        "improved": change.improved,
        "unchanged": ~change.improved & ~change.deteriorated,
        "deteriorated": change.deteriorated,
    }
    rows = tuple(
        _share(word, name, mask[seen & side], level)
        for word, mask in words.items()
        for name, side in zip(sample.arms, (sample.full, ~sample.full), strict=True)
    )
    shares = replace(
        made, rows=rows, scale="share", title="shares of those seen twice, not adjusted", n=int(seen.sum())
    )
    title = f"improved by more than {smallest:.4g} points: adjusted difference of shares"
    return replace(made, title=title, offers={**made.offers, "shares": lambda: shares})


def _known_arm(frame: pd.DataFrame, arm: str) -> NDArray[np.bool_]:
    return np.asarray(frame[arm].notna().to_numpy(dtype=bool))


def _smallest(known: NDArray[np.float64], reliability: float | None) -> float:
    sd = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    assert reliability is not None  # noqa: S101  # the caller asked
    return smallest_reliable_change(sd=sd, reliability=reliability, level=0.95)  # Jacobson & Truax's 1.96


def _share(word: str, arm: str, happened: NDArray[np.bool_], level: float) -> Row:
    fit = fit_share(events=int(happened.sum()), n=len(happened), level=level)
    return Row(term=word, contrast=arm, estimate=fit.value, low=fit.low, high=fit.high, n=fit.n)
