"""Which columns of which files a result rests on, and which of their rows: from the fields of its key and of its how.

What each analysis reads is declared here once. The rows are those that it may draw on: a person without what else it
needs, such as a score at the start, is left out by the analysis, and the number of people stands with the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.core.ids import word
from outcomes.plan.questions import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.plan.model import Plan
    from outcomes.results.how import How
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

AT, CHANGE, ALL = "at the visit", "at the start and the visit", "at every visit"
CLIENT, CLIENTS, SCORES, ITEMS = "client_id", "clients.csv", "scores.csv", "items/"
ATTENDANCE, SESSIONS, COSTS, EVIDENCE = "attendance.csv", "sessions.csv", "costs.csv", "evidence.csv"
EVENTS = "events.csv"
GOALS, DIARY = "goals.csv", "diary.csv"
PLAN_FILE = "plan.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must hold of a column: it holds one of these values, or, without values, anything at all.

    Attributes
    ----------
    column : str
    values : tuple of str
    spelt : bool
        Whether the values are compared as ids spell them.
    dated : tuple of str
        Visits in whose window the date may lie where the column is empty.
    """

    column: str
    values: tuple[str, ...] = ()
    spelt: bool = False
    dated: tuple[str, ...] = ()

    def to_words(self) -> str:
        """Say it for people."""
        said = f"{self.column} is {' or '.join(self.values)}"
        return f"{said} (where it is empty: date in its window)" if self.dated else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a result takes from a file.

    Attributes
    ----------
    file : str
    columns : tuple of str
        "q…" stands for all answers of a questionnaire.
    where : tuple of Condition
        What holds of the rows.
    clients : tuple of Condition
        What holds of each row's client in clients.csv.
    """

    file: str
    columns: tuple[str, ...]
    where: tuple[Condition, ...] = ()
    clients: tuple[Condition, ...] = ()

    def to_words(self) -> str:
        """Say the filter for people."""
        said = [f"where {_join(self.where)}"] if self.where else []
        said += [f"of clients whose {_join(self.clients)}"] if self.clients else []
        return ", ".join(said) or "all rows"


def _join(conditions: Sequence[Condition]) -> str:
    """Say several conditions, those that ask for anything at all together."""
    said = [one.to_words() for one in conditions if one.values]
    recorded = [one.column for one in conditions if not one.values]
    last = f"{', '.join(recorded[:-1])} and {recorded[-1]} are" if recorded[1:] else "".join((*recorded, " is"))
    return " and ".join((*said, *((f"{last} recorded",) if recorded else ())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an analysis reads: its columns by file, and scores of which visits."""

    scores: str = ""
    clients: tuple[str, ...] = ()
    attendance: bool = False
    sessions: tuple[str, ...] = ()
    costs: bool = False
    evidence: bool = False
    completion: bool = False
    alliance: bool = False
    events: bool = False
    diary: bool = False


_START, _LEFT = ("start_date",), ("start_date", "end_date", "end_reason")
_COURSE = ("date", "session")
# By the first field of the key.
READINGS: Mapping[str, Reading] = {
    "agreement": Reading(scores=ALL),
    "alliance": Reading(scores=ALL, clients=_START, attendance=True, alliance=True),
    "ancova": Reading(scores=CHANGE),
    "attendance": Reading(attendance=True),
    "balance": Reading(scores=AT),
    "baseline": Reading(scores=AT),
    "between": Reading(scores=CHANGE),
    "change": Reading(scores=CHANGE),
    "clusters": Reading(scores=CHANGE),
    "completion": Reading(completion=True),
    "confounding": Reading(scores=CHANGE),
    "costs": Reading(scores=CHANGE, attendance=True, costs=True, completion=True, clients=_LEFT[:2]),
    "diary": Reading(clients=_LEFT[:2], attendance=True, sessions=("date",), diary=True),
    "describe": Reading(scores=AT),
    "dose": Reading(scores=CHANGE, clients=_START, attendance=True),
    "events": Reading(clients=("start_date", "end_date", "followed_until"), events=True),
    "evidence": Reading(evidence=True, scores=ALL, completion=True),
    "flow": Reading(scores=ALL, completion=True, clients=("end_reason",)),
    "harms": Reading(
        scores=ALL,
        clients=("start_date", "end_date", "end_reason", "followed_until"),
        attendance=True,
        sessions=("date",),
        events=True,
    ),
    "imputation": Reading(scores=ALL),
    "influence": Reading(scores=ALL, completion=True),
    "mediation": Reading(scores=ALL),
    "missing": Reading(scores=ALL),
    "mixed": Reading(scores=ALL),
    "mmrm": Reading(scores=ALL),
    "needs": Reading(scores=ALL),
    "pace": Reading(scores=ALL, clients=_START),
    "precision": Reading(scores=ALL),
    "retention": Reading(clients=_LEFT, attendance=True, sessions=("date",)),
    "sessions": Reading(sessions=_COURSE),
    "size": Reading(scores=ALL),
    "run_chart": Reading(scores=CHANGE, clients=_START, completion=True),
    "verdict": Reading(scores=ALL, completion=True),
    "waiting": Reading(clients=("referred_date", "assessed_date", "offered_date", "start_date")),
    "weighting": Reading(scores=CHANGE),
    "within": Reading(scores=CHANGE),
    "yes_no": Reading(scores=ALL),
    "counts": Reading(scores=ALL),
}
# Columns of sessions.csv by what is told or by its subject, where the column is not called like the subject.
_TOLD = {
    **dict.fromkeys(("target_share", "target_third", "target_clients", "target_taken"), ("target",)),
    **dict.fromkeys(("mode_share", "mode_clients"), ("mode",)),
}
_SUBJECTS = {
    "order": ("target",),
    "homework": ("homework_set", "homework_reviewed"),
    "behavioural_task": ("behavioural_task_set", "homework_reviewed"),
}


