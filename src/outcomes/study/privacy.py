"""Direct identifiers in a table: the study stops with file, row and column, and never with what stands there.

A rule that hardly ever errs stops at one hit; a rule that a pseudonym can meet by chance needs two hits and half of the
column, and asks a person to look where it has fewer.
"""

from __future__ import annotations

import re
import statistics
import string
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outcomes.study import identifiers as rules
from outcomes.study.numbers import is_number_text
from outcomes.study.schemas import CLIENT, TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from outcomes.study.columns import Column
    from outcomes.study.text import TextTable

FEWEST, HALF = 2, 0.5  # hits, and their share of the filled cells, that are no chance any more
# What does not fit the rule of such a column is refused anyway, or is a word of the plan.
_READ_STRICTLY = frozenset({"choice", "choices", "yes_no", "answer", "number", "whole"})
# Tables that hold no clients: there, a source may have an address.
WITHOUT_CLIENTS = frozenset(schema.name for schema in TABLES.values() if CLIENT not in schema.columns)
FEW = 0.1  # share of the rows; remarks in fewer are asked about one by one, not taken for a column of them
MANY_SENTENCES = 15  # different ones in a column, however many rows are empty: no list of reasons is that long
# A pseudonym is of one person, and so is what stands in every row: of such a rule one text is enough.
_SAME_IN_EVERY_ROW = frozenset({"E300"})
FEWEST_REASONS = 5  # different sentences in a column of reasons, which may be a list of long ones
WORDS_OF_A_SENTENCE = 5  # a reason such as “moved to another town” has four
LONG_TEXT = 80  # letters; a line of print
_PEOPLE_WITH_THE_SAME_INITIALS = 8  # on average, at most; a study's short name before every date is one for all
# Years ago of the middle one, and years between the quarters, of dates that are days of birth. A programme may lie long
# ago as well, but its dates do not lie as far apart as the ages of grown-up people.
DATES_OF_LIVES = (14, 5)
DATES_OF_LIVES_IN_A_COLUMN_OF_DATES = (16, 7.5)
_DAYS_A_YEAR = 365.25
_SHORTEST_NUMBER = 9  # digits that identify somebody: a telephone number without its nought
_PSEUDONYM = "Take the column out; use a pseudonym that tells nothing, with its key kept elsewhere."


class _Rule(NamedTuple):
    """A rule for one text; `shape` is what a text must look like, letters as A or a and digits as 9, to be asked."""

    code: str
    matches: Callable[[str], bool]
    shape: re.Pattern[str]


_DIGITS = re.compile(r"(?:9[^9A-Za-z]{0,2}){9}")
_LETTERS_APART = re.compile(r"[Aa][Aa.'’-]*[ ,]+[A]")
_SURE_IN_ONE = (
    _Rule("E302", rules.has_email, re.compile("@")),
    _Rule("E301", rules.has_postcode, re.compile("9 9[Aa]{2}|9[Aa] 9[Aa]{2}")),
    _Rule("E303", rules.has_phone, _DIGITS),
)
# A pseudonym can meet these by chance.
_BY_CHANCE = (
    _Rule("E300", rules.has_nhs_number, _DIGITS),
    _Rule("E301", rules.is_close_postcode, re.compile("[Aa]9[Aa9]?9[Aa]{2}$")),
    _Rule("E303", rules.is_close_phone, _DIGITS),
    _Rule("E308", rules.is_name, _LETTERS_APART),
)
_INITIALS = re.compile("^[Aa]{2,3}[-_ ./]?9|9[-_ ./]?[Aa]{2,3}$")
_NAMES = re.compile("^[Aa'’-]+$|[Aa][Aa.'’-]*[ ,]+A")
_DATES = re.compile("^9{1,4}[-/. ]9{1,2}[-/. ]9{1,4}$")
_SENTENCES = re.compile(f"[^ ]+ +[^ ]+ +[^ ]|.{{{LONG_TEXT}}}")
_SHAPE = str.maketrans(
    {
        **dict.fromkeys(string.digits, "9"),
        **dict.fromkeys(string.ascii_uppercase, "A"),
        **dict.fromkeys(string.ascii_lowercase, "a"),
    }
)


