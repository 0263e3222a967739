"""Scores at several visits compared between two arms: the mixed model for repeated measures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.result import Fit, Row
from outcomes.frames.sample import CLIENT, Sample, require_either, require_level, take, tell_zero_one, to_pandas
from outcomes.frames.visits import Repeated, find_order
from outcomes.methods import mmrm as method
from outcomes.methods.cluster import FEW_CLUSTERS
from outcomes.models.design import Design
from outcomes.models.main import DF_METHOD, FALLBACK, FEW, tell_fallback
from outcomes.results.how import How

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.methods.least_squares import Contrast

    Floats = NDArray[np.float64]


@in_one_thread()
def mmrm(
    data: Any,
    formula: str | None = None,
    *,
    score: str | None = None,
    arm: str = "arm",
    reference: Any = None,
    baseline: str | None = None,
    covariates: str | Sequence[str] = (),
    client: str = CLIENT,
    visit: str = "visit",
    visits: Sequence[Any] | None = None,
    at: Any = None,
    covariance: str | None = None,
    df_method: method.DfMethod = DF_METHOD,
    cluster: str | None = None,
    level: float = 0.95,
) -> Fit:
    """Compare scores at several visits between two arms: MMRM by REML, Kenward–Roger.

    Parameters
    ----------
    data : frame
        One row a person at a visit after the start.
    formula : str, optional
        `score ~ arm*visit + baseline*visit + age`, in place of score, baseline and covariates: what meets the visit
        has an effect at each, the rest has one.
    score, arm, baseline : str
        Columns; the baseline has an effect at each visit.
    reference : object, optional
        The value of `arm` that is compared against, as in `ancova`.
    covariates : sequence of str
        Columns with one effect each.
    client, visit : str
        Columns that tell people and visits apart.
    visits : sequence, optional
        The visits in order of time; needed where the column is text, whose alphabet tells no time.
    at : object, optional
        The visit whose difference is `estimate`; by default the last.
    covariance : str, optional
        "unstructured", "heterogeneous toeplitz", "heterogeneous ar1", "compound symmetry", …; by default the first of
        the report's order that can be estimated.
    df_method : str
        "kenward-roger" or another of `outcomes.methods.mmrm`.
    cluster : str, optional
        Column of what people share; the standard errors are then CR2's.
    level : float
        Confidence level [share].

    Returns
    -------
    Fit
        One row a visit. `contrasts("average")`: the average over the visits; `contrasts("interaction")`: how the
        difference changes from the first visit; `contrasts("means")`: adjusted means by arm and visit.

    Raises
    ------
    FrameError
        Of what cannot be meant.
    NotEstimableError
        Where the data cannot answer.

    Examples
    --------
    >>> scores = outcomes.read_study(outcomes.example()).frame().query("measure == 'dts'")
    >>> fit = outcomes.mmrm(scores, score="score", baseline="baseline", covariates=["age", "gender"], at="end")
    >>> [row.term for row in fit.rows]
    ['mid', 'end', 'followup']
    """
    level = require_level(level)
    frame = to_pandas(data)
    if formula is not None:
        require_either(score, baseline, covariates)
    elif score is None:
        raise FrameError("mmrm", "say which column is compared: score=…, or a formula")
    order = find_order(take(frame, visit), visit, visits)
    repeated = Repeated.read(frame, client=client, visit=visit, order=order)
    asked = repeated.ask(
        formula, score=score, arm=arm, reference=reference, baseline=baseline, covariates=covariates, visit=visit
    )
    design = Design.of(
        asked.layout,
        asked.sample.people,
        adjusted=", ".join(asked.adjusted) or "nothing",
        adjusted_for=asked.adjusted,
    )
    fit, tried = _fit(design, covariance)
    robust = _judge_by_clusters(fit, design, asked.sample, cluster)
    read = _Read(
        design=design, fit=fit, robust=robust, sample=asked.sample, df_method=df_method, level=level, cluster=cluster
    )
    few = robust is not None and robust.n_clusters < FEW_CLUSTERS
    notes = (
        *tell_zero_one(design.scores[~np.isnan(design.scores)]),
        *(f"At {name} the arms are not compared: {why}" for name, why in design.refused.items()),
        *design.notes,
        *(tell_fallback(name, why, fit.covariance_name) for name, why in tried),
        *asked.sample.tell_alone(cluster),
        *(FEW if few else ()),
    )
    return read.to_fit(notes, at=at)


def _fit(design: Design, covariance: str | None) -> tuple[method.MmrmFit, tuple[tuple[method.Covariance, str], ...]]:
    gathered = design.moments()
    if covariance is None:
        return method.fit_first_estimable(gathered, order=FALLBACK)
    return method.fit_moments(gathered, covariance=covariance), ()


def _judge_by_clusters(
    fit: method.MmrmFit, design: Design, sample: Sample, cluster: str | None
) -> method.RobustFit | None:
    labels = sample.clusters(cluster)
    if labels is None:
        return None
    return method.fit_cluster_robust(
        fit, scores=design.scores, by_visit=design.by_visit, constant=design.constant, clusters=labels
    )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Read:
    """A fit, and what is read off it."""

    design: Design
    fit: method.MmrmFit
    robust: method.RobustFit | None
    sample: Sample
    df_method: method.DfMethod
    level: float
    cluster: str | None

    def contrast(self, weights: Floats) -> Contrast:
        if self.robust is not None:
            return self.robust.contrast(weights)
        return self.fit.contrast(weights, method=self.df_method)

    def row(self, weights: Floats, *, term: str, compared: str = "", is_tested: bool = True) -> Row:
        return Row.of(
            self.contrast(weights),
            term=term,
            compared=compared or self.sample.compared,
            level=self.level,
            is_tested=is_tested,
        )

    def to_fit(self, notes: tuple[str, ...], *, at: Any) -> Fit:
        design, kr = self.design, self.df_method.replace("-", "_")
        where = design.visits[-1] if at is None else str(at)
        design.require(where)
        if where not in design.visits:
            raise FrameError("at", f"one of: {', '.join(design.visits)}")
        spread = "Kenward–Roger standard error and df" if self.df_method == DF_METHOD else f"df by {self.df_method}"
        spread = f"CR2 standard error by {self.cluster}, Satterthwaite df" if self.robust is not None else spread
        fit = Fit(
            call="mmrm",
            title="adjusted difference at each visit",
            rows=tuple(self.row(design.difference(visit), term=visit) for visit in design.visits),
            main=design.visits.index(where),
            level=self.level,
            scale="difference",
            n=int(self.sample.used.sum()),
            arms=self.sample.counts,
            dropped=self.sample.dropped,
            how=How(
                estimator="mmrm",
                inference="satterthwaite" if self.robust is not None else kr,
                covariance="cr2" if self.robust is not None else "model",
                structure=self.fit.covariance_name,
                adjusted=design.adjusted_for,
                clusters=self.cluster or "",
            ),
            method=(
                f"MMRM by REML, {self.fit.covariance_name} covariance within each person, adjusted for "
                f"{design.adjusted}; {spread}"
            ),
            notes=notes,
            model=self.fit if self.robust is None else self.robust,
        )
        offers = {name: partial(make, fit) for name, make in self._offers().items()}
        return replace(fit, offers=offers)

    def _offers(self) -> dict[str, Any]:
        return {"visits": lambda fit: fit, "average": self.average, "interaction": self.change, "means": self.means}

    def average(self, fit: Fit) -> Fit:
        """Average the difference over the visits, each counted alike."""
        weights = np.mean([self.design.difference(visit) for visit in self.design.visits], axis=0)
        rows = (self.row(weights, term="average over visits"),)
        return fit.other(rows=rows, title="adjusted difference, average over visits")

    def change(self, fit: Fit) -> Fit:
        """Compare the difference at each later visit with that at the first; raises FrameError with one visit."""
        first, *later = self.design.visits
        if not later:
            raise FrameError("contrasts of mmrm", "there is one visit, and so no change of the difference")
        start = self.design.difference(first)
        weights = [self.design.difference(visit) - start for visit in later]
        rows = [
            self.row(one, term=visit, compared=f"({self.sample.compared}) since {first}")
            for visit, one in zip(later, weights, strict=True)
        ]
        notes = fit.notes
        if self.robust is None:
            test = self.fit.f_test(np.array(weights), method=self.df_method)
            whole = f"F({test.df:g}, {test.denominator_df:.1f}) = {test.statistic:.2f}, p = {test.p_value:.3g}"
            notes = (f"Arm by visit, all at once: {whole}.", *notes)
        return fit.other(rows=tuple(rows), title="change of the adjusted difference", notes=notes)

    def means(self, fit: Fit) -> Fit:
        """Give each arm's mean at each visit, at the average of what is adjusted for."""
        rows = [
            self.row(self.design.adjusted_mean(visit, full=full), term=visit, compared=arm, is_tested=False)
            for visit in self.design.visits
            for arm, full in zip(self.sample.arms, (True, False), strict=True)
        ]
        title = "adjusted means, at the average of what is adjusted for"
        return fit.other(rows=tuple(rows), scale="mean", title=title)
