"""Released results of a clinic that can be pooled: the main comparisons, with what their rounding can have done.

From an edition to share there are limits and no standard error; it is taken from the width of the interval, as that of
a normal one. The limits of an edition are moved outwards when they are rounded, and behind few people stands a t
distribution with wider tails: both make the error larger than it is, never smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.methods.reference import normal_critical
from outcomes.results.key import FIELDS, Key
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity
from outcomes.results.ways import main_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry
    from outcomes.study.model import Study

COMPLETION = Key("completion", what="difference", category="adjusted")
STAY = Key("retention", what="difference", subject="rmst")
RATIOS = frozenset({Quantity.RATE_RATIO, Quantity.RATIO, Quantity.HAZARD_RATIO, Quantity.ODDS_RATIO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A released comparison.

    Attributes
    ----------
    key : Key
        Of the result; of a measure always that of the difference at a visit, whichever way was the main one.
    label, unit, quantity : str
    value, low, high, level : float
        As released.
    step : float
        To which value and limits were rounded; 0 where they were not.
    n_full, n_skills : int
        As released [count].
    """

    key: Key
    label: str
    unit: str
    quantity: str
    value: float
    low: float
    high: float
    level: float
    step: float
    n_full: int
    n_skills: int

    @property
    def is_ratio(self) -> bool:
        """Whether it is read on the log scale."""
        return Quantity(self.quantity) in RATIOS

    def effect(self) -> float:
        """Give it on the scale on which it is pooled."""
        return math.log(self.value) if self.is_ratio else self.value

    def se(self, *, inwards: float = 0.0) -> float:
        """Give its standard error there, with both limits taken back by a part of the step."""
        low, high = self.low + inwards * self.step, self.high - inwards * self.step
        if self.is_ratio:
            low, high = math.log(low), math.log(high)
        return (high - low) / (2 * normal_critical(level=self.level))

    def slack(self) -> float:
        """How far rounding can have moved it on the scale on which it is pooled."""
        half = self.step / 2
        return half / self.value if self.is_ratio else half

    def to_row(self) -> dict[str, Any]:
        """Give it as a contribution holds it."""
        row = {name: word for name in FIELDS if (word := getattr(self.key, name))}
        numbers = ("label", "unit", "quantity", "value", "low", "high", "level", "step", "n_full", "n_skills")
        return {"key": row, **{name: getattr(self, name) for name in numbers}}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Told:
        """Read it back."""
        return cls(**{**row, "key": Key(**row["key"])})


def list_told(registry: Registry, plan: Plan) -> Iterator[Told]:
    """List what a released registry tells of the main comparisons."""
    wanted = {
        Key("mmrm", measure, plan.primary, "difference"): main_key(registry, measure, plan.primary)
        for measure in plan.primary_scored
    }
    wanted |= {key: key for key in (COMPLETION, STAY)}
    events = (kind for kind, event in plan.events.items() if event.role != "harm")
    ratios = [Key("events", subject=kind, what="rate_ratio") for kind in events]
    wanted |= dict(zip(ratios, ratios, strict=True))
    for key, found in wanted.items():
        outcome = registry.get(found)
        if isinstance(outcome, Estimate) and outcome.interval is not None and _is_usable(outcome):
            yield _tell(key, outcome)


def _is_usable(outcome: Estimate) -> bool:
    """Whether it has both limits, apart, and on a log scale none at zero."""
    if outcome.limits is None or outcome.n_full is None or outcome.n_skills is None:
        return False
    low, high = outcome.limits
    step = outcome.step or 0.0
    return high - low > 2 * step and (outcome.quantity not in RATIOS or low - step > 0)


def _tell(key: Key, outcome: Estimate) -> Told:
    low, high = outcome.limits or (0.0, 0.0)
    return Told(
        key=key,
        label=outcome.label,
        unit=outcome.unit,
        quantity=str(outcome.quantity),
        value=outcome.value,
        low=low,
        high=high,
        level=0.0 if outcome.interval is None else outcome.interval.level,
        step=outcome.step or 0.0,
        n_full=outcome.n_full or 0,
        n_skills=outcome.n_skills or 0,
    )


def list_shared(study: Study) -> list[dict[str, Any]]:
    """Answer a study, release its results, and give of them what can be pooled; nothing where they are held back.

    What is given is an edition like any other: it is entered in the ledger of releases.
    """
    from outcomes.pipeline import answer
    from outcomes.release import ledger, release

    found = ledger.open_ledger(ledger.home_of(study.folder))
    said = ledger.describe_release(study, found, is_kept=True)
    if said["held"] or found is None:
        return []
    released = release(answer(study).registry, study.plan.disclosure, is_held=False)
    return [one.to_row() for one in list_told(released.registry, study.plan)]


def remember_shared(study: Study) -> None:
    """Enter in the ledger of releases what `list_shared` gave."""
    from outcomes.release import ledger

    home = ledger.home_of(study.folder)
    found = ledger.open_ledger(home)
    if found is not None and not ledger.describe_release(study, found, is_kept=True)["held"]:
        ledger.remember(home, study, found)


def group_told(clinics: Mapping[str, Sequence[Told]]) -> dict[Key, dict[str, Told]]:
    """Group what clinics tell by the result."""
    found: dict[Key, dict[str, Told]] = {}
    for clinic, listed in clinics.items():
        for one in listed:
            found.setdefault(one.key, {})[clinic] = one
    return found
