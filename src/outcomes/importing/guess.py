"""What the names of columns suggest: who, which arm, which visit, which questionnaire; for a person to correct."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.instruments import list_instruments, read_instrument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from outcomes.instruments import Instrument

KNOWN: dict[str, tuple[str, ...]] = {
    "client_id": (
        *("clientid", "recordid", "studyid", "participantid", "participant", "pseudonym", "caseid", "clientcode"),
        *("participantcode", "subjectid", "subject", "patientid", "clientnumber", "clientno", "caseno", "id", "code"),
        *("respondentid", "responseid"),
    ),
    "arm": (
        *("arm", "studyarm", "programme", "program", "group", "condition", "treatment", "treat", "intervention"),
        *("pathway", "allocation"),
    ),
    "start_date": ("startdate", "start", "datestarted", "programmestart", "firstsession"),
    "end_date": ("enddate", "end", "dateended", "programmeend", "dischargedate", "lastsession"),
    "end_reason": ("endreason", "reasonforleaving", "dischargereason", "reason"),
    "completed": ("completed", "completer", "completion"),
    "group_id": ("groupid", "skillsgroup", "groupname", "groupcode"),
    "therapist_id": ("therapistid", "therapist", "clinicianid", "clinician"),
    "age": ("age", "ageatstart", "ageyears"),
    "gender": ("gender", "sex"),
    "site": ("site", "centre", "center", "clinic"),
}
_TIME = (
    r"(?:t|time|wave|visit|tp)[ _]?\d+|pre|post|mid|baseline|start|end|follow[ _-]?up|fup?"
    r"|(?:week|wk|w|month|m)[ _]?\d+|\d+[ _]?(?:weeks?|wks?|w|months?|m)"
)
_LAST = re.compile(rf"(?P<stem>.+?)[ _.-]+(?P<visit>{_TIME})", re.IGNORECASE)
_FIRST = re.compile(rf"(?P<visit>{_TIME})[ _.-]+(?P<stem>.+)", re.IGNORECASE)
_MIDDLE = re.compile(
    rf"(?P<stem>.+?)[ _.-]+(?P<visit>{_TIME})[ _.-]+(?P<item>(?:item|q|i)?[ _]?\d{{1,2}})", re.IGNORECASE
)
_JOINED = re.compile(r"(?P<visit>Pre|Post|Mid|PRE|POST|MID)(?P<stem>[A-Z].*)")
_ALONE = re.compile(r"(?:week|wk|month|wave|time|visit|t)[ _]?\d+", re.IGNORECASE)
DATES = frozenset({"date", "assessmentdate", "datecompleted", "completedon", "dateofassessment", "visitdate"})
_BARE = frozenset({"q", "item", "question"})  # before the number of an item, where a name says nothing else
_ITEM = re.compile(r"(?P<before>.*\D)(?P<number>\d{1,2})(?P<after>\D*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A column that belongs to a visit: what it holds, and the text that names the visit."""

    column: str
    stem: str
    visit: str


def fold(name: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def to_word(text: str) -> str:
    """Make a word of the plan of a text."""
    word = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
    return word if word[:1].isalpha() else f"v_{word}"


def find_known(columns: Iterable[str]) -> dict[str, str]:
    """Columns of clients.csv that a source seems to have: the first by the order of the synonyms."""
    folded = {fold(name): name for name in reversed(list(columns))}
    found: dict[str, str] = {}
    for target, synonyms in KNOWN.items():
        name = next((folded[one] for one in synonyms if one in folded and folded[one] not in found.values()), None)
        if name is not None:
            found[target] = name
    return found


def split_time(column: str) -> Timed | None:
    """Split the name of a column into what it holds and the visit."""
    if _ALONE.fullmatch(column):
        return Timed(column=column, stem="score", visit=column)
    found = _LAST.fullmatch(column) or _FIRST.fullmatch(column) or _JOINED.fullmatch(column)
    if found is not None:
        return Timed(column=column, stem=found["stem"], visit=found["visit"])
    found = _MIDDLE.fullmatch(column)
    return Timed(column=column, stem=f"{found['stem']}_{found['item']}", visit=found["visit"]) if found else None


def find_items(
    stems: Mapping[str, str],
    answers: Mapping[str, Collection[float]] | None = None,
    own: Mapping[str, Instrument] | None = None,
) -> dict[str, tuple[str, list[str]]]:
    """Find questionnaires whose items columns seem to be: pattern and columns, by instrument.

    Columns that differ in one number alone, from one up without a gap, are the items of the instrument whose number of
    items they have and whose name the text before the number begins.

    Parameters
    ----------
    stems : mapping of str to str
        For each column its name without the visit.
    answers : mapping of str to collection of float, optional
        Numbers in each column, by which bare names (Q1, q01) are items of the only instrument that they can be of.
    own : mapping of str to Instrument, optional
        Those that the study defines itself, by id.
    """
    known = {**{name: read_instrument(name) for name in list_instruments()}, **(own or {})}
    groups: dict[tuple[str, str], dict[int, str]] = {}
    for column, stem in stems.items():
        if found := _ITEM.fullmatch(stem):
            groups.setdefault((found["before"], found["after"]), {})[int(found["number"])] = column
    items: dict[str, tuple[str, list[str]]] = {}
    for (before, after), numbered in groups.items():
        count = len(numbered)
        is_whole = sorted(numbered) == list(range(1, count + 1))
        name = _find_instrument(before, count, known) if is_whole else None
        if is_whole and answers is not None and fold(before) in _BARE:
            given = {one for column in numbered.values() for one in answers.get(column, ())}
            name = _find_by_answers(count, given, known)
        if name is not None:
            items[name] = (_to_pattern(numbered[1], stems[numbered[1]], after), list(numbered.values()))
    return items


def _find_by_answers(count: int, given: Collection[float], known: Mapping[str, Instrument]) -> str | None:
    """Find the only instrument with so many items whose answers can be these, and of which both ends were given."""
    likely = [
        name
        for name, one in known.items()
        if one.n_items == count and one.table == "items" and given and (min(given), max(given)) == one.answers
    ]
    return likely[0] if len(likely) == 1 else None


def _to_pattern(column: str, stem: str, after: str) -> str:
    """Put the mark of a number in the place of the first item's: where the stem ends, or, around a visit, the name."""
    end = (column.index(stem) + len(stem) if stem in column else len(column)) - len(after)
    mark, digits = ("{nn}", 2) if column[:end].endswith("01") else ("{n}", 1)
    return f"{column[: end - digits]}{mark}{column[end:]}"


def _find_instrument(before: str, count: int, known: Mapping[str, Instrument]) -> str | None:
    stem = re.sub(r"(?:item|q|i)$", "", fold(before))
    named = [name for name, one in known.items() if one.n_items == count]
    letters = {name: re.sub(r"[^a-z]", "", name) for name in named}
    close = [name for name in named if stem and (fold(name).startswith(stem) or stem.startswith(letters[name]))]
    return close[0] if len(close) == 1 else None
