"""What a study is once it has been read and validated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from outcomes.study.schemas import OPTIONAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from outcomes.plan.model import Plan

Level = Literal["STOP", "CHECK", "NOTE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a file that a person must know; never a client's value.

    Attributes
    ----------
    level : str
        STOP (nothing is computed), CHECK (look before you rely on it) or NOTE.
    code : str
        Stable code, explained by `outcomes explain`.
    file : str
        Name relative to the study folder.
    rows : tuple of int
        Rows as a spreadsheet shows them, the first few; the header is row 1. Empty: the whole file or column.
    more : int
        Further rows with the same finding [count].
    column : str
        Column, or "" when the finding is about the file.
    rule : str
        What was expected and what was found, without the value.
    fix : str
        What to do.
    """

    level: Level
    code: str
    file: str
    rule: str
    fix: str
    rows: tuple[int, ...] = ()
    more: int = 0
    column: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDigest:
    """A file as it was read: name relative to the study folder, SHA-256, size [bytes], data rows [count]."""

    name: str
    sha256: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Study:
    """A validated study: typed frames, the plan, and what was noticed on the way.

    Each frame is what `outcomes.study.schemas.validate` accepts as its table.

    Attributes
    ----------
    folder : Path
        Where it was read from.
    plan : Plan
    clients : DataFrame
        One row a client: `client_id` (str), `full` (bool), dates, `completed` (boolean), `group_id`, `therapist_id`,
        `site` (str), and the plan's covariates (float, or str for levels); sorted by `client_id`.
    scores : DataFrame
        `client_id`, `visit`, `date`, `measure` (str), `score` (float): rows of scores.csv; empty where there is none.
    items : mapping of str to DataFrame
        By instrument file: `client_id`, `visit`, `date`, `q01` … (float, nan where not answered).
    attendance, sessions, events, costs, evidence, goals, diary : DataFrame or None
        None where the file was not provided.
    files : tuple of FileDigest
    findings : tuple of Finding
        CHECK and NOTE only: a study with a STOP is never built.
    """

    folder: Path
    plan: Plan
    clients: pd.DataFrame
    scores: pd.DataFrame
    items: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    attendance: pd.DataFrame | None = None
    sessions: pd.DataFrame | None = None
    events: pd.DataFrame | None = None
    costs: pd.DataFrame | None = None
    evidence: pd.DataFrame | None = None
    goals: pd.DataFrame | None = None
    diary: pd.DataFrame | None = None
    files: tuple[FileDigest, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        """Shapes only: a repr must never show a client."""
        rows = ", ".join(f"{name} {len(frame)}" for name, frame in self.frames.items())
        return f"Study({len(self.plan.measures)} measures, {len(self.plan.visits)} visits; rows: {rows})"

    def _repr_html_(self) -> str:
        """Shapes only, as a table for a notebook."""
        rows = "".join(
            f'<tr><th scope="row">{name}</th><td>{len(frame)}</td><td>{len(frame.columns)}</td></tr>'
            for name, frame in self.frames.items()
        )
        return (
            f"<table><thead><tr><th>Table</th><th>Rows</th><th>Columns</th></tr></thead><tbody>{rows}</tbody></table>"
        )

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """Every table that is there, by the name of its file without its ending."""
        optional = {name: getattr(self, name) for name in OPTIONAL}
        return {
            "clients": self.clients,
            "scores": self.scores,
            **{f"items/{name}": frame for name, frame in self.items.items()},
            **{name: frame for name, frame in optional.items() if frame is not None},
        }
