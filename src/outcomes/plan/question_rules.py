"""What the tables of the clinic's further questions must hold to: the words that they name must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.plan.questions import PARTS
from outcomes.plan.raw import table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.plan.raw import Fault


def check_sessions(
    sessions: Mapping[str, Any], visits: list[str], primary: object, measures: list[str]
) -> Iterator[Fault]:
    """Check that the landmark lies between start and primary visit, mediators are measures, and parts are known."""
    landmark = sessions.get("landmark")
    if isinstance(landmark, str) and primary in visits:
        between = visits[1 : visits.index(str(primary))]
        if landmark not in between:
            allowed = ", ".join(between) or "the plan has none"
            yield ("sessions", "landmark"), f"must be a visit between the start and the primary visit: {allowed}"
    for part in table(sessions, "expected"):
        if part not in PARTS:
            yield ("sessions", "expected", part), f"must be a part of a session: {', '.join(PARTS)}"
    mediators = sessions.get("mediators")
    if isinstance(mediators, list):
        for name in texts(mediators):
            if name not in measures:
                yield ("sessions", "mediators"), f"must hold measures of the plan: {', '.join(measures)}"
        if len(mediators) > len({str(name) for name in mediators}):
            yield ("sessions", "mediators"), "must hold each measure once"


def check_costs(costs: Mapping[str, Any], primary_measures: list[str]) -> Iterator[Fault]:
    """Check that the effect is one of the primary measures, and that sessions are not counted twice."""
    measure = costs.get("measure")
    if isinstance(measure, str) and measure not in primary_measures:
        yield ("costs", "measure"), f"must be a primary measure: {', '.join(primary_measures)}"
    for key in ("per_client", "per_week"):
        for item in table(costs, key):
            if item in {"group_session_per_client", "individual_session"}:
                yield ("costs", key, item), "is counted from attendance.csv already; take it out"
            elif item == "client_hour":
                yield ("costs", key, item), "is the price of a client's hour, which is counted from attendance.csv"
