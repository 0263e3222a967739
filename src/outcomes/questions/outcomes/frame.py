"""The repeated-measures model on a long table, for notebooks: one call, one row a visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.methods import mmrm

if TYPE_CHECKING:
    from collections.abc import Sequence


def compare_visits(
    frame: pd.DataFrame,
    *,
    score: str,
    client: str,
    visit: str,
    full: str,
    baseline: str | None = None,
    covariates: Sequence[str] = (),
    covariance: str = "unstructured",
    method: mmrm.DfMethod = "kenward-roger",
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare two arms at every visit.

    Parameters
    ----------
    frame : DataFrame
        One row a client and visit; visits in the order of their values.
    score, client, visit : str
        Columns with the score (missing where not observed), the client and the visit.
    full : str
        Column that is true, or 1, in the arm whose score comes first in the difference.
    baseline : str, optional
        Column with the score at the start, which has an effect at each visit.
    covariates : sequence of str
        Columns of numbers with one effect each.
    covariance, method, level
        As in `outcomes.methods.mmrm`.

    Returns
    -------
    DataFrame
        By visit: `estimate`, `se`, `df`, `p_value`, `low`, `high`; the fit itself in `attrs["fit"]`.

    Raises
    ------
    ValueError
        When a client has two rows at a visit, or values that should not change do.
    NotEstimableError
        As `outcomes.methods.mmrm.fit_mmrm`.
    """
    if frame.duplicated([client, visit]).any():
        msg = "a client has two rows at the same visit"
        raise ValueError(msg)
    wide = frame.pivot_table(index=client, columns=visit, values=score, dropna=False, aggfunc="first", observed=False)
    names = [full, *([baseline] if baseline is not None else []), *covariates]
    fixed = _fixed(frame, client, names).loc[wide.index]
    used = wide.notna().any(axis=1) & fixed.notna().all(axis=1)
    columns = fixed[used].to_numpy(dtype=float)
    by_visit = 2 if baseline is not None else 1
    fit = mmrm.fit_mmrm(
        scores=wide[used].to_numpy(dtype=float),
        by_visit=np.column_stack([np.ones(len(columns)), columns[:, :by_visit]]),
        constant=columns[:, by_visit:],
        covariance=covariance,
        names=("the intercept", *names),
        visits=[str(name) for name in wide.columns],
    )
    table = pd.DataFrame([_row(fit, place, method, level) for place in range(wide.shape[1])], index=wide.columns)
    table.attrs["fit"] = fit
    return table


def _fixed(frame: pd.DataFrame, client: str, names: Sequence[str]) -> pd.DataFrame:
    """Values that belong to the client and not to the visit."""
    values = frame[list(names)].astype(float).groupby(frame[client], observed=True)
    changing = (values.max() > values.min()).any()
    if changing.any():
        msg = f"these columns must not change within a client: {', '.join(changing.index[changing])}"
        raise ValueError(msg)
    return values.first()


def _row(fit: mmrm.MmrmFit, place: int, method: mmrm.DfMethod, level: float) -> dict[str, Any]:
    weights = np.zeros(len(fit.beta))
    weights[len(fit.covariance) + place] = 1.0
    contrast = fit.contrast(weights, method=method)
    low, high = contrast.interval(level)
    return {
        "estimate": contrast.estimate,
        "se": contrast.se,
        "df": contrast.df,
        "p_value": contrast.p_value,
        "low": low,
        "high": high,
    }
