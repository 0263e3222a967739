"""The rows of table 1: who was compared, as they were at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.columns import name_column
from outcomes.blocks.phrase import Phrase
from outcomes.core.ids import word
from outcomes.plan.model import ARMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.quote import Quoter


class Row(NamedTuple):
    """A line of the table; a level stands below the name of its covariate."""

    heading: Phrase
    arms: tuple[Phrase, ...]
    smd: Phrase
    is_level: bool


def list_rows(quoter: Quoter) -> list[Row]:
    """List the plan's covariates, then the measures at the start."""
    rows: list[Row] = []
    for name in quoter.plan_model.adjust.covariates:
        heading = name_column(name)
        rows += _number_row(quoter, word(name), heading) if _is_number(quoter, word(name)) else ()
        rows += _level_rows(quoter, name, heading) if not _is_number(quoter, word(name)) else ()
    for measure in quoter.plan_model.measures:
        rows += _number_row(quoter, measure, Phrase("{} at the start").format(quoter.measure(measure)))
    return rows


def _is_number(quoter: Quoter, name: str) -> bool:
    return f"baseline.{name}.full.mean" in quoter.registry or f"baseline.{name}.skills.mean" in quoter.registry


def _number_row(quoter: Quoter, name: str, heading: Phrase) -> Iterator[Row]:
    cells = tuple(_mean_and_sd(quoter, f"baseline.{name}.{arm}") for arm in ARMS)
    yield Row(heading, cells, quoter.result(f"baseline.{name}.smd"), is_level=False)


def _mean_and_sd(quoter: Quoter, place: str) -> Phrase:
    mean = quoter.result(f"{place}.mean")
    return Phrase("{} ({})").format(mean, quoter.result(f"{place}.sd")) if quoter.has(f"{place}.mean") else mean


def _level_rows(quoter: Quoter, name: str, heading: Phrase) -> Iterator[Row]:
    yield Row(heading, (Phrase(""),) * len(ARMS), quoter.result(f"baseline.{word(name)}.smd"), is_level=False)
    levels: dict[str, Phrase] = {}
    for outcome in quoter.registry.under("baseline", word(name)):
        words = outcome.id.split(".")
        if words[-1] == "share":
            arm = quoter.plan_model.arm_labels[words[-2]]
            level = outcome.label.removeprefix(f"{name}: ").removesuffix(f", {arm}")
            levels.setdefault(words[2], name_column(level))
    for place, text in levels.items():
        cells = tuple(quoter.result(f"baseline.{word(name)}.{place}.{arm}.share") for arm in ARMS)
        yield Row(text, cells, Phrase(""), is_level=True)
