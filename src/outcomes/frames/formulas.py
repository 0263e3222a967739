"""A formula, `score ~ arm + baseline + age`, as columns: parsed and coded by formulaic, the arm kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import FrameError
from outcomes.models.covariates import Covariates

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

_INTERCEPT = "1"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Formula:
    """What a formula asks for.

    Attributes
    ----------
    score : str
        Column on the left.
    columns : Covariates
        Of the terms that hold neither arm nor visit.
    with_arm : tuple of str
        Terms that meet the arm, without it: "age" of `arm:age`.
    with_visit : tuple of str
        Terms that meet the visit, without it; "arm" of `arm:visit`.
    has_arm : bool
        Whether the arm stands there by itself.
    """

    score: str
    columns: Covariates
    with_arm: tuple[str, ...]
    with_visit: tuple[str, ...]
    has_arm: bool


def read_formula(formula: str, frame: pd.DataFrame, *, arm: str, visit: str | None = None) -> Formula:
    """Read a formula.

    Raises
    ------
    FrameError
        Where it cannot be parsed, names what is not there, leaves the arm out, or takes the intercept away.
    """
    left, terms = _parse(formula)
    if arm not in {factor for term in terms for factor in term}:
        raise FrameError("formula", f"the arm stands nowhere in it: {arm} + …")
    if left not in frame.columns:
        raise FrameError("formula", f"{left!r} on its left is no column; make what is compared a column of its own")
    plain, with_arm, with_visit, has_arm = [], [], [], False
    for term in terms:
        rest = [factor for factor in term if factor not in {arm, visit}]
        if len(term) - len(rest) == len({arm, visit} & set(term)) and arm in term and visit in term:
            if rest:
                raise FrameError("formula", f"{':'.join(term)}: nothing may meet the arm and the visit at once")
            with_visit.append(arm)
        elif arm in term:
            has_arm |= not rest
            with_arm += [":".join(rest)] if rest else []
        elif visit is not None and visit in term:
            with_visit += [":".join(rest)] if rest else []
        else:
            plain.append(":".join(rest))
    columns = code_terms([*plain], frame)
    return Formula(
        score=left,
        columns=columns,
        with_arm=tuple(with_arm),
        with_visit=tuple(with_visit),
        has_arm=has_arm or arm in with_visit,
    )


def code_terms(terms: Sequence[str], frame: pd.DataFrame) -> Covariates:
    """Code terms beside an intercept: numbers as they are, texts and categories against their first level.

    Raises
    ------
    FrameError
        Where a term names what is not there, or cannot be worked out.
    """
    if not terms:
        return Covariates(columns=np.empty((len(frame), 0)), names=(), sources=())
    from formulaic import Formula as Parsed
    from formulaic.errors import FormulaicError

    names: list[str] = []
    parts: list[NDArray[np.float64]] = []
    try:
        for term in terms:
            variables = sorted(str(one) for one in Parsed(f"1 + {term}").required_variables)
            absent = [name for name in variables if name not in frame.columns]
            if absent:
                raise FrameError("formula", f"there is no column {absent[0]!r}")
            known = frame[variables].notna().all(axis=1).to_numpy()
            matrix: Any = Parsed(f"1 + {term}").get_model_matrix(frame.loc[known], context={})
            mine = [place for place, name in enumerate(matrix.columns) if name != "Intercept"]
            values = np.full((len(frame), len(mine)), np.nan)
            values[known] = np.asarray(matrix, dtype=float)[:, mine]
            parts.append(values)
            names += [_name(term, str(matrix.columns[place]), len(mine)) for place in mine]
    except (FormulaicError, NameError, TypeError, ValueError) as fault:
        if isinstance(fault, FrameError):
            raise
        raise FrameError("formula", f"a term of it cannot be worked out: {type(fault).__name__}") from None
    return Covariates(columns=np.column_stack(parts), names=tuple(names), sources=tuple(terms))


def _name(term: str, column: str, count: int) -> str:
    return term if count == 1 and column == term else f"{term}: {column}"


def _parse(formula: str) -> tuple[str, list[tuple[str, ...]]]:
    """Give what stands on the left, and the terms on the right as their factors."""
    from formulaic import Formula as Parsed
    from formulaic.errors import FormulaicError

    try:
        parsed: Any = Parsed(formula)
        left, right = list(parsed.lhs), list(parsed.rhs)
    except (FormulaicError, AttributeError, SyntaxError):
        raise FrameError("formula", "it cannot be read; it looks like: score ~ arm + baseline + age") from None
    if len(left) != 1:
        raise FrameError("formula", "one column is wanted on its left")
    terms = [tuple(factor.expr for factor in term.factors) for term in right]
    if (_INTERCEPT,) not in terms:
        raise FrameError("formula", "the intercept cannot be taken away")
    return str(left[0]), [term for term in terms if term != (_INTERCEPT,)]
