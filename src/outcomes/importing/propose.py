"""A map written from the headers of an export, for a person to correct: nothing of it is relied on unread."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from outcomes.importing import redcap
from outcomes.importing.amend import fold_text
from outcomes.importing.guess import DATES, Timed, find_items, find_known, fold, split_time, to_word
from outcomes.importing.map_rows import to_file
from outcomes.importing.source import CSV, UNNAMED, WORKBOOK, read_source, require_readable
from outcomes.importing.totals import without_totals
from outcomes.plan.faults import parse_toml
from outcomes.study.book.plan_text import quote
from outcomes.study.numbers import MISSING_WORDS, is_number_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from outcomes.importing.map import Shape
    from outcomes.importing.table import Source
    from outcomes.instruments import Instrument

ARMS = ("full", "skills")
_MOST = 0.7  # share of the filled cells that are numbers where a column holds scores; the others are words for missing
FEW = 12  # texts that a column of visits, measures or arms may have
_HEAD = """\
# A map, proposed from the names of the columns. Correct every line before you import with it:
#   outcomes import SOURCE --map THIS-FILE --out STUDY
# docs/importing.md explains all keys. Texts on the right of [clients], [scores] and [items] are columns of the source.
version = 1
"""
_DATES = """\
# How dates are written: "year-month-day", "day/month/year" or "month/day/year".
dates = {dates}
# Texts that stand for "not known", such as "N/A" or "999"; these were found.
missing = {missing}
"""
_MORE_MISSING = frozenset({"dna", "n/k", "nk", "did not attend", "declined", "999", "-999", "9999", "-99"})
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-]\d{4}.*")
_COMMA = re.compile(r"[+-]?\d+,\d{1,2}")
_OF_REDCAP = re.compile(r"_arm_\d+$")  # what REDCap puts behind the name of an event
VISITS = ("visit", "timepoint", "time point", "time", "wave", "week", "month", "event")
MONTHS = 12


def propose_map(
    path: Path,
    *,
    sheet: str | None = None,
    arms: Mapping[str, str] | None = None,
    dates: str | None = None,
    own: Mapping[str, Instrument] | None = None,
) -> str:
    """Propose a map for a source.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Of a workbook with several.
    arms : mapping of str to str, optional
        Word of the study by text of the source, as a person has said it.
    dates : str, optional
        How dates are written, as a person has said it.
    own : mapping of str to Instrument, optional
        Instruments that the study defines itself, by id.

    Returns
    -------
    str
        TOML. It holds names of columns, and of arms, visits and measures the few texts that stand for them.
    """
    source, separator = read_any(path, sheet)
    names = {redcap.LABELLED.get(column, column): column for column in source.columns}
    is_redcap = redcap.EVENT in names or redcap.REPEAT in names
    known = find_known(column for column in source.columns if column not in redcap.OWN)
    if UNNAMED in source.columns:
        known.setdefault("client_id", UNNAMED)
    if is_redcap:
        known["client_id"] = next(iter(source.columns))
    source = without_totals(source, known.get("client_id", ""))
    shape = _find_shape(source, known, is_redcap=is_redcap)
    lines = [_HEAD, f'shape = "{shape}"']
    if path.suffix.lower() == WORKBOOK and sheet is not None:
        lines.append(f"sheet = {quote(sheet)}")
    if source.header_row > 1:
        lines.append(f"header_row = {source.header_row}")
    if separator != ",":
        lines.append(f"separator = {quote(separator)}")
    if has_decimal_commas(source):
        lines.append('decimal = ","')
    missing = find_missing(source, {known.get("client_id"), known.get("arm")})
    how = dates or find_dates(source) or "year-month-day"
    lines += [
        _DATES.format(dates=quote(how), missing=json.dumps(missing, ensure_ascii=False)),
        *_propose_clients(known),
        *_propose_values(source, known, "arm", "full or skills, as in the plan", arms or {}),
    ]
    lines += _propose_wide(source, known, own) if shape == "wide" else _propose_rows(source, known, names, own)
    return "\n".join(lines) + "\n"


def to_csv_map(proposed: str) -> str:
    """Give a map that was proposed as CSV, without its remarks."""
    return to_file(parse_toml(proposed.encode())[1])


def _find_shape(source: Source, known: dict[str, str], *, is_redcap: bool) -> Shape:
    if is_redcap:
        return "redcap"
    ids = source.columns.get(known.get("client_id", ""), [])
    return "wide" if (ids and len(set(ids)) == len(ids)) or _repeats_in_columns(source, known) else "long"


def _repeats_in_columns(source: Source, known: dict[str, str]) -> bool:
    """Whether something is there at several visits, in columns of its own."""
    timed = [found for name in source.columns if name not in known.values() and (found := split_time(name))]
    stems = [fold(one.stem) for one in timed]
    return any(stems.count(stem) > 1 for stem in stems)


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


def _propose_values(
    source: Source, known: dict[str, str], target: str, hint: str, said: Mapping[str, str] | None = None
) -> list[str]:
    name = known.get(target)
    texts = _distinct(source, name) if name is not None else []
    if not texts:
        return []
    return [
        f"[values.{target}]",
        *(f"{quote(text)} = {_guess_word(text, target, name or '', said or {})}  # {hint}" for text in texts),
        "",
    ]


def _guess_word(text: str, target: str, column: str, said: Mapping[str, str]) -> str:
    """Give what the study calls a text: of an arm what a person has said or nothing, of others a word made of it."""
    told = {fold_text(one): word for one, word in said.items()}
    if (word := told.get(fold_text(text))) is not None:
        return quote(word)
    if target == "arm":
        return quote(text if text in ARMS else "")
    bare = _OF_REDCAP.sub("", text)
    return quote(to_word(f"{column} {bare}" if target == "visit" and bare.isdigit() else bare))


def _distinct(source: Source, name: str) -> list[str]:
    labels = source.labels.get(name, {})
    texts = [labels.get(text, text) for text in source.columns[name]]
    spelt = {fold_text(text): text.strip() for text in texts}
    texts = sorted(text for folded, text in spelt.items() if folded)
    return texts if len(texts) <= FEW else []


def _propose_wide(source: Source, known: dict[str, str], own: Mapping[str, Instrument] | None) -> list[str]:
    rest = [name for name in source.columns if name not in known.values()]
    timed = [found for name in rest if (found := split_time(name)) is not None]
    visits = list(dict.fromkeys(one.visit for one in timed))
    items: dict[str, list[str]] = {}
    taken: set[str] = set()
    for visit in visits:
        for instrument, (pattern, columns) in find_items(
            {one.column: one.stem for one in timed if one.visit == visit},
            {one.column: _numbers_in(source, one.column) for one in timed if one.visit == visit},
            own,
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


def _propose_rows(
    source: Source, known: dict[str, str], names: dict[str, str], own: Mapping[str, Instrument] | None
) -> list[str]:
    rest = [name for name in source.columns if name not in known.values() and name not in redcap.LABELLED]
    visit = names.get(redcap.EVENT) or _first(rest, VISITS)
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
    items = find_items({name: name for name in rest}, {name: _numbers_in(source, name) for name in rest}, own)
    taken = {column for _, columns in items.values() for column in columns} | set(found.values()) | redcap.OWN
    if "score" not in found:
        scored = [name for name in rest if name not in taken and _is_scored(source, name, known.get("client_id"))]
        lines += ["[scores]", *(f"{to_word(name)} = {quote(name)}" for name in scored), ""] if scored else []
        taken.update(scored)
    if items:
        lines += ["[items]", *(f"{name} = {quote(pattern)}" for name, (pattern, _) in items.items()), ""]
    return lines + _list_rest(name for name in rest if name not in taken)


def _numbers_in(source: Source, name: str) -> set[float]:
    return {float(text) for text in set(source.columns[name]) if is_number_text(text.strip())}


def _is_scored(source: Source, name: str, ids: str | None) -> bool:
    """Whether a column of a long table holds numbers that change within a person: what a person is has one value."""
    texts = source.columns[name]
    filled = [text for text in texts if text.strip()]
    if ids is None or not filled or sum(is_number_text(text.strip()) for text in filled) < _MOST * len(filled):
        return False
    pairs = {pair for pair in zip(source.columns[ids], texts, strict=True) if pair[1].strip()}
    return len(pairs) > len({client for client, _ in pairs})


def _first(columns: Sequence[str], wanted: tuple[str, ...]) -> str | None:
    lower = {name.lower().replace("_", " "): name for name in columns}
    return next((lower[one] for one in wanted if one in lower), None)


def _list_rest(names: Iterable[str]) -> list[str]:
    """List what was not guessed, so that nothing is overlooked."""
    rest = list(names)
    if not rest:
        return []
    return ["# Columns that no guess was made for:", *(f"#   {quote(name)}" for name in rest)]


def read_any(path: Path, sheet: str | None) -> tuple[Source, str]:
    """Read a source of which nothing is known yet: its names are looked for, and what stands between its cells."""
    separator = ","
    require_readable(path)
    if path.suffix.lower() == CSV:
        first = path.read_bytes()[:4096].decode("utf-8-sig", errors="replace").splitlines()[:3]
        counts = {mark: min((line.count(mark) for line in first if line.strip()), default=0) for mark in ",;\t"}
        separator = max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","
    return read_source(path, sheet=sheet, header_row=None, separator=separator), separator


def find_missing(source: Source, apart: Collection[str | None]) -> list[str]:
    """Find the texts that stand for a missing value, in columns that are neither ids nor arms."""
    words = MISSING_WORDS | _MORE_MISSING
    columns = (texts for name, texts in source.columns.items() if name not in apart)
    return sorted({text.strip() for texts in columns for text in set(texts) if text.strip().casefold() in words})


def find_dates(source: Source) -> str | None:
    """Find how dates are written, where at least one of them leaves no doubt and none speaks against it."""
    pairs = [
        (int(found[1]), int(found[2]))
        for texts in source.columns.values()
        for text in set(texts)
        if (found := _DAY.fullmatch(text.strip()))
    ]
    first, second = any(pair[0] > MONTHS for pair in pairs), any(pair[1] > MONTHS for pair in pairs)
    return None if first == second else "day/month/year" if first else "month/day/year"


def has_decimal_commas(source: Source) -> bool:
    """Whether numbers have a comma before their decimals."""
    return any(_COMMA.fullmatch(text.strip()) for texts in source.columns.values() for text in set(texts))
