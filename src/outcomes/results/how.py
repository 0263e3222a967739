"""How a result was computed, as fields; the sentence beside them is for people, and nothing reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How a number came about.

    Attributes
    ----------
    estimator : str
        What was computed, in the field's term: "mmrm", "ancova", "logistic", "kaplan_meier", "cox", "share", …
    inference : str
        What standard error, df or interval rest on: "kenward_roger", "satterthwaite", "wilson", "profile", "bca", …
    covariance : str
        Kind of the covariance of the estimate: "model", "hc3", "cr2", "sandwich", …
    structure : str
        Residual structure of a repeated-measures model, for example "unstructured".
    adjusted : tuple of str
        Covariates, as columns of the study; "baseline" for the score at the start.
    clusters : str
        Column whose groups the inference allows for, or "".
    groups_not_allowed_for : bool
        Whether people share groups that the inference does not allow for, since there are too few of them.
    weights : str
        "overlap", "ate", "att", … or "".
    penalised : bool
        Whether Firth's penalised likelihood was used.
    bounded : bool
        Whether a variance lies on its boundary, so that its degrees of freedom are infinite or taken as known.
    infinite : bool
        Whether a coefficient of the model runs to infinity.
    draws : int
        Random samples or imputations; 0 where nothing is drawn.
    fallback : str
        What was used in place of the planned way where that could not be had, or "".
    """

    estimator: str
    inference: str = ""
    covariance: str = ""
    structure: str = ""
    adjusted: tuple[str, ...] = ()
    clusters: str = ""
    groups_not_allowed_for: bool = False
    weights: str = ""
    penalised: bool = False
    bounded: bool = False
    infinite: bool = False
    draws: int = 0
    fallback: str = ""
