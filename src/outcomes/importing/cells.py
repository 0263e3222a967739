"""From the texts of a source to the words of a study: missing codes, recoded values, dates as year-month-day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING

from outcomes.importing.amend import fold_text
from outcomes.study.columns import read_columns
from outcomes.study.dates import cut_time, to_iso
from outcomes.study.pseudonyms import has_signs, to_parts, to_pseudonym
from outcomes.study.schemas import ARM, CLIENT, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.importing.map import Map
    from outcomes.importing.table import Source
    from outcomes.study.model import Finding

LEFT_OUT = "\0"  # begins what stands for a row that the map leaves out; no text of a source can begin so
DATE_COLUMNS = frozenset(
    name for schema in TABLES.values() for name, column in read_columns(schema).items() if column.kind == "date"
)
_DECIMAL = re.compile(r"[+-]?\d+,\d+")
_FORMULA = ("=", "@")
_SIGNED = re.compile(r"[+-](?!\d+(?:[.,]\d+)?$)")  # a sign with anything but a number behind it


@dataclass(slots=True, kw_only=True)
class Translator:
    """Translates the columns of a source by a map, and collects what it cannot translate.

    Attributes
    ----------
    map : Map
    key : bytes or None
        Of the pseudonyms that take the place of clients' ids.
    findings : list of Finding
    noted : dict of str to int
        What was left out of cells, counted.
    """

    map: Map
    key: bytes | None = None
    findings: list[Finding] = field(default_factory=list)
    noted: dict[str, int] = field(default_factory=dict)
    _written: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, source: Source, name: str, target: str) -> list[str]:
        """Give a column of a source as a column of the study.

        Parameters
        ----------
        source : Source
        name : str
            Column of the source; one that is not there is a finding, and empty.
        target : str
            Column of the study, which decides whether it is recoded or a date.
        """
        if name not in source.columns:
            rule, fix = "the map names a column that is not there", "Correct its name in the map."
            if name in source.repeated:
                rule = f"{len(source.repeated[name])} columns have the name that the map gives"
                fix = f"Say which is meant: {', '.join(source.repeated[name])}."
            self.findings.append(source.stop("E271", [1], name, rule, fix))
            return [""] * len(source.rows)
        texts = [self._clean(text) for text in self._say(source, name, target)]
        self._refuse_formulas(source, name, texts)
        if target == CLIENT and self.key is not None:
            self._refuse_no_ids(source, name, texts)
            pseudonyms = [to_pseudonym(text, key=self.key) if text else "" for text in texts]
            self._refuse_two_in_one(source, name, texts, pseudonyms)
            return pseudonyms
        if target in self.map.values:
            return self._recode(source, name, texts, self.map.values[target], target)
        if target in DATE_COLUMNS:
            return self._to_dates(source, name, texts)
        return texts

    def _say(self, source: Source, name: str, target: str) -> list[str]:
        """Give the texts of a column: of one that keeps codes their labels, unless the map knows the code itself."""
        labels, values = source.labels.get(name, {}), self.map.values.get(target, {})
        if not labels or target == CLIENT or (target not in self.map.values and target not in self.map.clients):
            return source.columns[name]
        return [text if text in values else labels.get(text, text) for text in source.columns[name]]

    def _refuse_formulas(self, source: Source, name: str, texts: list[str]) -> None:
        """Refuse what a spreadsheet would carry out when it opens the table that is written."""
        broken = [text.startswith(_FORMULA) or _SIGNED.match(text) is not None for text in texts]
        rule, fix = "the cell holds a spreadsheet formula", "Put its result there, as a value."
        self._refuse(source, name, broken, "E221", rule, fix)

    def _refuse_no_ids(self, source: Source, name: str, texts: list[str]) -> None:
        """Refuse signs that stand for no id: all of them would be the same person."""
        broken = [bool(text) and not has_signs(text) for text in texts]
        rule, fix = "the id holds neither a letter nor a digit", "Fill it in, or take the row out."
        self._refuse(source, name, broken, "E279", rule, fix)

    def _refuse(self, source: Source, name: str, broken: list[bool], code: str, rule: str, fix: str) -> None:
        if any(broken):
            self.findings.append(source.stop(code, list(compress(source.rows, broken)), name, rule, fix))

    def _refuse_two_in_one(self, source: Source, name: str, texts: list[str], pseudonyms: list[str]) -> None:
        """Refuse ids of one pseudonym that are divided in different places: 1-11 and 11-1 may be two people."""
        parts = [to_parts(text) for text in texts]
        of_all = zip(source.rows, parts, pseudonyms, strict=True)
        rows = [row for row, mine, one in of_all if one and self._written.setdefault(one, mine) != mine]
        if rows:
            rule = "the id has the letters and digits of another, divided in another place"
            fix = "Write the same id the same way in every row; give two people ids that differ in a letter or digit."
            self.findings.append(source.stop("E279", rows, name, rule, fix))

    def _clean(self, text: str) -> str:
        stripped = text.strip()
        if stripped in self.map.missing:
            return ""
        return stripped.replace(",", ".") if self.map.decimal == "," and _DECIMAL.fullmatch(stripped) else stripped

    def _recode(self, source: Source, name: str, texts: list[str], values: Mapping[str, str], target: str) -> list[str]:
        spelt = {fold_text(text): text for text in values}
        texts = [text if text in values else spelt.get(fold_text(text), text) for text in texts]
        rule = f"the text has no entry under [values.{target}] in the map"
        fix = "Say there what the study calls it, or give it the empty text to leave it out."
        self._refuse(source, name, [bool(text) and text not in values for text in texts], "E272", rule, fix)
        if target == ARM:  # whoever is in none of the two programmes stays, to be counted
            return [(values.get(text, "") or f"{LEFT_OUT}{text}") if text else "" for text in texts]
        empty = LEFT_OUT if target in {"visit", "measure"} else ""
        return [(values.get(text, "") or empty) if text else "" for text in texts]

    def _to_dates(self, source: Source, name: str, texts: list[str]) -> list[str]:
        timed = sum(bool(text) and cut_time(text) != text for text in texts)
        if timed:
            self.noted[f"times of day behind the dates of column {name}"] = timed
        dates = [to_iso(text, self.map.dates) if text else "" for text in texts]
        rule = f"this is no date written {self.map.dates}"
        fix = "Correct it, or say under dates in the map how dates are written."
        self._refuse(source, name, [found is None for found in dates], "E273", rule, fix)
        return [found or "" for found in dates]
