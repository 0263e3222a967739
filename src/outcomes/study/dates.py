"""Dates as this project reads them, and what a text that is none most likely is."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, TypeAlias

import numpy as np

from outcomes.study.numbers import MISSING_WORDS, Broken

EARLIEST = date(1900, 1, 1)  # the first day of a spreadsheet's calendar; nothing in a study lies before it
# A clock that stands before this day is wrong; what was recorded until then is not in the future.
WRITTEN = date(2026, 11, 25)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHER_ORDER = re.compile(r"([0-9]{1,2})[./ -]([0-9]{1,2})[./ -]([0-9]{4})")
_OTHER_ISO = re.compile(r"[0-9]{4}[./][0-9]{1,2}[./][0-9]{1,2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[./ -][0-9]{1,2}[./ -][0-9]{1,2}")
_SERIAL = re.compile(r"[1-6][0-9]{4}(?:\.[0-9]+)?")
_COMPACT = re.compile(r"(?:19|20)[0-9]{6}")
_IN_WORDS = re.compile(r"(?:[0-9]{1,2}[ -])?[A-Za-z]{3,9}[ ,.-]+(?:[0-9]{1,2}[ ,]+)?[0-9]{2,4}")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_TIME = re.compile(
    r"(?P<day>.*\d)[T ]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?(?:Z|[+-][0-9:]+)?"
)
Dates: TypeAlias = Literal["year-month-day", "day/month/year", "month/day/year"]
_FIX = (
    "Write dates as 2025-03-31: year, month, day. In Excel: mark the column, Format Cells, Custom, type yyyy-mm-dd, "
    "and save it as CSV again; or keep the study in a workbook, where Excel's dates are understood."
)


def today() -> date:
    """Give the last day that something can have been recorded on."""
    return max(date.today(), WRITTEN)  # noqa: DTZ011  # a clinic writes the days of its own place


def parse_date(text: str, last: date) -> np.datetime64 | Broken:
    """Read a day of the calendar that is not in the future."""
    if not _DATE.fullmatch(text):
        return _name_fault(text)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return Broken("E216", "there is no such day in the calendar", _FIX)
    if found > last:
        return Broken("E281", "the date lies in the future", "Correct it, or leave the cell empty.")
    if found < EARLIEST:
        return Broken("E216", "the year cannot be right", _FIX)
    return np.datetime64(text, "s")


def cut_time(text: str) -> str:
    """Give a text without the time of day behind a date."""
    found = _TIME.fullmatch(text)
    return found["day"].rstrip(" ,") if found else text


def to_iso(text: str, order: Dates) -> str | None:
    """Give a date as year-month-day, or None where it is none."""
    text = cut_time(text)
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif order != "year-month-day" and (found := _SLASHED.fullmatch(text)):
        first, second, year = map(int, found.groups())
        day, month = (first, second) if order == "day/month/year" else (second, first)
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _name_fault(text: str) -> Broken:
    if text.casefold() in MISSING_WORDS:
        rule = "a word or sign for a missing value stands where a date is expected"
        return Broken("E216", rule, "Leave the cell empty where the date is not known.")
    if other := _OTHER_ORDER.fullmatch(text):
        first, second = int(other[1]), int(other[2])
        if first <= 12 and second <= 12:  # noqa: PLR2004  # months
            return Broken("E216", "day and month of the date can be mistaken for each other", _FIX)
        return Broken("E216", "the date is not written year-month-day", _FIX)
    for pattern, rule in _FAULTS:
        if pattern.fullmatch(text):
            return Broken("E216", rule, _FIX)
    return Broken("E216", "this is not a date", _FIX)


_FAULTS = (
    (_OTHER_ISO, "the date is not written with hyphens and two digits for month and day"),
    (_SHORT_YEAR, "the date has a year of two digits, so that year, month and day can be mistaken"),
    (_COMPACT, "the date is written without hyphens"),
    (_SERIAL, "this is the day number that a spreadsheet keeps in place of a date"),
    (_IN_WORDS, "the month is written as a word"),
)
