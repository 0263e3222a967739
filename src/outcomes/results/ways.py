"""Every way in which a report estimates the same difference, registered once: key, name, and what it asks.

The pictures and tables that hold ways beside each other, the first page and the count of those that agree take them
from here, and list those that a report has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from outcomes.results.arrangement import judges_by_group
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.results.arrangement import Arrangement
    from outcomes.results.outcome import Outcome

Role: TypeAlias = Literal["main estimate", "counted", "apart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standardised:
    """The same comparison in standard deviations.

    Attributes
    ----------
    what : str
        Field of its key.
    text : str
        What it does, in a few words for a picture.
    title : str
        The same for the table of a measure; "" where the difference in points stands there for both.
    """

    what: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of estimating the difference at the primary visit.

    Attributes
    ----------
    analysis, what, category : str
        Fields of its key.
    text : str
        What it does, in a few words.
    role : str
        "main estimate": that against which the others are held, with one interval or another, of which `choose_main`
        takes one. "counted": the same question asked in another way. "apart": another question, since
        it is about other people or assumes something else of those not seen.
    title : str
        What it does, for the table of a measure; "" where it does not stand there.
    place : int
        Its place in that table.
    standardised : tuple of Standardised
    allows_for_groups : bool
        Whether people who share a group may be alike.
    """

    analysis: str
    what: str = "difference"
    category: str = ""
    text: str
    role: Role = "counted"
    title: str = ""
    place: int = 0
    standardised: tuple[Standardised, ...] = ()
    allows_for_groups: bool = False

    def key(self, measure: str, visit: str) -> Key:
        """Key for a measure at a visit."""
        return Key(self.analysis, measure, visit, self.what, category=self.category)


AS_REFERENCE = "those not seen: as in the reference"
BY_PEOPLE = Way(
    analysis="mmrm",
    text="all visits, adjusted",
    role="main estimate",
    title="All visits, adjusted",
    place=1,
    standardised=(Standardised(what="g", text="all visits, adjusted (main)"),),
)
BY_GROUP = Way(
    analysis="mmrm",
    what="clustered",
    text="the same, by clusters",
    role="main estimate",
    title="All visits, adjusted, allowing for shared groups",
    place=2,
    allows_for_groups=True,
)
WAYS = (
    BY_PEOPLE,
    BY_GROUP,
    Way(
        analysis="mixed",
        text="groups and therapists as random",
        title="All visits, adjusted, mixed model of groups and therapists",
        place=3,
        standardised=(Standardised(what="g", text="all visits, groups and therapists"),),
        allows_for_groups=True,
    ),
    Way(
        analysis="ancova",
        text="this visit, adjusted",
        title="This visit, adjusted",
        place=5,
        standardised=(Standardised(what="g", text="this visit, adjusted"),),
    ),
    Way(
        analysis="between",
        text="change, not adjusted",
        title="Change since the start, not adjusted",
        place=6,
        standardised=(
            Standardised(what="g_change", text="change, not adjusted", title="Change, standardised"),
            Standardised(what="g_score", text="score, not adjusted", title="Score, standardised"),
        ),
    ),
    Way(
        analysis="clusters",
        text="means of clusters",
        title="Change, means of groups and therapists",
        place=4,
        standardised=(Standardised(what="g", text="change, means of groups"),),
    ),
    Way(analysis="weighting", what="overlap", text="overlap weights"),
    Way(analysis="weighting", what="mmrm", text="overlap weights, all visits"),
    Way(analysis="weighting", what="ate", text="weighted to everybody"),
    Way(analysis="weighting", what="doubly_robust", text="doubly robust"),
    Way(analysis="imputation", what="mar", text="imputed, missing at random"),
    Way(
        analysis="imputation",
        what="start",
        text="missing at the start completed",
        role="apart",
        title="All visits, adjusted, what is missing at the start filled in",
        place=7,
    ),
    Way(analysis="imputation", what="jump_to_reference", text=AS_REFERENCE, role="apart"),
    Way(analysis="imputation", what="copy_increments", text="those not seen: change as in the reference", role="apart"),
    Way(analysis="weighting", what="att", text="for people like those in the first programme", role="apart"),
)
# Those of the table of a measure, and of the picture of all ways in standard deviations, in their order there.
OF_A_MEASURE = tuple(sorted((way for way in WAYS if way.place), key=lambda way: way.place))


