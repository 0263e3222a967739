"""What a row of evidence.csv must hold to: counts within their totals, means with their spread, each result once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outcomes.study.columns import read_column
from outcomes.study.schemas import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

_IDENTITY = ("study", "year", "outcome", "measure", "timepoint", "directness", "arm_full", "arm_skills")


def check_evidence(table: TypedTable) -> Iterator[Finding]:
    """Check the published results."""
    yield from _check_counts(table)
    yield from _check_means(table)
    yield from _check_twice(table)
    for column in ("verification", "directness"):
        yield from _check_words(table, column, read_column(TABLES["evidence"].columns[column]).openings)


def _check_counts(table: TypedTable) -> Iterator[Finding]:
    for arm in ("full", "skills"):
        events, total, people = (_numbers(table.frame, f"{what}_{arm}") for what in ("events", "total", "n"))
        whole = np.where(np.isnan(total), people, total)
        with np.errstate(invalid="ignore"):
            beyond = events > whole
        rule = "more people have the event than there are people; a percentage may stand where a count belongs"
        yield from table.stop("E260", beyond, f"events_{arm}", rule, "Write the number of people, or leave it empty.")


def _check_means(table: TypedTable) -> Iterator[Finding]:
    """Warn of a mean that cannot be compared: without its spread, or without people."""
    for arm in ("full", "skills"):
        mean, sd, people = (_numbers(table.frame, f"{what}_{arm}") for what in ("mean", "sd", "n"))
        alone = ~np.isnan(mean) & (np.isnan(sd) | np.isnan(people))
        rule = "a mean stands without its standard deviation or its number of people, and nothing is computed of it"
        fix = "Fill both in if the publication gives them; the row is shown without numbers otherwise."
        yield from table.find("CHECK", "E262", alone, f"mean_{arm}", rule, fix)


def _check_twice(table: TypedTable) -> Iterator[Finding]:
    names = [name for name in _IDENTITY if name in table.frame]
    if "study" not in names:
        return
    twice = table.frame[names].astype("str").apply(lambda cells: cells.str.strip().str.casefold())
    where = twice.duplicated(keep=False).to_numpy()
    rule = "the same result of the same study stands in several rows"
    yield from table.stop("E261", where, "study", rule, "Keep one row, or name what sets them apart.")


def _check_words(table: TypedTable, column: str, words: tuple[str, ...]) -> Iterator[Finding]:
    if column not in table.frame:
        return
    cells = table.frame[column].astype("str").str.strip().str.casefold()
    known = np.any([cells.str.startswith(word).to_numpy(dtype=bool, na_value=False) for word in words], axis=0)
    strange = ~known & table.frame[column].notna().to_numpy()
    rule = f"the word is none of: {', '.join(words)}; the row is shown and counts for nothing"
    yield from table.find("CHECK", "E263", strange, column, rule, "Use one of these words.")


def _numbers(frame: pd.DataFrame, column: str) -> NDArray[np.float64]:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return np.asarray(frame[column].to_numpy(dtype=float))
