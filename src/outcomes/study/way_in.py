"""What the dates of the way in must hold to: referred, assessed, offered a place, started, in this order."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.study.model import Finding
    from outcomes.study.parse import TypedTable

STAGES = {
    "referred_date": "referral",
    "assessed_date": "assessment",
    "offered_date": "offer",
    "start_date": "start",
}
LONG = np.timedelta64(3 * 365, "D")  # a wait beyond which a year was more likely mistyped


def check_way_in(clients: TypedTable) -> Iterator[Finding]:
    """Find dates that are out of order, and waits so long that one of the dates was most likely mistyped."""
    frame = clients.frame
    for earlier, later in combinations([name for name in STAGES if name in frame], 2):
        gap = (frame[later] - frame[earlier]).to_numpy()
        rule = f"{STAGES[later]} lies before {STAGES[earlier]}"
        fix = "This wait is left out. Correct one of the two dates."
        yield from clients.find("CHECK", "E288", gap < np.timedelta64(0, "D"), earlier, rule, fix)
        if (earlier, later) == ("referred_date", "start_date"):
            rule, fix = "more than three years lie between referral and start", "It is counted. Look the dates up."
            yield from clients.find("CHECK", "E289", gap > LONG, earlier, rule, fix)
