"""How many people something became of, as a count and as a share of those it could be told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.contract import People, attempt, count_arm, to_share
from outcomes.results.outcome import Estimate, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

PEOPLE = "people"


def tell_share(
    cohort: Cohort,
    result: str,
    label: str,
    arm: str,
    *,
    mask: NDArray[np.bool_],
    used: NDArray[np.bool_],
    among: str,
) -> Iterator[Outcome]:
    """Tell the share under the id `result`, and the count under the same with the word people."""
    level, events = cohort.plan.confidence.level, int(mask[used].sum())
    counts = count_arm(arm, used)

    def share() -> Outcome:
        method = f"share of {among}, Wilson's interval, not adjusted"
        n = int(used.sum())
        return to_share(result, label, events=events, n=n, level=level, counts=counts, method=method)

    yield Estimate(
        id=f"{result}.{PEOPLE}", label=f"People: {label}", value=float(events), unit="people", method="count", **counts
    )
    yield attempt(result, label, share, people=People(used, cohort.full))
