"""A study folder to fill in: a plan that explains itself, and tables with their headers."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from outcomes.errors import OutputExistsError, OutputNotWritableError
from outcomes.study import tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.study.tables import Column

COVARIATES = ("age", "gender", "previous_therapy")  # those of the plan that is written beside them
FILES: dict[str, Mapping[str, Column]] = {
    "scores.csv": tables.SCORES,
    **{f"{name}.csv": columns for name, columns in tables.OPTIONAL.items() if name != "evidence"},
}


def make_study_folder(folder: Path) -> None:
    """Make the folder.

    Raises
    ------
    OutputExistsError
        When something of that name is there.
    OutputNotWritableError
        When it cannot be written.
    """
    if folder.exists():
        raise OutputExistsError(folder.name)
    template = resources.files("outcomes.study").joinpath("template")
    try:
        folder.mkdir(parents=True)
        for name in ("plan.toml", "README.md"):
            (folder / name).write_text(template.joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
        _write_header(folder / "clients.csv", (*tables.CLIENTS, *COVARIATES))
        for name, columns in FILES.items():
            _write_header(folder / name, tuple(columns))
    except OSError as fault:
        raise OutputNotWritableError(folder.name, fault.strerror or type(fault).__name__) from fault


def _write_header(path: Path, names: tuple[str, ...]) -> None:
    path.write_text(",".join(names) + "\n", encoding="utf-8")