# The main comparison of what is no score: the difference between shares of a yes/no, the ratio of rates of a count.
OF_KINDS: Mapping[str, Way] = {
    "yes_no": Way(analysis="yes_no", text="standardised over the people", role="main estimate"),
    "count": Way(analysis="counts", what="rate_ratio", text="negative binomial", role="main estimate"),
}

# Other ways of estimating the same of it.
WAYS_OF_KINDS: Mapping[str, tuple[Way, ...]] = {
    "yes_no": (
        Way(analysis="yes_no", category="linear", text="least squares, adjusted"),
        Way(analysis="yes_no", category="crude", text="not adjusted"),
        Way(analysis="yes_no", category="mar", text="imputed, missing at random"),
        Way(analysis="yes_no", category="jump_to_reference", text=AS_REFERENCE, role="apart"),
    ),
    "count": (
        Way(analysis="counts", what="rate_ratio_robust", text="quasi-Poisson, adjusted"),
        Way(analysis="counts", what="rate_ratio", category="crude", text="negative binomial, not adjusted"),
        Way(analysis="counts", what="rate_ratio", category="mar", text="imputed, missing at random"),
        Way(analysis="counts", what="rate_ratio", category="jump_to_reference", text=AS_REFERENCE, role="apart"),
    ),
}


# Assumptions about those who were lost, of counts, events and yes/no: once something was seen of them, and at a visit,
# where nothing is seen of who was not there, so that to jump to the reference is to copy it.
OF_EVENTS = ("mar", "jump_to_reference", "copy_reference", "twice_full", "twice_skills")
AT_A_VISIT = ("mar", "jump_to_reference", "twice_full", "twice_skills")


def choose_main(arrangement: Arrangement, by_group: Outcome | None) -> Way:
    """Choose whose interval is the main one: by group where groups are nested in the arms and can be allowed for."""
    return BY_GROUP if judges_by_group(arrangement) and isinstance(by_group, Estimate) else BY_PEOPLE


def verdict_of(measure: str, visit: str) -> Key:
    """Key of the verdict on a measure at a visit."""
    return Key("verdict", measure, visit, "rung")


def verdict_on_events(kind: str) -> Key:
    """Key of the verdict on a kind of event."""
    return Key("verdict", subject=kind, what="events")


VERDICT_ON_COMPLETION = Key("verdict", what="completion")


def main_way(results: Mapping[str, Any], measure: str, visit: str) -> Way:
    """Give the way whose interval is the main one, as the verdict records what it was read from."""
    for way in OF_KINDS.values():
        if results.get(str(way.key(measure, visit))) is not None:
            return way
    verdict = results.get(str(verdict_of(measure, visit)))
    how = verdict.how if isinstance(verdict, Estimate) else None
    return BY_GROUP if how is not None and how.covariance == "cr2" else BY_PEOPLE


def name_way(way: Way, results: Mapping[str, Any], measures: Sequence[str], visit: str) -> str:
    """Name a way at the head of a row, and say that it is the main one where it is, for any of some measures."""
    is_main = any(main_way(results, measure, visit) is way for measure in measures)
    name = way.text[:1].upper() + way.text[1:]
    return f"{name} (main)" if is_main else name


def main_key(results: Mapping[str, Any], measure: str, visit: str) -> Key:
    """Key of the main comparison of a measure at a visit."""
    return main_way(results, measure, visit).key(measure, visit)
