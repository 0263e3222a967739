"""Every way in which a report estimates the same difference: its id, its name, and whether it asks the same question.

Ids hold `{measure}` and `{visit}`. A report lists those that it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["main", "same estimate", "counted", "apart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of estimating the difference at the primary visit.

    Attributes
    ----------
    result : str
        Pattern of the id.
    text : str
        What it does, in a few words.
    role : str
        "main": what the others are held against. "same estimate": the main estimate with another interval, which
        cannot disagree in size. "counted": the same question asked in another way. "apart": another question, since
        it is about other people or assumes something else of those not seen.
    """

    result: str
    text: str
    role: Role

    def id(self, measure: str, visit: str) -> str:
        """Id for a measure at a visit."""
        return self.result.format(measure=measure, visit=visit)


MAIN = Way(result="mmrm.{measure}.{visit}.difference", text="all visits, adjusted (main)", role="main")
WAYS = (
    MAIN,
    Way(result="mmrm.{measure}.{visit}.clustered", text="the same, by clusters", role="same estimate"),
    Way(result="mixed.{measure}.{visit}.difference", text="groups and therapists as random", role="counted"),
    Way(result="ancova.{measure}.{visit}.difference", text="this visit, adjusted", role="counted"),
    Way(result="between.{measure}.{visit}.difference", text="change, not adjusted", role="counted"),
    Way(result="clusters.{measure}.{visit}.difference", text="means of clusters", role="counted"),
    Way(result="weighting.{measure}.{visit}.overlap", text="overlap weights", role="counted"),
    Way(result="weighting.{measure}.{visit}.mmrm", text="overlap weights, all visits", role="counted"),
    Way(result="weighting.{measure}.{visit}.ate", text="weighted to everybody", role="counted"),
    Way(result="weighting.{measure}.{visit}.doubly_robust", text="doubly robust", role="counted"),
    Way(result="imputation.{measure}.{visit}.mar", text="imputed, missing at random", role="counted"),
    Way(
        result="imputation.{measure}.{visit}.jump_to_reference",
        text="those not seen: as in skills only",
        role="apart",
    ),
    Way(
        result="imputation.{measure}.{visit}.copy_increments",
        text="those not seen: change as in skills only",
        role="apart",
    ),
    Way(result="weighting.{measure}.{visit}.att", text="for people like those in full", role="apart"),
)
