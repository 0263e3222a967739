"""From plan.toml to the plan: all faults at once, each with its key and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from outcomes.errors import PlanError, TableMissingError
from outcomes.plan.lines import find_lines, line_of
from outcomes.plan.model import Plan
from outcomes.plan.rules import check_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

PLAN_FILE = "plan.toml"
_POSITION = re.compile(r"\(at line (\d+), column \d+\)")
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
    "string_too_long": "is too long",
    "string_pattern_mismatch": "must be a word of lower-case letters, digits and underscores that begins with a letter",
    "finite_number": "must be a finite number",
}


def read_plan(path: Path) -> Plan:
    """Read the plan.

    Raises
    ------
    TableMissingError
        When there is no such file.
    PlanError
        With every fault, each with its key and line.
    """
    if not path.is_file():
        raise TableMissingError(path.name)
    return parse_plan(path.read_bytes())


def parse_plan(content: bytes) -> Plan:
    """Make the plan from the bytes of its file; raises PlanError."""
    text, raw = _parse_toml(content)
    lines = find_lines(text)
    faults: list[tuple[tuple[str, ...], str]] = list(check_rules(raw))
    plan = None
    try:
        plan = Plan.model_validate(_to_model(raw))
    except ValidationError as error:
        faults += [_describe(detail) for detail in error.errors()]
    if faults or plan is None:
        placed = [(".".join(where) or PLAN_FILE, line_of(where, lines), what) for where, what in faults]
        raise PlanError(sorted(placed, key=lambda fault: (fault[1] or 0, fault[0])))
    return plan


def _parse_toml(content: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanError([(PLAN_FILE, None, "is not saved as UTF-8; save it again with that encoding")]) from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = _POSITION.search(str(fault))
        reason = _POSITION.sub("", str(fault)).strip().rstrip(".").lower()
        what = f"is not valid TOML here: {reason}. Texts need quotes, lists need square brackets"
        raise PlanError([(PLAN_FILE, int(found[1]) if found else None, what)]) from None


def _to_model(raw: dict[str, Any]) -> Any:
    """Shape the file as the model has it: the primary visit beside the visits, lists as tuples."""
    shaped = dict(raw)
    if isinstance(raw.get("visits"), dict):
        shaped["visits"] = {name: visit for name, visit in raw["visits"].items() if name != "primary"}
        if "primary" in raw["visits"]:
            shaped["primary"] = raw["visits"]["primary"]
    return _freeze(shaped)


def _freeze(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _freeze(part) for key, part in value.items()}
    return tuple(_freeze(part) for part in value) if isinstance(value, list) else value


def _describe(detail: ErrorDetails) -> tuple[tuple[str, ...], str]:
    where = tuple(str(part) for part in detail["loc"] if part != "[key]")
    if where == ("primary",):
        where = ("visits", "primary")
    return where, _say(detail, where)


def _say(detail: ErrorDetails, where: tuple[str, ...]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return f"is not a key of the plan{_suggest(where)}"
    if kind == "literal_error":
        return f"must be {context['expected']}"
    if kind == "value_error":
        return str(context["error"])
    if kind.startswith(("greater_than", "less_than")):
        return detail["msg"].replace("Input should be", "must be")
    if kind in {"too_short", "too_long"}:
        return f"must have at least {context['min_length']} of them" if kind == "too_short" else "has too many values"
    return _SENTENCES.get(kind, detail["msg"].replace("Input should", "must").lower())


def _suggest(where: tuple[str, ...]) -> str:
    """Name the nearest key that the plan does have there."""
    known = _keys_at(where[:-1])
    near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else f"; it may be one of: {', '.join(known)}" if known else ""


def _keys_at(where: tuple[str, ...]) -> list[str]:
    """Keys of the model at a path; a word of the plan (a visit, a measure) stands for any."""
    model: Any = Plan
    for part in where:
        field = model.model_fields.get(part) if hasattr(model, "model_fields") else None
        annotation = field.annotation if field is not None else None
        model = _model_in(annotation) if annotation is not None else model
    keys = list(getattr(model, "model_fields", {}))
    return [key for key in keys if key != "primary"] if model is Plan else keys


def _model_in(annotation: Any) -> Any:
    """Find the model inside an annotation such as dict[Word, Visit] or Norm | None."""
    if hasattr(annotation, "model_fields"):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part)) is not None), None)
