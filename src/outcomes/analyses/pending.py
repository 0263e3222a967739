"""Questions that this version does not answer: each planned number stands in the report with that reason."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from outcomes.core.estimates import NotEstimable
from outcomes.core.ids import result_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outcomes.analyses.contract import Analyse
    from outcomes.cohort import Cohort
    from outcomes.core.estimates import Outcome

    Names = Callable[[Cohort], Iterable[tuple[str, ...]]]

REASON = "This is not part of this version of outcomes."


def not_yet(names: Names) -> Analyse:
    """Turn a list of names into an analysis that says that it does not have them."""

    @wraps(names)
    def refuse(cohort: Cohort) -> Iterator[Outcome]:
        for words in names(cohort):
            label = " ".join(words).replace("_", " ").capitalize()
            yield NotEstimable(id=result_id(*words), label=label, reason=REASON)

    return refuse