def find_identifiers(
    table: TextTable, columns: Mapping[str, Column], *, today: date, passed: frozenset[str] = frozenset()
) -> None:
    """Find what tells who somebody is; findings go to `table.findings`.

    Parameters
    ----------
    table : TextTable
    columns : mapping of str to Column
        What the table holds; the words of a choice come from the plan and are not looked at.
    today : date
    passed : frozenset of str
        Texts that were found to be harmless before: the ids of clients.csv.
    """
    for name, cells in table.columns.items():
        column = columns.get(name)
        code = None if column is not None else rules.kind_of_header(name)
        if table.name in WITHOUT_CLIENTS:
            code = None
        if code is not None and code != "E307" and any(text.strip() for text in cells.texts):
            _find(table, name, code, (1,), "the column is called as one that holds")
            continue
        if column is not None and column.kind in _READ_STRICTLY:
            continue
        shapes = _shapes_of(cells.texts)
        if not shapes or (passed and passed.issuperset(cells.texts)):
            continue
        texts = _filled(cells.texts, passed)
        if texts:
            _look_at_texts(table, name, texts, shapes, column, today)
            _look_for_sentences(table, name, texts, column, named=code == "E307")
    _look_at_headers(table, columns)


def tells_somebody(text: str) -> str | None:
    """Code of the rule that a text (the name of a file, of a column) breaks, if any."""
    spaced = text.replace("_", " ")
    for rule in (*_SURE_IN_ONE, _BY_CHANCE[0]):
        if rule.matches(text) or rule.matches(spaced):
            return rule.code
    parts = [part for part in spaced.replace("-", " ").title().split() if not rules.is_word(part)]
    pairs = [parts[place : place + 2] for place in range(len(parts))]
    names = [pair for pair in pairs if rules.is_name(" ".join(pair)) and not any(map(rules.is_place_word, pair))]
    if names or rules.is_initials_and_date(text):
        return "E308" if names else "E306"
    return None


def _filled(texts: Sequence[str], passed: Collection[str]) -> dict[int, str]:
    """Give the texts worth a look, by position: not empty, not short numbers, not known to be harmless."""
    found = {place: bare for place, text in enumerate(texts) if (bare := text.strip()) and bare not in passed}
    return {place: text for place, text in found.items() if not (len(text) < _SHORTEST_NUMBER and is_number_text(text))}


def _shapes_of(texts: Sequence[str]) -> set[str]:
    """Shapes of texts, if any of them deserves a look: thousands of pseudonyms mostly have a few."""
    shapes = set("\n".join(texts).translate(_SHAPE).split("\n"))
    patterns = (*(rule.shape for rule in (*_SURE_IN_ONE, *_BY_CHANCE)), _INITIALS, _NAMES, _DATES, _SENTENCES)
    return shapes if any(pattern.search(shape) for shape in shapes for pattern in patterns) else set()


def _look_at_texts(
    table: TextTable, name: str, texts: dict[int, str], shapes: set[str], column: Column | None, today: date
) -> None:
    for rule in _SURE_IN_ONE:
        if hits := _hits(rule, texts, shapes):
            _find(table, name, rule.code, table.rows_of(name, hits), "the column holds")
    if table.name in WITHOUT_CLIENTS:
        return
    for rule in _BY_CHANCE:
        _judge(table, name, rule.code, _hits(rule, texts, shapes))
    if column is None or column.kind in {"id", "label", "covariate"}:
        _look_at_ids(table, name, texts, shapes, column)
    if column is None or column.kind == "date":
        _look_at_dates(table, name, texts, column, today)


def _hits(rule: _Rule, texts: dict[int, str], shapes: Collection[str]) -> list[int]:
    """Positions of the texts that meet a rule; thousands of pseudonyms of a few shapes are mostly not asked at all."""
    if not any(rule.shape.search(shape) for shape in shapes):
        return []
    return [place for place, text in texts.items() if rule.matches(text)]


def _judge(table: TextTable, name: str, code: str, hits: list[int]) -> None:
    """Stop where a rule is met twice and by half of the column, else ask a person to look."""
    if not hits:
        return
    cells = table.columns[name]
    filled = [place for place, text in enumerate(cells.texts) if text.strip()]
    rows = table.rows_of(name, hits)
    many = len(hits) >= FEWEST and len(hits) >= HALF * len(filled)
    if code in _SAME_IN_EVERY_ROW:
        many = many or (len(rows) >= FEWEST and len(rows) >= HALF * len(table.rows_of(name, filled)))
    if many:
        _find(table, name, code, rows, "the column holds")
    else:
        _find(table, name, code, rows, "some cells look like", level="CHECK")


