"""Nuisance parameters that a sample size rests on, as the data have them: sd, correlation, drop-out, clustering."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from outcomes.methods import means
from outcomes.methods.cluster import number_clusters
from outcomes.methods.correlation import CorrelationFit, fit_within_correlation
from outcomes.methods.least_squares import fit_least_squares
from outcomes.methods.mixed import GROUP, THERAPIST, MixedFit, fit_mixed
from outcomes.methods.sample_size import Arm, Clusters, Design, require_design
from outcomes.models.covariates import START
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.models.covariates import Covariates
    from outcomes.models.occasion import Occasion

Kind = Literal["group", "therapist"]
EFFECTS: dict[Kind, str] = {"group": GROUP, "therapist": THERAPIST}
# Where groups or therapists are recorded and the data cannot tell how alike their people are: a value that planners of
# psychotherapy trials use (docs/methods/precision.md). Zero would say that sharing them never matters.
ASSUMED = 0.05
ASSUMES: dict[Kind, str] = {
    kind: (
        f"The intraclass correlation of {name}s cannot be estimated from these data, and the plan states none: it is "
        "assumed that a twentieth of the variance lies between them."
    )
    for kind, name in EFFECTS.items()
}
ABSENT: dict[Kind, str] = {"group": "No group is recorded.", "therapist": "No therapist is recorded."}


@dataclass(frozen=True, slots=True, kw_only=True)
class IntraclassCorrelation:
    """Intraclass correlation of people of the same group or therapist.

    Attributes
    ----------
    value : float
        Share of the variance of the full arm that lies between them.
    clusters : int
        [count]
    at_boundary : bool
        Whether it was estimated as zero, the least that it can be.
    """

    value: float
    clusters: int
    at_boundary: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NuisanceParameters:
    """What the data say, on one measure at one visit.

    Attributes
    ----------
    used : ndarray of bool, shape (n,)
        People with both scores.
    sd : float
        Within the arms, at the visit [points].
    correlation : CorrelationFit
    explained : float
        Share of the variance of the programme that the score at the start and the covariates explain.
    dropout : dict of str to float
        Share of those who started in an arm who lack one of the two scores.
    intraclass : dict of kind to IntraclassCorrelation, or to why it cannot be estimated
    labels : dict of kind to ndarray, shape (n,)
        Group or therapist of each client; "" where there is none.
    """

    used: NDArray[np.bool_]
    full: NDArray[np.bool_]
    sd: float
    correlation: CorrelationFit
    explained: float
    dropout: dict[str, float]
    intraclass: dict[Kind, IntraclassCorrelation | NotEstimableError]
    labels: dict[Kind, NDArray[np.object_]] = field(default_factory=dict)

    def design(self, iccs: dict[Kind, float | None]) -> Design:
        """Give the comparison as it is, with intraclass correlations that the plan states in place of the data's.

        Raises
        ------
        NotEstimableError
            Where nothing can be planned from it.
        """
        used = {kind: self.planned_icc(kind, stated) or 0.0 for kind, stated in iccs.items()}
        share = float(self.full.mean())
        arms = {}
        for arm, mine, started in (("full", self.full, share), ("skills", ~self.full, 1 - share)):
            kinds = [kind for kind in self.labels if kind == "group" or arm == "full"]
            arms[arm] = Arm(
                share=started,
                dropout=self.dropout[arm],
                clusters=tuple(self._clusters(kind, mine, used[kind]) for kind in kinds),
                own=tuple(not self.is_crossed(kind) for kind in kinds),
            )
        crossing = used["group"] * self._crossing() if "group" in self.labels else 0.0
        design = Design(
            sd=self.sd,
            correlation=self.correlation.value,
            explained=self.explained,
            full=arms["full"],
            skills=arms["skills"],
            crossing=crossing,
            reference="t",
        )
        require_design(design)
        return design

    def icc(self, kind: Kind) -> float | None:
        """Give an intraclass correlation, or None where it cannot be estimated."""
        found = self.intraclass[kind]
        return found.value if isinstance(found, IntraclassCorrelation) else None

    def planned_icc(self, kind: Kind, stated: float | None) -> float | None:
        """Give the intraclass correlation to plan with: stated, else the data's, else assumed; None without groups."""
        if stated is not None:
            return float(stated)
        return ASSUMED if self.assumes(kind, stated) else self.icc(kind)

    def assumes(self, kind: Kind, stated: float | None) -> bool:
        """Whether a value has to be assumed: people share groups, and neither data nor plan tell how alike they are."""
        return stated is None and kind in self.labels and self.icc(kind) is None

    def notes(self, iccs: dict[Kind, float | None]) -> tuple[str, ...]:
        """Say what is assumed."""
        return tuple(ASSUMES[kind] for kind, stated in iccs.items() if self.assumes(kind, stated))

    def mean_size(self, kind: Kind) -> float:
        """Mean number of those seen in a group, or with a therapist."""
        among = self.used if kind == "group" else self.used & self.full
        return float(_count(self.labels[kind][among]).mean())

    def _clusters(self, kind: Kind, mine: NDArray[np.bool_], icc: float) -> Clusters:
        sizes = _count(self.labels[kind][self.used & mine])
        return Clusters(size=float(sizes.mean()), cv=float(sizes.std() / sizes.mean()), icc=icc)

    def is_crossed(self, kind: Kind) -> bool:
        """Whether some group holds people of both arms who were seen."""
        if kind not in self.labels:
            return False
        labels = self.labels[kind]
        in_full, in_skills = (set(labels[self.used & arm]) - {""} for arm in (self.full, ~self.full))
        return bool(in_full & in_skills)

    def _crossing(self) -> float:
        """N Σ m₁ m₀/(N₁ N₀) over the groups of those seen."""
        codes, labels = number_clusters(self.labels["group"])
        in_full, in_skills = (
            np.bincount(codes[self.used & arm], minlength=len(labels)) for arm in (self.full, ~self.full)
        )
        products = int((in_full * in_skills)[labels != ""].sum())
        return float(self.used.sum()) * products / int(in_full.sum() * in_skills.sum())


