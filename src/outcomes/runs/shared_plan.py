"""What of the plan goes out with the edition to share: what its pages are written with, and no more.

Words and numbers that a reader sees on the pages stay. How the clinic's own files are laid out, what its columns and
codes are called, how questionnaires are scored and which of its own it uses, and what it has agreed on costs, do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.plan.model import ARMS, Plan
from outcomes.runs.names import SHARE

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUP, THERAPIST, COMPLETED = "group_id", "therapist_id", "completed"  # what a page calls these columns
_OF_COSTS = ("per_client", "per_week", "session_minutes", "travel_minutes", "paid")


def share_plan(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Give a plan without what no page of the edition to share is written with.

    Parameters
    ----------
    plan : mapping
        As the manifest of a run holds it.
    """
    shared: dict[str, Any] = {**plan}
    shared["arms"] = {word: {**plan["arms"][word], "value": word} for word in ARMS}
    adjust = plan["adjust"]
    called = {"skills_group": GROUP, "therapist": THERAPIST}
    shared["adjust"] = {**adjust, **{key: name for key, name in called.items() if adjust[key] is not None}}
    if plan["completion"] is not None and plan["completion"]["column"] is not None:  # a plan may judge no completion
        shared["completion"] = {**plan["completion"], "column": COMPLETED}
    for measure, described in plan["measures"].items():
        shared["measures"] = {**shared["measures"], measure: _without(described, "scoring")}
    words = [one for one in plan.get("report", {}).get("words", ()) if one["edition"] in {SHARE, "both"}]
    shared["report"] = {**plan.get("report", {}), "words": words}
    shared["instruments"] = {}
    shared["costs"] = _without(plan["costs"], *_OF_COSTS)
    return Plan.model_validate(shared, strict=False).model_dump(mode="json")


def _without(described: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Leave entries at their defaults."""
    return {key: value for key, value in described.items() if key not in keys}