def _look_at_ids(
    table: TextTable, name: str, texts: dict[int, str], shapes: Collection[str], column: Column | None
) -> None:
    """Look for ids made of initials and a date, and for columns of names."""
    if any(_INITIALS.search(shape) for shape in shapes):
        _look_for_initials(table, name, texts)
    holds_people = column is None or column.kind == "id" or (column.kind == "label" and not column.names_places)
    if holds_people and any(_NAMES.search(shape) for shape in shapes):
        names = [place for place, text in texts.items() if rules.may_be_name(text) and not rules.is_name(text)]
        if len(names) >= FEWEST and len(names) >= HALF * len(texts):
            _find(table, name, "E308", table.rows_of(name, names), "some cells look like", level="CHECK")


def _look_for_initials(table: TextTable, name: str, texts: dict[int, str]) -> None:
    """Judge whether ids are initials with a date: the initials must differ from person to person."""
    initials = {place: found for place, text in texts.items() if (found := rules.is_initials_and_date(text))}
    if len(initials) >= FEWEST and len(set(initials.values())) >= max(
        FEWEST, len(initials) / _PEOPLE_WITH_THE_SAME_INITIALS
    ):
        _judge(table, name, "E306", list(initials))


def _look_at_dates(table: TextTable, name: str, texts: dict[int, str], column: Column | None, today: date) -> None:
    """Find dates of birth by median and interquartile range: dates of a programme lie within a few years."""
    days = [born.toordinal() for text in texts.values() if (born := rules.read_birth(text))]
    if len(days) < FEWEST or len(days) < HALF * len(texts):
        return
    middle = statistics.median(days)
    spread = np.subtract(*np.percentile(days, [75, 25])) if len(days) > FEWEST else max(days) - min(days)
    years_ago = (today.toordinal() - middle) / _DAYS_A_YEAR
    least_ago, least_apart = DATES_OF_LIVES if column is None else DATES_OF_LIVES_IN_A_COLUMN_OF_DATES
    if years_ago >= least_ago and float(spread) / _DAYS_A_YEAR >= least_apart:
        _find(table, name, "E304", (), "the dates lie as far apart as")


def _look_for_sentences(
    table: TextTable, name: str, texts: dict[int, str], column: Column | None, *, named: bool
) -> None:
    """Look for free text: sentences that hardly ever stand twice."""
    if table.name in WITHOUT_CLIENTS or (column is not None and column.kind not in {"text", "label", "covariate"}):
        return
    sentences = [
        place
        for place, text in texts.items()
        if len(text.split()) >= (3 if named else WORDS_OF_A_SENTENCE) or len(text) > LONG_TEXT or "\n" in text
    ]
    if not sentences:
        return
    rows = table.rows_of(name, sentences)
    fewest = FEWEST if column is None else FEWEST_REASONS
    hardly_twice = len(sentences) > HALF * len(rows) and len(rows) > FEW * len(table.rows)
    if len(sentences) >= (fewest if hardly_twice else MANY_SENTENCES):
        _find(table, name, "E307", rows, "the column holds")
    elif named or any(len(texts[place]) > 2 * LONG_TEXT for place in sentences):
        _find(table, name, "E307", rows, "some cells look like", level="CHECK")


def _look_at_headers(table: TextTable, columns: Mapping[str, Column]) -> None:
    for place, name in enumerate(table.columns):
        if name not in columns and (code := tells_somebody(name)):
            rule = f"the name of the column itself looks like {rules.WHAT[code][1]}"
            table.find(code, (1,), str(place + 1), rule, _PSEUDONYM)


def _find(table: TextTable, name: str, code: str, rows: object, says: str, *, level: str = "STOP") -> None:
    fix = _PSEUDONYM if level == "STOP" else f"Make sure that they are not. {_PSEUDONYM}"
    table.find(code, rows, name, f"{says} {rules.WHAT[code][1]}", fix, level=level)  # type: ignore[arg-type]
