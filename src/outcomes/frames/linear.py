"""A score at one visit compared between two arms: least squares, HC3, or CR2 where people share clusters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.core.threads import in_one_thread
from outcomes.errors import FrameError
from outcomes.frames.formulas import code_terms, read_formula
from outcomes.frames.result import Fit, Row
from outcomes.frames.sample import read_sample, require_level, take, tell_zero_one
from outcomes.methods.ancova import AncovaFit, ancova_design, fit_hc3
from outcomes.methods.cluster import FEW_CLUSTERS, ClusterFit, fit_cr2
from outcomes.methods.least_squares import NO_SPREAD, Contrast
from outcomes.models.main import FEW
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.frames.sample import Sample

    Floats = NDArray[np.float64]


@in_one_thread()
def ancova(
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
    """Compare a score between two arms, adjusted: ANCOVA with HC3, or with CR2 where people share clusters.

    Parameters
    ----------
    data : frame
        One row a person.
    formula : str, optional
        `score ~ arm + baseline + age`, in place of score, baseline and covariates; `arm:age` lets the difference
        change with age, and the estimate is then its average over the people.
    score, arm, baseline : str
        Columns.
    reference : object, optional
        The value of `arm` that is compared against; not needed for 0 and 1, false and true, or a category, whose
        first level it is.
    covariates : sequence of str
        Columns; texts and categories are coded against their first level.
    cluster : str, optional
        Column of what people share, such as their skills group; who has none counts alone.
    client : str, optional
        Column that tells people apart; client_id where there is one.
    level : float
        Confidence level [share].

    Returns
    -------
    Fit
        `contrasts("means")`: the adjusted mean of each arm; with a formula in which the arm meets something,
        `contrasts("interaction")`, and `contrasts("each NAME")` for every level of a column of words.

    Raises
    ------
    FrameError
        Of what cannot be meant.
    NotEstimableError
        Where the data cannot answer.

    Examples
    --------
    >>> long = outcomes.read_study(outcomes.example()).frame()
    >>> end = long.query("measure == 'dts' and visit == 'end'")
    >>> fit = outcomes.ancova(end, score="score", baseline="baseline", covariates=["age", "gender"])
    >>> fit.rows[0].contrast
    'full - skills'
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
    model = _Linear.fit(sample, formula, arm=arm, score=score, cluster=cluster)
    return model.to_fit(level)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Linear:
    """A linear model and the designs under either arm, from which every contrast of it is made."""

    sample: Sample
    fitted: AncovaFit | ClusterFit
    under: tuple[Floats, Floats]
    cluster: str | None
    names: tuple[str, ...]
    meets: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def fit(cls, sample: Sample, formula: str | None, *, arm: str, score: str | None, cluster: str | None) -> _Linear:
        meets: tuple[str, ...] = ()
        if formula is not None:
            asked = read_formula(formula, sample.frame, arm=arm)
            score, meets = asked.score, asked.with_arm
        if score is None:
            raise FrameError("ancova", "say which column is compared: score=…, or a formula")
        scores, full = sample.numbers(score), sample.full[sample.used]
        among = sample.among()
        met = code_terms(meets, sample.frame)
        extra = met.columns[sample.used]
        if np.isnan(extra).any():
            raise FrameError("formula", f"put what meets the arm there by itself as well: {' + '.join(meets)}")
        design = np.column_stack([ancova_design(full=full, covariates=among.columns), extra * full[:, None]])
        names = ("the intercept", "the arm", *among.names, *(f"the arm with {name}" for name in met.names))
        clusters = sample.clusters(cluster)
        fitted: AncovaFit | ClusterFit
        if clusters is None:
            fitted = fit_hc3(scores=scores, design=design, names=names)
        else:
            fitted = fit_cr2(scores=scores, design=design, clusters=clusters, names=names)
        few = isinstance(fitted, ClusterFit) and fitted.n_clusters < FEW_CLUSTERS
        return cls(
            sample=sample,
            fitted=fitted,
            under=(_set_arm(design, extra, 1.0), _set_arm(design, extra, 0.0)),
            cluster=cluster,
            names=names,
            meets=meets,
            notes=(*tell_zero_one(scores), *among.notes, *sample.tell_alone(cluster), *(FEW if few else ())),
        )

    def contrast(self, weights: Floats) -> Contrast:
        """Give a combination of the coefficients with its standard error and degrees of freedom."""
        if isinstance(self.fitted, ClusterFit):
            return self.fitted.contrast(weights)
        variance = float(weights @ self.fitted.beta_cov @ weights)
        if not variance > 0:
            raise NotEstimableError(NO_SPREAD)
        return Contrast(estimate=float(weights @ self.fitted.beta), se=float(np.sqrt(variance)), df=self.fitted.df)

    def difference(self, among: NDArray[np.bool_] | None = None) -> Floats:
        """Give the weights of the difference of the arms, averaged over some of the people."""
        if not self.meets:
            return np.asarray(np.eye(len(self.names))[1])
        moved = self.under[0] - self.under[1]
        return np.asarray(moved[slice(None) if among is None else among].mean(axis=0))

    def to_fit(self, level: float) -> Fit:
        sample, full = self.sample, self.sample.full[self.sample.used]
        robust = isinstance(self.fitted, ClusterFit)
        by = sample.covariates.sources
        spread = f"CR2 by {self.cluster}, Satterthwaite df" if robust else "HC3, t on n minus k"
        row = Row.of(self.contrast(self.difference()), term="arm", compared=sample.compared, level=level, n=len(full))
        fit = Fit(
            call="ancova",
            title="adjusted difference" if by else "difference",
            rows=(row,),
            level=level,
            scale="difference",
            n=len(full),
            arms=sample.counts,
            dropped=sample.dropped,
            how=How(
                estimator="ancova",
                inference="satterthwaite" if robust else "t",
                covariance="cr2" if robust else "hc3",
                adjusted=by,
                clusters=self.cluster or "",
            ),
            method=f"least squares, adjusted for {', '.join(by) or 'nothing'}; {spread}",
            notes=self.notes,
            model=self.fitted,
        )
        offers = {"means": partial(self.means, fit)}
        if self.meets:
            offers["interaction"] = partial(self.interaction, fit)
            offers |= {f"each {name}": partial(self.each, fit, name) for name in self.meets if self._has_words(name)}
        return fit.other(offers=offers)

    def _has_words(self, name: str) -> bool:
        return name in self.sample.frame.columns and any(one.startswith(f"the arm with {name}:") for one in self.names)

    def means(self, fit: Fit) -> Fit:
        """Give each arm's mean at the average of everything else."""
        rows = [
            Row.of(self.contrast(under.mean(axis=0)), term="mean", compared=arm, level=fit.level, is_tested=False)
            for arm, under in zip(self.sample.arms, self.under, strict=True)
        ]
        title = "adjusted means, at the average of what is adjusted for"
        return fit.other(rows=tuple(rows), scale="mean", title=title)

    def interaction(self, fit: Fit) -> Fit:
        """Give the coefficients of what meets the arm."""
        places = [place for place, name in enumerate(self.names) if name.startswith("the arm with ")]
        rows = [
            Row.of(
                self.contrast(np.eye(len(self.names))[place]),
                term=self.names[place].removeprefix("the arm with "),
                compared=f"({self.sample.compared}) by one unit, or against the first level",
                level=fit.level,
            )
            for place in places
        ]
        return fit.other(rows=tuple(rows), title="how the difference changes")

    def each(self, fit: Fit, name: str) -> Fit:
        """Give the difference at each level of a column of words, averaged over its people."""
        column = take(self.sample.frame, name)[self.sample.used]
        rows = []
        for value in sorted(column.unique(), key=str):
            mine = (column == value).to_numpy()
            contrast = self.contrast(self.difference(mine))
            rows.append(
                Row.of(contrast, term=str(value), compared=self.sample.compared, level=fit.level, n=int(mine.sum()))
            )
        return fit.other(rows=tuple(rows), title=f"difference at each level of {name}")


def _set_arm(design: Floats, extra: Floats, arm: float) -> Floats:
    """Give the design as if everybody were in an arm."""
    changed = design.copy()
    changed[:, 1] = arm
    if extra.shape[1]:
        changed[:, -extra.shape[1] :] = extra * arm
    return changed
