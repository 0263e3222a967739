"""From plan.toml to the plan: all faults at once, each with its key and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from outcomes.errors import PlanError, TableMissingError
from outcomes.plan.faults import TomlFaultsError, describe, freeze, parse_toml, place
from outcomes.plan.model import Plan
from outcomes.plan.rules import check_rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.plan.definition import Definition
    from outcomes.plan.raw import Fault

PLAN_FILE = "plan.toml"
INSTRUMENTS_FOLDER = "instruments"  # of a study: definitions of its own, which belong to the plan
# The model holds the primary visit beside the visits; in the file it stands among them.
IN_THE_MODEL, IN_THE_FILE = ("primary",), ("visits", "primary")
_OWN = "instruments"  # in the model; a study's own stand in files of their own


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


def parse_plan(content: bytes, own: Mapping[str, Definition] | None = None) -> Plan:
    """Make the plan from the bytes of its file, and the definitions of a study's own instruments; raises PlanError."""
    own = own or {}
    try:
        text, raw = parse_toml(content)
    except TomlFaultsError as fault:
        raise PlanError([(PLAN_FILE, fault.line, fault.what)]) from None
    faults: list[Fault] = list(check_rules(raw, {word: one.instrument for word, one in own.items()}))
    if _OWN in raw:
        faults.append(
            ((_OWN,), f"is no key of the plan; each stands in a file of its own, {INSTRUMENTS_FOLDER}/NAME.toml")
        )
        raw.pop(_OWN)
    plan = None
    try:
        plan = Plan.model_validate({**_to_model(raw), **({_OWN: dict(own)} if own else {})})
    except ValidationError as error:
        found = describe(error, Plan, noun="the plan", not_in_file=(*IN_THE_MODEL, _OWN))
        faults += [(IN_THE_FILE if where == IN_THE_MODEL else where, what) for where, what in found]
    if faults or plan is None:
        raise PlanError(place(faults, text, file=PLAN_FILE))
    return plan


def _to_model(raw: dict[str, Any]) -> Any:
    """Shape the file as the model has it: the primary visit beside the visits, lists as tuples."""
    shaped = dict(raw)
    if isinstance(raw.get("visits"), dict):
        shaped["visits"] = {name: visit for name, visit in raw["visits"].items() if name != "primary"}
        if "primary" in raw["visits"]:
            shaped["primary"] = raw["visits"]["primary"]
    return freeze(shaped)
