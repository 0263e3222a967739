"""What as many people as these would show of a count or a yes/no, and how many the worthwhile difference takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.methods.reference import normal_critical
from outcomes.results.how import How
from outcomes.results.outcome import Estimate, NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.results.outcome import Outcome
    from outcomes.results.planned import Planned

POWER = 0.8
NO_SE = "The comparison has no standard error to plan from."


def plan_size(
    main: Outcome,
    *,
    detectable: Planned,
    needed: Planned,
    level: float,
    of: str,
    to_told: Callable[[float], float],
    worthwhile: float | None,
) -> Iterator[Outcome]:
    """Plan from the standard error of the main comparison, on its own scale.

    Parameters
    ----------
    main : Outcome
    detectable, needed : Planned
    level : float
    of : str
        What the worthwhile one is, in words.
    to_told : callable
        From the scale of the standard error to what is told.
    worthwhile : float or None
        On the scale of the standard error; None where the plan states none.
    """
    is_log = isinstance(main, Estimate) and main.unit == "ratio"

    def reach() -> float:
        if not isinstance(main, Estimate) or not main.se:
            raise NotEstimableError(NO_SE)
        return (normal_critical(level=level) + normal_critical(level=2 * POWER - 1)) * main.se

    def detect(planned: Planned) -> Outcome:
        judged = "the logarithm" if is_log else "the main comparison"
        method = f"standard error of {judged} times the sum of the normal points of error and power"
        return planned.estimate(to_told(reach()), method=method, how=How(estimator="detectable"))

    def need(planned: Planned) -> Outcome:
        if worthwhile is None:
            msg = f"The plan does not say which {of} would be worthwhile on this measure."
            raise NotEstimableError(msg, "not planned")
        people = math.ceil((getattr(main, "n", None) or 0) * (reach() / worthwhile) ** 2)
        method = f"people now, times the square of the detectable over the worthwhile {'logarithm' if is_log else of}"
        return planned.estimate(float(people), method=method, how=How(estimator="sample_size"))

    yield detectable.attempt(detect)
    yield needed.attempt(need)
