"""How the sheets of a study are called and laid out; writing and reading share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.study.schemas import TABLES

if TYPE_CHECKING:
    from outcomes.plan.keys import PlanKey

START, PLAN = "start here", "plan"
ITEMS = "items "
IMPORT_MAP = "import map"  # which column of an export became what; read by an import alone
# Above the names of the columns: what each holds, and an example. Nothing above the names is read.
EXPLAINED, EXAMPLE, NAMES = 1, 2, 3
# Columns of the sheet plan, from 1.
ASKED, ANSWER, MEANING, WITHOUT, KEY = 1, 2, 3, 4, 5
WORD = "word"
DATES_KEY = "workbook.dates"  # no key of the plan: how dates stand that were typed as texts
DATES = ("year-month-day", "day/month/year", "month/day/year")
_PAIRS = {"window": ("from", "to")}
_LIMITS = ("lowest", "highest")


def family_title(name: str) -> str:
    """Title of the sheet of a family of the plan."""
    return f"{PLAN} {name}"


def columns_of(key: PlanKey) -> tuple[str, ...]:
    """Names of the columns that a key of a family has: a pair has two."""
    if key.kind != "pair":
        return (key.name,)
    return tuple(f"{key.name}.{end}" for end in _PAIRS.get(key.name, _LIMITS))


def to_title(name: str) -> str:
    """Give what stands above a column for a key of the plan."""
    return name.replace(".", " ")


def file_of(title: str) -> str | None:
    """Name of the file that a sheet stands for; None where it is none of a study's tables."""
    plain = " ".join(title.casefold().split())
    if plain.startswith(ITEMS):
        return f"items/{plain.removeprefix(ITEMS)}.csv"
    return TABLES[plain].name if plain in TABLES and plain != "items" else None