def list_uses(outcome: Outcome, files: Sequence[str], plan: Plan) -> tuple[Use, ...]:
    """Say what a result takes from each file of a study; nothing where its analysis does not declare what it reads."""
    key, how = outcome.key, getattr(outcome, "how", None)
    reading = READINGS.get(key.of or key.analysis)
    return () if reading is None else tuple(_Asked(key, how, reading, plan).list_uses(files))


@dataclass(frozen=True, slots=True)
class _Asked:
    key: Key
    how: How | None
    reading: Reading
    plan: Plan

    def list_uses(self, files: Sequence[str]) -> Iterator[Use]:
        """One for each file that it reads."""
        if CLIENTS in files:
            yield self._of_clients()
        whose = self._whose()
        yield from self._of_scores(files, whose)
        if ATTENDANCE in files and self._reads_attendance():
            yield Use(file=ATTENDANCE, columns=_ATTENDED, where=self._streams(), clients=whose)
        if SESSIONS in files and self.reading.sessions:
            yield self._of_sessions(whose)
        if EVENTS in files and self.reading.events and self.key.subject in self.plan.events:
            kind = Condition(column="kind", values=(self.key.subject,))
            columns = (CLIENT, "date", "kind", "number", "days")
            yield Use(file=EVENTS, columns=columns, where=(kind,), clients=whose)
        if DIARY in files and self.reading.diary:
            told = (self.key.subject,) if self.key.subject in _ON_THE_CARD else ()
            yield Use(file=DIARY, columns=(CLIENT, "week", "date", "days_filled", *told), clients=whose)
        if COSTS in files and self.reading.costs:
            yield Use(file=COSTS, columns=("item", "unit_cost", "currency"))
        if EVIDENCE in files and self.reading.evidence:
            yield Use(file=EVIDENCE, columns=("study", "outcome", "directness", "verification"))

    def _of_clients(self) -> Use:
        found = (CLIENT, "arm", *self.reading.clients, *self._completed(), *self._characteristics(), *self._clusters())
        return Use(file=CLIENTS, columns=tuple(dict.fromkeys(found)), where=self._whose())

    def _whose(self) -> tuple[Condition, ...]:
        """Say whose rows count: of which arm, with which characteristics recorded."""
        arm = (Condition(column="arm", values=(self._arm_value(),)),) if self.key.arm else ()
        needed = tuple(Condition(column=name) for name in self._characteristics())
        place = self.plan.adjust.therapist
        if self.key.what in {"therapist_share", "therapist_clients"} and place is not None:
            return (*arm, Condition(column=place, values=(self.key.category,), spelt=True), *needed)
        return (*arm, *needed)

    def _arm_value(self) -> str:
        return self.plan.arms.full.value if self.key.arm == "full" else self.plan.arms.skills.value

    def _characteristics(self) -> tuple[str, ...]:
        """Columns of clients.csv that are adjusted for or that it is about."""
        adjusted = () if self.how is None else self.how.adjusted
        known = (*self.plan.adjust.covariates, *self.plan.needs.columns(self.plan.measures))
        words = self.plan.covariate_words
        mine = (one for one in known if one in adjusted or words.get(one, word(one)) == self.key.subject)
        return tuple(dict.fromkeys(mine))

    def _clusters(self) -> tuple[str, ...]:
        named = "" if self.how is None else self.how.clusters
        known = (self.plan.adjust.skills_group, self.plan.adjust.therapist)
        return tuple(one for one in known if one is not None and one in named)

    def _completed(self) -> tuple[str, ...]:
        completion = self.plan.completion
        wanted = self.reading.completion and not self.key.measure and completion is not None
        return (completion.column,) if wanted and completion is not None and completion.column is not None else ()

    def _reads_attendance(self) -> bool:
        completion = self.plan.completion
        by_rule = completion is not None and completion.rule is not None
        return self.reading.attendance or (self.reading.completion and not self.key.measure and by_rule)

    def _streams(self) -> tuple[Condition, ...]:
        kinds = ("group", "individual")
        return (Condition(column="kind", values=(self.key.subject,)),) if self.key.subject in kinds else ()

    def _of_sessions(self, whose: tuple[Condition, ...]) -> Use:
        told = _TOLD.get(self.key.what) or _SUBJECTS.get(self.key.subject) or (self.key.subject,)
        about = tuple(one for one in told if one and one in _SESSION_COLUMNS)
        needed = tuple(Condition(column=one) for one in about)
        return Use(file=SESSIONS, columns=(CLIENT, *self.reading.sessions, *about), where=needed, clients=whose)

    def _of_scores(self, files: Sequence[str], whose: tuple[Condition, ...]) -> Iterator[Use]:
        measures = self._measures()
        typed = tuple(one for one in measures if not self._has_answers(one, files))
        visits = self._visits()
        if typed and SCORES in files:
            at = Condition(column="visit", values=visits, dated=visits)
            where = (Condition(column="measure", values=typed), at, Condition(column="score"))
            yield Use(file=SCORES, columns=(CLIENT, "visit", "measure", "score", "date"), where=where, clients=whose)
        for name in dict.fromkeys(self.plan.measures[one].instrument for one in measures):
            if name is not None and self.plan.instrument(name).table == "goals" and GOALS in files:
                at = Condition(column="visit", values=visits, dated=visits)
                rated = (CLIENT, "visit", "date", "goal", "rating")
                yield Use(file=GOALS, columns=rated, where=(at,), clients=whose)
            elif name is not None and f"{ITEMS}{name}.csv" in files:
                at = Condition(column="visit", values=visits, dated=visits)
                columns = (CLIENT, "visit", "date", "q…")
                yield Use(file=f"{ITEMS}{name}.csv", columns=columns, where=(at,), clients=whose)

    def _has_answers(self, measure: str, files: Sequence[str]) -> bool:
        """Whether the scores of a measure are made of answers: to items, or of goals."""
        name = self.plan.measures[measure].instrument
        return name is not None and (f"{ITEMS}{name}.csv" in files or self.plan.instrument(name).table == "goals")

    def _measures(self) -> tuple[str, ...]:
        """Measures whose scores it reads: its own, else the one that it is about, else those that have a say in it."""
        known = self.plan.measures
        if not self.reading.scores or (self.reading.completion and not self.key.measure):
            return ()
        named = [one for one in (self.key.measure, self.key.subject) if one in known]
        if named and self.reading.alliance:
            named += [name for name, one in known.items() if one.domain == "alliance"]
        if named:
            return tuple(dict.fromkeys(named))
        return () if self._characteristics() and not self.how_is_adjusted() else tuple(known)

    def how_is_adjusted(self) -> bool:
        """Whether it is adjusted for something, among which scores may be."""
        return self.how is not None and bool(self.how.adjusted)

    def _visits(self) -> tuple[str, ...]:
        every = tuple(self.plan.visits)
        if self.reading.scores == ALL:
            return every
        at = self.key.visit or every[0]
        return (at,) if self.reading.scores == AT else tuple(dict.fromkeys((every[0], at)))


_ATTENDED = (CLIENT, "date", "week", "kind", "status", "minutes")
_ON_THE_CARD = ("urge_self_harm", "urge_suicide", "misery", "acts", "skills_days")
_SESSION_COLUMNS = frozenset({"minutes", "target", "mode", "adherence", *PARTS})
