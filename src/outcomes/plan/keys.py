"""Every key of the plan as a flat list, taken from the model: what a form that asks for a plan is made of."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from outcomes.plan.model import Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind: TypeAlias = Literal["text", "number", "whole", "yes_no", "choice", "words", "numbers", "pair", "toml"]
Path: TypeAlias = tuple[str, ...]
_OWN = "instruments"  # which stand in files of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanKey:
    """A key that holds one answer.

    Attributes
    ----------
    path : tuple of str
        Of a family, from the entry on.
    kind : str
        What the answer is: a text, a number, several words; "toml" where a form can only take it as the file writes it.
    choices : tuple of str
    default : object
        What counts without an answer; None where nothing does.
    required : bool
        Whether there is no plan without it.
    """

    path: Path
    kind: Kind
    choices: tuple[str, ...] = ()
    default: Any = None
    required: bool = False

    @property
    def name(self) -> str:
        """The key as it is written."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A table of the plan with an entry for each of several things, such as visits: one form of several lines."""

    name: str
    keys: tuple[PlanKey, ...]
    required: bool


def list_keys() -> tuple[PlanKey, ...]:
    """List every key that is no part of a family, in the order of the model; `primary` as the file has it."""
    found = [
        key
        for key in _walk(Plan, (), required=True)
        if key.path[0] not in {_OWN, *(one.name for one in list_families())}
    ]
    return tuple(_as_in_file(key) for key in found)


def list_families() -> tuple[Family, ...]:
    """List the families, in the order of the model."""
    families = []
    for name, field in Plan.model_fields.items():
        held = _bare(field.annotation)
        if name != _OWN and get_origin(held) is dict and _is_model(entry := _bare(get_args(held)[1])):
            keys = tuple(_walk(entry, (), required=True))
            families.append(Family(name=name, keys=keys, required=field.is_required()))
    return tuple(families)


def _as_in_file(key: PlanKey) -> PlanKey:
    if key.path != ("primary",):
        return key
    return PlanKey(path=("visits", "primary"), kind=key.kind, required=key.required)


def _walk(model: type[BaseModel], path: Path, *, required: bool) -> Iterator[PlanKey]:
    for name, field in model.model_fields.items():
        bare, here = _bare(field.annotation), (*path, name)
        needed = required and field.is_required()
        if _is_model(bare):
            yield from _walk(bare, here, required=needed)
            continue
        kind, choices = _kind_of(bare)
        default = None if field.default is PydanticUndefined else field.default
        yield PlanKey(path=here, kind=kind, choices=choices, default=default, required=needed)


def _kind_of(bare: Any) -> tuple[Kind, tuple[str, ...]]:
    origin, parts = get_origin(bare), get_args(bare)
    if origin is Literal:
        return ("choice", tuple(map(str, parts))) if all(isinstance(one, str) for one in parts) else ("whole", ())
    if origin is tuple:
        return _kind_of_list([_bare(one) for one in parts if one is not Ellipsis], several=Ellipsis in parts)
    plain: dict[Any, Kind] = {str: "text", float: "number", int: "whole", bool: "yes_no"}
    return plain.get(bare, "toml"), ()


def _kind_of_list(parts: list[Any], *, several: bool) -> tuple[Kind, tuple[str, ...]]:
    if not several:
        return ("pair" if parts == [float, float] else "toml"), ()
    part = parts[0]
    if part is str or get_origin(part) is Literal:
        return "words", ()
    return ("numbers" if part in {int, float} else "toml"), ()


def _bare(annotation: Any) -> Any:
    """Take off what a type says beside what it is: limits, and that it may be absent."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in {Union, types.UnionType} and type(None) in get_args(annotation):
            held = [one for one in get_args(annotation) if one is not type(None)]
            if len(held) != 1:
                return annotation
            annotation = held[0]
        else:
            return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
