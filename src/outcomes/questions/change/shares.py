"""How many people something became of, as a count and as a share of those it could be told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.models.contract import People, count_arm, estimate_share
from outcomes.results.how import How
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

SHARE, PEOPLE = "share", "people"


def declare_share(cohort: Cohort, key: Key, label: str, used: NDArray[np.bool_]) -> Planned:
    """Declare the share of an arm's people of whom it could be told."""
    counts = count_arm(key.arm, used & cohort.in_arm(key.arm))
    return Planned(key=key, label=label, quantity=Quantity.SHARE, unit="share", counts=counts)


def count_and_share(
    cohort: Cohort, share: Planned, *, mask: NDArray[np.bool_], used: NDArray[np.bool_], among: str
) -> Iterator[Outcome]:
    """Count those of an arm whom something became of, and give their share with Wilson's interval."""
    mine = used & cohort.in_arm(share.key.arm)
    n, events = int(mine.sum()), int(mask[mine].sum())
    people = Planned(
        key=share.key.but(what=PEOPLE),
        label=f"People: {share.label}",
        quantity=Quantity.COUNT,
        unit="people",
        counts=share.counts,
        tells=((share.key,),),
    )
    yield people.estimate(float(events), cells=(events, n - events), method="count", how=How(estimator="count"))
    method = f"share of {among}, Wilson's interval, not adjusted"
    yield share.attempt(
        lambda p: estimate_share(p, events=events, n=n, level=cohort.plan.confidence.level, method=method),
        refused=People(mine, cohort.full).counts(),
    )
