"""A part of a study, or a study by another plan: its files are made again, with digests of their own, and read again.

Nothing that was changed is ever reported under the digests of the files that it was made from.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outcomes.errors import ConditionError, InputChangedError, OutputExistsError, StudyChangedError
from outcomes.plan.read import PLAN_FILE
from outcomes.study.dates import today
from outcomes.study.frames import FrameFiles, read_plan_text, write_definitions
from outcomes.study.header import label_of
from outcomes.study.own_instruments import is_definition
from outcomes.study.parse import parse_table
from outcomes.study.published import open_table
from outcomes.study.schemas import CLIENT, TABLES
from outcomes.study.text import read_texts, to_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from outcomes.plan.model import Plan
    from outcomes.study.files import Files
    from outcomes.study.model import Study
    from outcomes.study.text import TextTable

LONGEST_TITLE = 300  # letters; as in the plan
_CLIENTS = TABLES["clients"].name


def take_files(study: Study) -> dict[str, bytes]:
    """Give the content of every file of a study as it was read; what comes with the program is none of them.

    Raises
    ------
    StudyChangedError
        Of a study that was put together by hand.
    InputChangedError
        When a file is no longer what was read.
    """
    opened = study.opened
    if opened is None:
        raise StudyChangedError(["it was not read by outcomes.read_study or outcomes.study"])
    found = {}
    for file in study.files:
        source = open_table(opened, file.name)
        content = b"".join(source.blocks())
        if source.digest(file.rows).sha256 != file.sha256:
            raise InputChangedError(file.name)
        if opened.holds(file.name):  # what comes with the program comes to whoever reads these files as well
            found[file.name] = content
    return found


def choose_people(study: Study, conditions: Mapping[str, Any]) -> FrameFiles:
    """Give the files of those people of a study whom all conditions are true of.

    Parameters
    ----------
    study : Study
    conditions : mapping of str to object
        By column of clients: a value, several of them (list, tuple or set), or `slice(low, high)` for numbers and
        dates, both ends within.

    Raises
    ------
    ConditionError
        Of a column that is not there, one that tells who somebody is, or conditions that nobody or everybody meets.
    """
    if not conditions:
        raise ConditionError("no condition was given")
    files = take_files(study)
    own = {name: content for name, content in files.items() if is_definition(name)}
    texts = {name: _read(files, name) for name in files if name != PLAN_FILE and name not in own}
    chosen = _find_people(study, texts[_CLIENTS], conditions)
    steps = [f"only people with {_say(name, wanted)}" for name, wanted in conditions.items()]
    kept = {name: _keep(text, chosen) for name, text in texts.items()}
    title = f"{study.plan.title}; {', '.join(steps)}"[:LONGEST_TITLE]
    plan = study.plan.model_copy(update={"title": title})
    return FrameFiles({PLAN_FILE: read_plan_text(plan, *steps), **own, **kept}, study.folder)


def take_plan(study: Study, plan: Plan | Mapping[str, Any] | str | Path) -> FrameFiles:
    """Give the files of a study with another plan."""
    files = _with_unread(study)
    own = {**{name: content for name, content in files.items() if is_definition(name)}, **write_definitions(plan, {})}
    text = read_plan_text(plan, "with another plan than the study's own", kept=study.plan.derived, own=own)
    return FrameFiles({**files, **own, PLAN_FILE: text}, study.folder)


def write_files(study: Study, folder: str | Path) -> Path:
    """Write the files of a study into a new folder, as they were read.

    Raises
    ------
    OutputExistsError
        When something is there.
    """
    home = Path(folder)
    files = take_files(study)
    if home.exists():
        raise OutputExistsError(home.name)
    for name, content in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    return home


def _with_unread(study: Study) -> dict[str, bytes]:
    """Give what was read, and items that the present plan does not ask for: another may."""
    files = take_files(study)
    opened: Files | None = study.opened
    if opened is not None:
        for stem in opened.items():
            name = f"items/{stem}.csv"
            if name not in files:
                files[name] = b"".join(opened.source(name).blocks())
    return files


def _read(files: Mapping[str, bytes], name: str) -> TextTable:
    held = FrameFiles(files, Path())
    return read_texts(lambda: held.source(name), name, known=())


def _find_people(study: Study, text: TextTable, conditions: Mapping[str, Any]) -> frozenset[str]:
    meets = np.ones(len(study.clients), dtype=bool)
    for name, wanted in conditions.items():
        if name == CLIENT:
            raise ConditionError("people are chosen by what is recorded of them, not by who they are")
        meets &= _meets(_column(study, text, name), wanted)
    if not meets.any() or meets.all():
        who = "everybody" if meets.all() else "nobody"
        raise ConditionError(f"{who} meets what was asked of {', '.join(conditions)}")
    return frozenset(study.clients.loc[meets, CLIENT].astype(str))


def _column(study: Study, text: TextTable, name: str) -> pd.Series:
    """Give a column of the people in their order: as it was read, or as text where the plan does not ask for it."""
    if name == "arm":
        words = np.where(study.clients["full"], study.plan.arms.full.value, study.plan.arms.skills.value)
        return pd.Series(words, index=study.clients.index)
    if name in study.clients:
        return study.clients[name]
    if name not in text.columns:
        there = [label_of(one, place) for place, one in enumerate(text.columns) if one != CLIENT]
        raise ConditionError(f"clients has no column {name}; it has: {', '.join(there)}")
    cells = _spell(text)
    of_client = dict(zip(_ids(text).to_numpy(), cells[name], strict=True))
    return study.clients[CLIENT].map(of_client).replace("", None)


def _meets(column: pd.Series, wanted: Any) -> NDArray[np.bool_]:
    if isinstance(wanted, slice):
        return np.asarray(column.between(*_ends(column, wanted)).fillna(value=False).to_numpy(dtype=bool))
    if isinstance(wanted, list | tuple | set | frozenset):
        return np.asarray(column.isin(list(wanted)).to_numpy(dtype=bool))
    return np.asarray((column == wanted).fillna(value=False).to_numpy(dtype=bool))


def _ends(column: pd.Series, wanted: slice) -> tuple[Any, Any]:
    if wanted.step is not None:
        raise ConditionError("slice(low, high) takes no step")
    low = column.min() if wanted.start is None else wanted.start
    return low, column.max() if wanted.stop is None else wanted.stop


def _say(name: str, wanted: Any) -> str:
    if isinstance(wanted, slice):
        low, high = wanted.start, wanted.stop
        ends = [f"from {low}"] if low is not None else []
        return f"{name} {' '.join([*ends, *([f'up to {high}'] if high is not None else [])])}"
    if isinstance(wanted, list | tuple | set | frozenset):
        return f"{name} {' or '.join(sorted(map(str, wanted)))}"
    said = {True: "yes", False: "no"}.get(wanted, wanted) if isinstance(wanted, bool) else wanted
    return f"{name} {said}"


def _spell(text: TextTable) -> dict[str, list[str]]:
    return {name: [cells.texts[code] for code in cells.codes] for name, cells in text.columns.items()}


def _ids(text: TextTable) -> pd.Series:
    """Ids of a table's rows as they are read everywhere."""
    from outcomes.study.columns import read_columns

    column = {CLIENT: read_columns(TABLES["clients"])[CLIENT]}
    frame = parse_table(text, column, today=today(), others=True).frame
    return frame[CLIENT].astype(object)


def _keep(text: TextTable, chosen: frozenset[str]) -> bytes:
    """Keep the rows of some people; all of a table that is not about single people."""
    cells = _spell(text)
    rows = zip(*cells.values(), strict=True)
    if CLIENT not in cells:
        return to_csv(cells, rows).encode()
    mine = [client in chosen for client in _ids(text)]
    return to_csv(cells, (row for row, keep in zip(rows, mine, strict=True) if keep)).encode()
