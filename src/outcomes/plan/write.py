"""The plan as the text of plan.toml: of a plan that was made or changed by a program."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from outcomes.plan.model import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def to_toml(plan: Plan | Mapping[str, Any]) -> str:
    """Write a plan, or what plan.toml would hold, as its text; parsed, it is the same plan.

    Raises
    ------
    TypeError
        Where a value is nothing that the file can hold; the key is named.
    """
    return "\n".join(_list_lines(_as_in_file(plan) if isinstance(plan, Plan) else plan, ())) + "\n"


def _as_in_file(plan: Plan) -> dict[str, Any]:
    """Give what was said of a plan, shaped as the file has it: the primary visit among the visits, no instruments."""
    said: dict[str, Any] = plan.model_dump(mode="json", exclude_unset=True, exclude_none=True, exclude={"instruments"})
    visits = {**said["visits"], "primary": said.pop("primary")}
    return {**said, "visits": visits}


def _list_lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Give the answers of a table, then its tables; no order of the file's is lost among either."""
    tables = {name: value for name, value in table.items() if isinstance(value, dict)}
    if path and (len(tables) < len(table) or not table):
        yield f"\n[{'.'.join(map(_to_key, path))}]"
    for name, value in table.items():
        if name not in tables and value is not None:
            yield f"{_to_key(name)} = {_to_value(value, (*path, name))}"
    for name, value in tables.items():
        yield from _list_lines(value, (*path, name))


def _to_key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _to_text(name)


def _to_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # every escape of JSON is one of TOML


def _to_value(value: Any, path: tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _to_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_to_value(one, path) for one in value)}]"
    if isinstance(value, dict):
        parts = (f"{_to_key(name)} = {_to_value(one, (*path, name))}" for name, one in value.items() if one is not None)
        return f"{{ {', '.join(parts)} }}"
    msg = (
        f"{'.'.join(path)}: a plan holds texts, numbers, true or false, lists and tables; found {type(value).__name__}"
    )
    raise TypeError(msg)
