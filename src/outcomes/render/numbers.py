"""Every number of an edition, by the question that it answers: what the panel beside a clicked number shows.

The page holds each of them once, in an appendix that is there without script; the panel shows a copy.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from outcomes.render.formulas import formula_of

if TYPE_CHECKING:
    from outcomes.registry import Record
    from outcomes.render.quote import Quoter


class Number(NamedTuple):
    """A result, and the formula behind it where there is one to show."""

    id: str
    formula: str | None


class Group(NamedTuple):
    """The results that one function computed from the same files.

    Attributes
    ----------
    question : str
    code : str
        Function, as an import path.
    files : list of int
        Places of the files in the manifest.
    numbers : list of Number
    """

    question: str
    code: str
    files: list[int]
    numbers: list[Number]


def list_numbers(quoter: Quoter, files: list[str]) -> list[Group]:
    """List every result, grouped; `files` are the names of the files in the order of the manifest."""
    groups: dict[str, list[Record]] = {}
    for record in quoter.registry.records():
        groups.setdefault(record.provenance.code, []).append(record)
    return [_to_group(code, records, files) for code, records in groups.items()]


def _to_group(code: str, records: list[Record], files: list[str]) -> Group:
    provenance = records[0].provenance
    places = [place for place, name in enumerate(files) if name in provenance.files]
    numbers = [Number(record.id, formula_of(record.id)) for record in records]
    return Group(provenance.question, code, places, numbers)


def read_script() -> Markup:
    """Script of the panel: our own text, the only one that the page's policy lets run."""
    return Markup(_read_script())  # noqa: S704  # a file of this package


def hash_script() -> str:
    """Source expression of the script for the page's content-security policy."""
    digest = hashlib.sha256(_read_script().encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _read_script() -> str:
    return resources.files("outcomes.render").joinpath("templates", "panel.js").read_text(encoding="utf-8")
