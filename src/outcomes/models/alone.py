"""What is said of people who alone inform something: that they cost their own information, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outcomes.cohort import Cohort

ALONE = (
    "{who} alone in a level, or in a combination, of what is adjusted for: the estimate keeps a place for each, and "
    "the standard error is computed without them."
)
APART = (
    "{who} set apart, since nobody in the other programme is like them: the weights are computed without them, and the "
    "difference is not about them."
)


def tell_alone(cohort: Cohort, count: int, text: str = ALONE) -> tuple[str, ...]:
    """Say how many people a standard error, or weights, are computed without; nothing where there are none.

    A note stands in every edition, so that a number that is too small for the shared one is told as fewer than that.
    """
    if not count:
        return ()
    least = cohort.plan.disclosure.minimum_count
    who = f"Fewer than {least} people are" if count < least else f"{count} people are"
    return (text.format(who=who),)
