"""The assumptions about those who were not seen: their results, and what these tell of how many were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.methods import impute
    from outcomes.models.contract import Counts
    from outcomes.models.occasion import Occasion
    from outcomes.results.key import Key
    from outcomes.results.outcome import NotEstimableError, Outcome
    from outcomes.results.planned import Planned

ASSUMPTIONS: Mapping[str, impute.Assumption] = {
    "mar": "missing at random",
    "jump_to_reference": "jump to reference",
    "copy_increments": "copy increments",
    "copy_reference": "copy reference",
}
LABELS = {
    "mar": "difference if those not seen went on as similar people of their programme did",
    "jump_to_reference": "difference if those who were lost went on as people of the reference programme",
    "copy_increments": "difference if those who were lost changed from then on as people of the reference programme",
    "copy_reference": "difference if those who were lost had been as people of the reference programme all along",
    "worse_full": "difference if those lost from {full} were worse than that",
    "worse_skills": "difference if those lost from {skills} were worse than that",
    "worse_both": "difference if those lost from {full} or {skills} were worse than that",
    "tipping_point": "what those lost from {full} would have to differ for the interval to reach zero",
    "tipping_lean": "what those lost from {full} would have to differ for the difference to be zero",
    "by_delta": "difference by what is added to the scores of those lost from {full}",
}
# Whose scores are moved: by a number of standard deviations, and by what is added along the curve.
WORSE = {
    "worse_full": ("full",),
    "worse_skills": ("skills",),
    "worse_both": ("full", "skills"),
}


def refuse_all(occasion: Occasion, why: NotEstimableError) -> Iterator[Outcome]:
    """Say of every result why there is none."""
    labels = LABELS | {f"{what}_rubin": label_pooled(what) for what in ASSUMPTIONS}
    for what, label in (labels | {"monte_carlo_error": "Monte-Carlo error"}).items():
        yield plan_result(occasion, what, label).refuse(str(why), why.cause)


def label_pooled(what: str) -> str:
    """Name the result of multiple imputation."""
    return f"{LABELS[what]}, by Rubin's rules"


def plan_result(occasion: Occasion, what: str, label: str, counts: Counts | None = None) -> Planned:
    """Declare a result about those who were not seen."""
    quantity = Quantity.MONTE_CARLO_ERROR if what == "monte_carlo_error" else Quantity.DIFFERENCE
    key = occasion.key("imputation", what)
    return occasion.declare(key, label, quantity, counts=counts, tells=_tell_lost(occasion, what))


def _tell_lost(occasion: Occasion, what: str) -> tuple[tuple[Key, ...], ...]:
    """Say that what moves with those lost tells, with the difference under missing at random, how many they are."""
    moved_from = "skills" if occasion.cohort.plan.missing.reference == "full" else "full"
    moved: dict[str, tuple[str, ...]] = {f"{one}{way}": (moved_from,) for one in ASSUMPTIONS for way in ("", "_rubin")}
    del moved["mar"], moved["mar_rubin"]
    moved |= WORSE | dict.fromkeys(("tipping_point", "tipping_lean", "by_delta"), ("full",))
    if what not in moved:
        return ()
    mar = occasion.key("imputation", "mar")
    by_count = (mar, *(occasion.key("missing", "lost", arm) for arm in moved[what]))
    if what != "worse_both":
        return (by_count,)
    return (by_count, (mar, mar.but(what="worse_full"), mar.but(what="worse_skills")))
