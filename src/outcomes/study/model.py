"""What a study is once it has been read and validated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from outcomes.study.schemas import OPTIONAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from outcomes.plan.model import Plan
    from outcomes.study.files import Files

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
    opened : Files or None
        What it was read from.
    seal : mapping of str to str, or None
        Fingerprint of each part as it was read, so that a change is seen; None where nobody will ask.
    others : int
        People of a programme that is neither of the two, who are in no table [count].
    logo : str
        SVG of the clinic's logo, checked; "" where the plan names none.
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
    opened: Files | None = field(default=None, compare=False)
    seal: Mapping[str, str] | None = field(default=None, compare=False)
    others: int = 0
    logo: str = ""

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

    def frame(self, rows: str = "scores") -> pd.DataFrame:
        """Give the study as one frame: scored, visits assigned, programmes and covariates beside.

        Parameters
        ----------
        rows : str
            What a row is: "scores" (a person on a measure at a visit), "clients" (a person) or "evidence" (a published
            result that counts).

        Raises
        ------
        StudyChangedError
            Of a study that was changed, or put together by hand.
        """
        from outcomes.study.seal import require_sealed
        from outcomes.study.upstairs import UPSTAIRS

        require_sealed(self)
        assert UPSTAIRS.lay_out is not None  # noqa: S101  # the package has entered it
        return UPSTAIRS.lay_out(self, rows)

    def where(self, **conditions: Any) -> Study:
        """Give the part of the study that meets conditions on columns of clients: `where(site="South")`.

        Parameters
        ----------
        **conditions
            A value, several values, or `slice(low, high)` of numbers, both ends within.

        Returns
        -------
        Study
            With files and digests of its own; title, provenance and manifest name the conditions.

        Raises
        ------
        ConditionError
            Of a column that is not there, or a part that holds nobody or everybody.
        DataError
            Where the part is no sound study.
        """
        from outcomes.study.part import choose_people

        return self._again(choose_people(self, conditions))

    def with_plan(self, plan: Plan | Mapping[str, Any] | str | Path) -> Study:
        """Give the same data by another plan: a Plan, its file, or a dictionary as plan.toml would hold it.

        Raises
        ------
        PlanError, DataError
            With every fault at once.
        """
        from outcomes.study.part import take_plan

        return self._again(take_plan(self, plan))

    def write(self, folder: str | Path) -> Path:
        """Write the files of the study into a new folder, as they were read: a run is verified against it.

        Raises
        ------
        OutputExistsError
            When something is there.
        """
        from outcomes.study.part import write_files

        return write_files(self, folder)

    def _again(self, opened: Files) -> Study:
        from outcomes.study.read import read_opened
        from outcomes.study.seal import require_sealed

        require_sealed(self)
        return read_opened(opened)

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
