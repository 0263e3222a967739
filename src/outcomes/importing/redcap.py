"""REDCap's exports, raw and with labels, and the data dictionary: codes, ranges, and what identifies a person.

The names of columns are those that REDCap's own export writes: redcap_event_name, redcap_repeat_instrument and
redcap_repeat_instance in a raw export, "Event Name", "Repeat Instrument" and "Repeat Instance" in one with labels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from outcomes.errors import SourceNotReadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.importing.table import Source
    from outcomes.study.model import Finding

EVENT, REPEAT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
LABELLED = {
    "Event Name": EVENT,
    "Repeat Instrument": REPEAT,
    "Repeat Instance": INSTANCE,
    "Data Access Group": "redcap_data_access_group",
    "Survey Identifier": "redcap_survey_identifier",
}
OWN = frozenset({*LABELLED.values()})
VARIABLE, KIND, LABEL = "Variable / Field Name", "Field Type", "Field Label"
CHOICES = "Choices, Calculations, OR Slider Labels"
LOW, HIGH, IDENTIFIER = "Text Validation Min", "Text Validation Max", "Identifier?"
_CHECKBOX = re.compile(r"(?P<field>.+?)___(?P<code>.+)")
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a project.

    Attributes
    ----------
    name, label : str
    kind : str
        As REDCap calls it: text, radio, dropdown, yesno, truefalse, checkbox, calc, …
    choices : dict of str to str
        Label by code.
    low, high : float or None
        Limits of a number; of a date there is nothing to check here.
    identifies : bool
        Whether the project marks it as an identifier.
    """

    name: str
    label: str
    kind: str
    choices: dict[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    identifies: bool = False


def read_dictionary(source: Source) -> dict[str, Field]:
    """Read a data dictionary, by the name of the field.

    Raises
    ------
    SourceNotReadableError
        When it is none.
    """
    absent = [name for name in (VARIABLE, KIND, LABEL, CHOICES) if name not in source.columns]
    if absent:
        why = f"it is not a data dictionary as REDCap downloads it: there is no column {absent[0]!r}"
        raise SourceNotReadableError(source.name, why)
    empty = [""] * len(source.rows)
    columns = (source.columns.get(name, empty) for name in (VARIABLE, KIND, LABEL, CHOICES, LOW, HIGH, IDENTIFIER))
    fields = [_to_field(*cells) for cells in zip(*columns, strict=True)]
    return {one.name: one for one in fields}


def _to_field(name: str, kind: str, label: str, choices: str, low: str, high: str, identifies: str) -> Field:
    fixed = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
    listed = kind in {"radio", "dropdown", "checkbox"}
    return Field(
        name=name.strip(),
        label=plain(label),
        kind=kind.strip(),
        choices=fixed.get(kind.strip(), _to_choices(choices) if listed else {}),
        low=_to_number(low),
        high=_to_number(high),
        identifies=identifies.strip().lower() in {"y", "yes"},
    )


def plain(label: str) -> str:
    """Give a label as an export shows it: without markup, on one line."""
    return " ".join(_MARKUP.sub("", label).split())


def _to_choices(text: str) -> dict[str, str]:
    pairs = (part.split(",", 1) for part in text.split("|") if "," in part)
    return {code.strip(): plain(label) for code, label in pairs}


def _to_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def to_raw(source: Source, fields: dict[str, Field]) -> Source:
    """Give an export as a raw one: names of fields instead of labels, codes instead of the texts of choices."""
    names = {column: _to_name(column, fields) for column in source.columns} | _name_repeated(source, fields)
    twice = sorted({name for name in names.values() if list(names.values()).count(name) > 1})
    if twice:
        why = f"several columns have the label of one field ({', '.join(twice)}); export the raw data instead"
        raise SourceNotReadableError(source.name, why)
    columns = {name: _to_codes(source.columns[column], fields.get(_field_of(name))) for column, name in names.items()}
    return replace(source, columns=columns)


def _name_repeated(source: Source, fields: dict[str, Field]) -> dict[str, str]:
    """Name columns of one label by their fields, which an export writes in the order of the dictionary."""
    found: dict[str, str] = {}
    for label, columns in source.repeated.items():
        same = [one.name for one in fields.values() if one.label == plain(label)]
        if len(same) == len(columns):
            found |= dict(zip(columns, same, strict=True))
    return found


def _to_name(column: str, fields: dict[str, Field]) -> str:
    if column in LABELLED or column in fields or column in OWN:
        return LABELLED.get(column, column)
    found = [one.name for one in fields.values() if one.label == plain(column)]
    return found[0] if len(found) == 1 else column


def _field_of(column: str) -> str:
    found = _CHECKBOX.fullmatch(column)
    return found["field"] if found else column


def _to_codes(texts: list[str], of: Field | None) -> list[str]:
    """Codes of the labels of a choice; a text that is neither stays as it is and is found later."""
    if of is None or not of.choices or of.kind == "checkbox":
        return texts
    codes = {label: code for code, label in of.choices.items()}
    return [text if text in of.choices else codes.get(plain(text), text) for text in texts]


def check_values(source: Source, fields: dict[str, Field], used: set[str]) -> Iterator[Finding]:
    """Hold the columns that are used against the dictionary: codes that it lists, numbers within its limits."""
    for name in sorted(used & fields.keys() & source.columns.keys()):
        of = fields[name]
        filled = [
            (row, text.strip()) for row, text in zip(source.rows, source.columns[name], strict=True) if text.strip()
        ]
        if of.choices and of.kind != "checkbox":
            rows = [row for row, text in filled if text not in of.choices]
            if rows:
                rule, fix = "the text is no choice of the data dictionary", "Correct it in REDCap and export again."
                yield source.stop("E275", rows, name, rule, fix)
        rows = [row for row, text in filled if _is_outside(text, of)]
        if rows:
            rule = "the number lies outside the limits of the data dictionary"
            yield source.stop("E276", rows, name, rule, "Correct it in REDCap and export again.")


def _is_outside(text: str, of: Field) -> bool:
    number = _to_number(text)
    if number is None:
        return False
    return (of.low is not None and number < of.low) or (of.high is not None and number > of.high)


def list_identifiers(fields: dict[str, Field]) -> list[str]:
    """Fields that the project marks as identifiers."""
    return [one.name for one in fields.values() if one.identifies]
