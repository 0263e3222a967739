"""A map written from the headers of an export, for a person to correct: nothing of it is relied on unread."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from outcomes.importing import redcap
from outcomes.importing.guess import DATES, Timed, find_items, find_known, fold, split_time, to_word
from outcomes.importing.source import WORKBOOK, Source, read_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from outcomes.importing.map import Shape

ARMS = ("full", "skills")
FEW = 12  # texts that a column of visits, measures or arms may have
_HEAD = """\
# A map, proposed from the names of the columns. Correct every line before you import with it:
#   outcomes import SOURCE --map THIS-FILE --out STUDY
# docs/importing.md explains all keys. Texts on the right of [clients], [scores] and [items] are columns of the source.
version = 1
"""
_DATES = """\
# How dates are written: "year-month-day", "day/month/year" or "month/day/year".
dates = "year-month-day"
# Texts that stand for "not known", such as "N/A" or "999".
missing = []
"""


def propose_map(path: Path, *, sheet: str | None = None) -> str:
    """Propose a map for a source.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Of a workbook with several.

    Returns
    -------
    str
        TOML. It holds names of columns, and of arms, visits and measures the few texts that stand for them.
    """
    source = read_source(path, sheet=sheet)
    names = {redcap.LABELLED.get(column, column): column for column in source.columns}
    is_redcap = redcap.EVENT in names or redcap.REPEAT in names
    known = find_known(column for column in source.columns if column not in redcap.OWN)
    if is_redcap:
        known["client_id"] = next(iter(source.columns))
    shape = _find_shape(source, known, is_redcap=is_redcap)
    lines = [_HEAD, f'shape = "{shape}"']
    if path.suffix.lower() == WORKBOOK and sheet is not None:
        lines.append(f"sheet = {quote(sheet)}")
    lines += [
        _DATES,
        *_propose_clients(known),
        *_propose_values(source, known, "arm", "full or skills, as in the plan"),
    ]
    lines += _propose_wide(source, known) if shape == "wide" else _propose_rows(source, known, names)
    return "\n".join(lines) + "\n"


def quote(text: str) -> str:
    """Give a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _find_shape(source: Source, known: dict[str, str], *, is_redcap: bool) -> Shape:
    if is_redcap:
        return "redcap"
    ids = source.columns.get(known.get("client_id", ""), [])
    return "wide" if ids and len(set(ids)) == len(ids) else "long"


def _propose_clients(known: dict[str, str]) -> list[str]:
    absent = "  # not found: name it"
    lines = [
        "[clients]",
        *(
            f"{target} = {quote(known.get(target, ''))}{'' if target in known else absent}"
            for target in ("client_id", "arm")
        ),
    ]
    lines += [f"{target} = {quote(name)}" for target, name in known.items() if target not in {"client_id", "arm"}]
    return [*lines, '# Add the characteristics that the plan adjusts for, such as: age = "Age"', ""]


def _propose_values(source: Source, known: dict[str, str], target: str, hint: str) -> list[str]:
    name = known.get(target)
    texts = _distinct(source, name) if name is not None else []
    if not texts:
        return []
    return [f"[values.{target}]", *(f"{quote(text)} = {_guess_arm(text, target)}  # {hint}" for text in texts), ""]


def _guess_arm(text: str, target: str) -> str:
    """Give a text that is the plan's own word for an arm that word, and any other nothing."""
    return quote(text if target == "arm" and text in ARMS else "")


def _distinct(source: Source, name: str) -> list[str]:
    texts = sorted({text.strip() for text in source.columns[name]} - {""})
    return texts if len(texts) <= FEW else []


def _propose_wide(source: Source, known: dict[str, str]) -> list[str]:
    rest = [name for name in source.columns if name not in known.values()]
    timed = [found for name in rest if (found := split_time(name)) is not None]
    visits = list(dict.fromkeys(one.visit for one in timed))
    items: dict[str, list[str]] = {}
    taken: set[str] = set()
    for visit in visits:
        for instrument, (pattern, columns) in find_items(
            {one.column: one.stem for one in timed if one.visit == visit}
        ).items():
            items.setdefault(instrument, []).append(f"{to_word(visit)} = {quote(pattern)}")
            taken.update(columns)
    dates = {one.visit: one.column for one in timed if fold(one.stem) in DATES}
    scored = (one for one in timed if one.column not in taken and one.column not in dates.values())
    lines = _propose_by_visit("scores", _by_stem(scored))
    if dates:
        named = [f"{to_word(visit)} = {quote(column)}" for visit, column in dates.items()]
        lines += ["[visit_dates]", *named, ""]
    for instrument, columns_of in items.items():
        lines += [f"[items.{instrument}]", *columns_of, ""]
    used = taken | {one.column for one in timed}
    return lines + _list_rest(name for name in rest if name not in used)


def _by_stem(timed: Iterable[Timed]) -> dict[str, list[Timed]]:
    stems: dict[str, list[Timed]] = {}
    for one in timed:
        stems.setdefault(to_word(one.stem), []).append(one)
    return stems


def _propose_by_visit(key: str, stems: dict[str, list[Timed]]) -> list[str]:
    lines: list[str] = []
    for stem, columns in stems.items():
        lines += [f"[{key}.{stem}]", *(f"{to_word(one.visit)} = {quote(one.column)}" for one in columns), ""]
    return lines


def _propose_rows(source: Source, known: dict[str, str], names: dict[str, str]) -> list[str]:
    rest = [name for name in source.columns if name not in known.values() and name not in redcap.LABELLED]
    visit = names.get(redcap.EVENT) or _first(rest, ("visit", "timepoint", "time point", "time", "wave", "event"))
    rows = {
        "visit": visit,
        "date": _first(rest, ("date", "date completed", "completed on", "assessment date")),
        "measure": _first(rest, ("measure", "scale", "questionnaire", "instrument")),
        "score": _first(rest, ("score", "total", "value")),
    }
    found = {key: name for key, name in rows.items() if name is not None}
    lines = ["[rows]", *(f"{key} = {quote(name)}" for key, name in found.items()), ""]
    lines += _propose_values(source, found, "visit", "a visit of the plan")
    lines += _propose_values(source, found, "measure", "a measure of the plan")
    items = find_items({name: name for name in rest})
    taken = {column for _, columns in items.values() for column in columns} | set(found.values()) | redcap.OWN
    if items:
        lines += ["[items]", *(f"{name} = {quote(pattern)}" for name, (pattern, _) in items.items()), ""]
    return lines + _list_rest(name for name in rest if name not in taken)


def _first(columns: Sequence[str], wanted: tuple[str, ...]) -> str | None:
    lower = {name.lower().replace("_", " "): name for name in columns}
    return next((lower[one] for one in wanted if one in lower), None)


def _list_rest(names: Iterable[str]) -> list[str]:
    """List what was not guessed, so that nothing is overlooked."""
    rest = list(names)
    if not rest:
        return []
    return ["# Columns that no guess was made for:", *(f"#   {quote(name)}" for name in rest)]
