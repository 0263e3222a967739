"""A study folder to fill in: a plan that explains itself, and tables with their headers."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from outcomes.errors import OutputExistsError, OutputNotWritableError
from outcomes.study.portable import require_portable
from outcomes.study.schemas import TABLES

if TYPE_CHECKING:
    from pathlib import Path

COVARIATES = ("age", "gender", "previous_therapy")  # those of the plan that is written beside them
FILES = ("clients", "scores", "attendance", "sessions", "events", "goals", "diary", "costs")


def make_study_folder(folder: Path) -> None:
    """Make the folder.

    Raises
    ------
    OutputExistsError
        When something of that name is there.
    OutputNotWritableError
        When it cannot be written.
    """
    require_portable(folder)
    if folder.exists():
        raise OutputExistsError(folder.name)
    template = resources.files("outcomes.study").joinpath("template")
    try:
        folder.mkdir(parents=True)
        for name in ("plan.toml", "README.md"):
            (folder / name).write_text(template.joinpath(name).read_text(encoding="utf-8"), encoding="utf-8")
        for name in FILES:
            columns = (*TABLES[name].columns, *(COVARIATES if name == "clients" else ()))
            (folder / TABLES[name].name).write_text(",".join(columns) + "\n", encoding="utf-8")
    except OSError as fault:
        raise OutputNotWritableError(folder.name, fault.strerror or type(fault).__name__) from fault