def _count(labels: NDArray[np.generic]) -> NDArray[np.float64]:
    """Sizes of the clusters; who has none stands alone."""
    named = labels[labels != ""]
    counts = np.unique(named.astype(str), return_counts=True)[1] if len(named) else np.empty(0)
    return np.concatenate([counts, np.ones(len(labels) - len(named))]).astype(float)


def gather(occasion: Occasion, covariates: Covariates) -> NuisanceParameters:
    """Estimate the nuisance parameters.

    Raises
    ------
    NotEstimableError
        Where an arm has nobody with both scores, or the scores do not vary.
    """
    occasion.require_baseline()
    used, full = occasion.paired, occasion.cohort.full
    occasion.require_arms(used)
    before, after = occasion.before[used], occasion.after[used]
    labels = _read_labels(occasion)
    return NuisanceParameters(
        used=used,
        full=full,
        sd=means.pooled_sd(after[full[used]], after[~full[used]])[0],
        correlation=fit_within_correlation(before=before, after=after, full=full[used], level=occasion.level),
        explained=_explain_arm(occasion, covariates),
        dropout={arm: 1 - float(used[mine].mean()) for arm, mine in (("full", full), ("skills", ~full))},
        intraclass=_find_intraclass(occasion, labels),
        labels=labels,
    )


def _explain_arm(occasion: Occasion, covariates: Covariates) -> float:
    used = occasion.paired & covariates.known
    occasion.require_arms(used)
    among = covariates.beside(occasion.before, START).among(used)
    columns = np.column_stack([np.ones(used.sum()), among.columns])
    names = ("the intercept", *among.names)
    full = occasion.cohort.full[used].astype(float)
    residuals = fit_least_squares(scores=full, design=columns, names=names).residuals
    return 1 - float(residuals @ residuals) / float(((full - full.mean()) ** 2).sum())


def _read_labels(occasion: Occasion) -> dict[Kind, NDArray[np.object_]]:
    found: dict[Kind, NDArray[np.object_]] = {}
    for cluster in occasion.cohort.structure:
        if cluster.kind != "site" and cluster.is_present:
            column = occasion.cohort.clients[cluster.column]
            found[cluster.kind] = np.where(column.isna(), "", column.to_numpy(dtype=object))
    return found


def _find_intraclass(
    occasion: Occasion, labels: dict[Kind, NDArray[np.object_]]
) -> dict[Kind, IntraclassCorrelation | NotEstimableError]:
    """Estimate both at once, or, where that cannot be, each alone."""
    absent = {kind: NotEstimableError(why, "not provided") for kind, why in ABSENT.items() if kind not in labels}
    together = _fit_intraclass(occasion, labels) if labels else {}
    if len(labels) > 1 and any(isinstance(one, NotEstimableError) for one in together.values()):
        return {**absent, **{kind: _fit_intraclass(occasion, {kind: labels[kind]})[kind] for kind in labels}}
    return {**absent, **together}


def _fit_intraclass(
    occasion: Occasion, labels: dict[Kind, NDArray[np.object_]]
) -> dict[Kind, IntraclassCorrelation | NotEstimableError]:
    """Estimate some from one model, or give for each why the model cannot be fitted."""
    try:
        fit = _fit(occasion, labels)
    except NotEstimableError as why:
        return dict.fromkeys(labels, why)
    total = float(fit.residual[0][0, 0]) + sum(fit.variances.values())
    return {
        kind: IntraclassCorrelation(
            value=fit.variances[EFFECTS[kind]] / total,
            clusters=fit.levels[EFFECTS[kind]],
            at_boundary=EFFECTS[kind] in fit.boundary,
        )
        for kind in labels
    }


def _fit(occasion: Occasion, labels: dict[Kind, NDArray[np.object_]]) -> MixedFit:
    """Score at the visit on arm and score at the start, with a random intercept of groups and of therapists."""
    used, full = occasion.paired, occasion.cohort.full
    start = occasion.before[used]
    return fit_mixed(
        scores=occasion.after[used, None],
        by_visit=np.column_stack([np.ones(used.sum()), full[used], *([start] if np.ptp(start) else [])]),
        constant=None,
        full=full[used],
        groups=labels["group"][used] if "group" in labels else None,
        therapists=labels["therapist"][used] if "therapist" in labels else None,
        covariance="unstructured",
        by_arm=False,
    )
