"""From the text of a TOML file to a model: every fault in words, with its key and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeAlias

from outcomes.plan.lines import find_lines, line_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from outcomes.plan.raw import Fault

Placed: TypeAlias = tuple[str, int | None, str]
_POSITION = re.compile(r"\(at line (\d+), column \d+\)")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')
_DEEPEST = 20  # tables in one another; a plan has five
_ALIKE = 0.7  # of the letters, which two wrong ones in a key of seven still are
_TOO_DEEP = "holds lists or tables that lie far too deep in one another"
_SENTENCES = {
    "missing": "is missing",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} letters",
    "string_pattern_mismatch": "must be a word of lower-case letters, digits and underscores that begins with a letter",
    "finite_number": "must be a finite number",
}


class TomlFaultsError(Exception):
    """The file is no TOML: what is wrong, and on which line."""

    def __init__(self, line: int | None, what: str) -> None:
        self.line, self.what = line, what
        super().__init__(what)


def parse_toml(content: bytes) -> tuple[str, dict[str, Any]]:
    """Give the text of a TOML file and what it holds.

    Raises
    ------
    TomlFaultsError
        When it is not UTF-8, or not TOML.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TomlFaultsError(None, "is not saved as UTF-8; save it again with that encoding") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        position = _POSITION.search(str(fault))
        reason = _POSITION.sub("", str(fault)).strip().rstrip(".").lower()
        line = int(position[1]) if position else None
        if (curly := _find_curly(text, line)) is not None:
            what = "has curly quotes, as a word processor makes them, where straight ones are needed: type them again"
            raise TomlFaultsError(curly, what) from None
        what = f"is not valid TOML here: {reason}. Texts need quotes, lists need square brackets"
        raise TomlFaultsError(line, what) from None
    except ValueError:  # a number of more digits than Python turns into one
        raise TomlFaultsError(None, "holds a number with far too many digits") from None
    except RecursionError:
        raise TomlFaultsError(None, _TOO_DEEP) from None
    _require_flat(found)
    return text, found


def _find_curly(text: str, line: int | None) -> int | None:
    """Give the line of a fault if a curly quote stands there where a value or a name begins."""
    lines = text.splitlines()
    if line is None or not 0 < line <= len(lines):
        return None
    bare = _QUOTED.sub("", lines[line - 1])
    return line if any(mark in bare for mark in "“”„‘’«»") else None


def _require_flat(found: dict[str, Any]) -> None:
    """Refuse tables in tables in tables: what reads them next would go as deep, and Python does not."""
    layer: list[Any] = [found]
    for _ in range(_DEEPEST):
        parts = [part.values() if isinstance(part, dict) else part for part in layer if isinstance(part, dict | list)]
        layer = [value for part in parts for value in part]
        if not layer:
            return
    raise TomlFaultsError(None, _TOO_DEEP)


def freeze(value: Any) -> Any:
    """Turn lists into tuples, as frozen models hold them."""
    if isinstance(value, dict):
        return {key: freeze(part) for key, part in value.items()}
    return tuple(freeze(part) for part in value) if isinstance(value, list) else value


def describe(
    error: ValidationError, model: type[BaseModel], *, noun: str, not_in_file: tuple[str, ...] = ()
) -> list[Fault]:
    """Put every fault that pydantic found into words.

    Parameters
    ----------
    error : ValidationError
    model : type
    noun : str
        What has the keys, such as "the plan".
    not_in_file : tuple of str
        Fields of the model that are no keys of the file, and are never suggested.
    """
    faults = []
    for detail in error.errors():
        where = tuple(str(part) for part in detail["loc"] if part != "[key]")
        known = [key for key in _keys_at(where[:-1], model) if key not in not_in_file]
        faults.append((where, _say(detail, where, known, noun)))
    return faults


def place(faults: Iterable[Fault], text: str, *, file: str) -> list[Placed]:
    """Give every fault its key and line, in the order of the file."""
    lines = find_lines(text)
    placed = [(".".join(where) or file, line_of(where, lines), what) for where, what in faults]
    return sorted(placed, key=lambda fault: (fault[1] or 0, fault[0]))


def _say(detail: ErrorDetails, where: tuple[str, ...], known: list[str], noun: str) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return f"is not a key of {noun}{_suggest(where[-1], known)}"
    if kind == "literal_error":
        return f"must be {context['expected']}"
    if kind == "value_error":
        return str(context["error"])
    if kind.startswith(("greater_than", "less_than")):
        return detail["msg"].replace("Input should be", "must be")
    if kind in {"too_short", "too_long"}:
        return f"must have at least {context['min_length']} of them" if kind == "too_short" else "has too many values"
    sentence = _SENTENCES.get(kind)
    return detail["msg"].replace("Input should", "must").lower() if sentence is None else sentence.format(**context)


def _suggest(key: str, known: list[str]) -> str:
    """Name the nearest key that there is."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=_ALIKE)
    return f"; did you mean {near[0]}?" if near else f"; it may be one of: {', '.join(known)}" if known else ""


def _keys_at(where: tuple[str, ...], root: type[BaseModel]) -> list[str]:
    """Keys of the model at a path; a word of the file (a visit, a measure) stands for any."""
    model: Any = root
    for part in where:
        field = model.model_fields.get(part) if hasattr(model, "model_fields") else None
        annotation = field.annotation if field is not None else None
        model = _model_in(annotation) if annotation is not None else model
    return list(getattr(model, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    """Find the model inside an annotation such as dict[Word, Visit] or Norm | None."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part)) is not None), None)
