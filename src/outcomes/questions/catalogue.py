"""Every question that a report answers, in the order of its sections: the only list of them.

A question is a folder. Its modules are imported when they are needed: `check` needs no figures, the report no methods.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from outcomes.models.contract import Analyse, Conclude
    from outcomes.plan.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the clinic.

    Attributes
    ----------
    name : str
        Its folder, and the first word of its ids.
    asks : str
        What the clinic asks.
    tables : tuple of str
        Files of the study that it reads, relative to its folder; `items/` stands for the files of items.
    draws : bool
        Whether it draws random numbers, from the stream of its own name.
    chapter : str
        Section of the report in which its answer stands, by its anchor; "" where the answer has no words of its own.
    title : str
        Title of that section, from the question that opens it: `make_section` of its `section` makes the section, and
        `list_blocks` of the others that stand in it add to it, in the order of the catalogue.
    brief : str
        Title of its section in the report, which `make_brief` of its `brief` makes; "" where the annex alone has it.
    for_few : bool
        Whether it is laid out for a small service too, where the report is short by itself.
    not_of_kinds : str
        Why it is asked of scores, not of counts and yes/no: the end of a sentence; "" where it is asked of all.
    also_of : tuple of str
        Kinds of measure that it is asked of besides scores all the same.
    figures : mapping of str to str
        Its figures by name, each with the module of its folder whose `draw` draws it.
    """

    name: str
    asks: str
    tables: tuple[str, ...]
    draws: bool = False
    chapter: str = ""
    title: str = ""
    brief: str = ""
    for_few: bool = True
    not_of_kinds: str = ""
    also_of: tuple[Kind, ...] = ()
    figures: Mapping[str, str] = field(default_factory=dict)

    def load(self, module: str) -> ModuleType:
        """Import a module of its folder."""
        return import_module(f"outcomes.questions.{self.name}.{module}")

    @property
    def analyse(self) -> Analyse | None:
        """From the cohort to outcomes, in any order; a question has this, or `conclude`, or both."""
        return getattr(self.load("analysis"), "analyse", None)

    @property
    def conclude(self) -> Conclude | None:
        """From the cohort and all that was found before it to what follows, such as how many methods agree."""
        return getattr(self.load("analysis"), "conclude", None)


CLIENTS = "clients.csv"
SCORES = ("scores.csv", "items/", "goals.csv")
ATTENDANCE = "attendance.csv"

_ALL = (
    Question(
        name="flow",
        asks="Who started, who completed, who was seen when?",
        tables=(CLIENTS, *SCORES, ATTENDANCE),
        chapter="compared",
        title="Who was compared",
        brief="Who was compared",
    ),
    Question(
        name="baseline",
        asks="How alike were the arms at the start?",
        tables=(CLIENTS, *SCORES),
        chapter="compared",
        figures={"baseline": "figure"},
    ),
    Question(
        name="waiting",
        asks="How long did people wait?",
        tables=(CLIENTS,),
        chapter="compared",
        figures={"waiting": "figure"},
    ),
    Question(
        name="outcomes",
        asks="Do people in one programme improve more?",
        tables=(CLIENTS, *SCORES),
        chapter="outcomes",
        title="Outcomes",
        brief="Outcomes over time",
        figures={"trajectory": "trajectory", "primaries": "primaries", "forest": "forest"},
    ),
    Question(
        name="kinds",
        asks="Do episodes, and what is a yes or a no, differ?",
        tables=(CLIENTS, *SCORES),
        draws=True,
        chapter="outcomes",
        figures={"kinds": "figure"},
    ),
    Question(
        name="run_chart",
        asks="Do results change from quarter to quarter?",
        tables=(CLIENTS, *SCORES, ATTENDANCE),
        chapter="outcomes",
        for_few=False,
        figures={"run_chart": "figure"},
    ),
    Question(
        name="completion",
        asks="Are they more likely to complete?",
        tables=(CLIENTS, ATTENDANCE),
        chapter="completion",
        title="Completion",
        brief="Completing and staying",
        figures={"completion": "figure", "attendance": "attendance_figure"},
    ),
    Question(
        name="retention",
        asks="How long do people stay?",
        tables=(CLIENTS, ATTENDANCE, "sessions.csv"),
        chapter="completion",
        figures={"retention": "figure"},
    ),
    Question(
        name="change",
        asks="How many people change, and how?",
        tables=(CLIENTS, *SCORES),
        chapter="change",
        title="Change per person",
        brief="Change per person",
        figures={"change": "figure"},
        not_of_kinds="reliable change and cut-offs belong to the error of a scale, and a count or a yes/no has none",
    ),
    Question(
        name="events",
        asks="Do fewer people harm themselves, or come into crisis?",
        tables=(CLIENTS, "events.csv", ATTENDANCE, "sessions.csv", *SCORES),
        draws=True,
        chapter="events",
        title="Events: self-harm and crises",
        brief="Events: self-harm and crises",
        figures={"events": "figure", "events_curve": "curve_figure"},
    ),
    Question(
        name="harms",
        asks="Is anybody harmed?",
        tables=(CLIENTS, *SCORES, "events.csv", ATTENDANCE, "sessions.csv"),
        chapter="harms",
        title="Harms",
        brief="Harms",
        figures={"harms": "figure"},
    ),
    Question(
        name="balance",
        asks="Does the answer hold when the arms are made alike?",
        tables=(CLIENTS, *SCORES),
        chapter="trust",
        figures={"love": "love_figure", "overlap": "overlap_figure"},
        for_few=False,
    ),
    Question(
        name="missing",
        asks="Does the answer hold if those not seen did worse?",
        tables=(CLIENTS, *SCORES),
        draws=True,
        chapter="trust",
        figures={"missing": "figure", "tipping": "tipping_figure"},
        for_few=False,
    ),
    Question(
        name="confounding",
        asks="How strong would something not recorded have to be?",
        tables=(CLIENTS, *SCORES),
        chapter="trust",
        for_few=False,
        not_of_kinds="how strong something not recorded would have to be is worked out for a difference in points",
    ),
    Question(
        name="verdict",
        asks="What does each comparison tell?",
        tables=(CLIENTS, *SCORES, ATTENDANCE),
    ),
    Question(
        name="influence",
        asks="Does one person carry the result?",
        tables=(CLIENTS, *SCORES, ATTENDANCE),
        chapter="trust",
        not_of_kinds="no one person moves a share by more than one in all of them",
        also_of=("count",),
    ),
    Question(
        name="agreement",
        asks="How much does the answer depend on the method?",
        tables=(CLIENTS, *SCORES),
        chapter="trust",
        figures={"agreement": "figure"},
        for_few=False,
    ),
    Question(
        name="independent",
        asks="Does other code find the same?",
        tables=(CLIENTS, *SCORES, ATTENDANCE, "sessions.csv"),
        chapter="trust",
        for_few=False,
    ),
    Question(
        name="needs",
        asks="For whom?",
        tables=(CLIENTS, *SCORES),
        chapter="needs",
        title="For whom",
        brief="For whom",
        figures={"moderators": "figure"},
        for_few=False,
    ),
    Question(
        name="sessions",
        asks="What happens in individual sessions?",
        tables=(CLIENTS, *SCORES, "sessions.csv", ATTENDANCE),
        draws=True,
        chapter="sessions",
        title="What happens in individual sessions",
        brief="What happens in individual sessions",
        figures={
            "sessions": "content_figure",
            "course": "course_figure",
            "targets": "targets_figure",
            "pace": "pace_figure",
        },
    ),
    Question(
        name="diary",
        asks="What happens in daily life?",
        tables=(CLIENTS, "diary.csv", ATTENDANCE, "sessions.csv"),
        chapter="diary",
        title="Daily life",
        for_few=False,
        figures={"diary": "figure"},
    ),
    Question(
        name="costs",
        asks="What does it cost, in money and in the client's time?",
        tables=(CLIENTS, *SCORES, "costs.csv", ATTENDANCE),
        draws=True,
        chapter="costs",
        title="Costs",
        brief="Costs",
        figures={"costs": "figure"},
    ),
    Question(
        name="evidence",
        asks="What do others find?",
        tables=("evidence.csv", CLIENTS, *SCORES, ATTENDANCE),
        chapter="evidence",
        title="The published evidence",
        brief="The published evidence",
        figures={"evidence": "figure"},
    ),
    Question(
        name="precision",
        asks="How many more people would settle it?",
        tables=(CLIENTS, *SCORES),
        chapter="precision",
        title="How many more people",
        brief="How many more people",
        figures={"precision": "figure", "needed": "needed_figure"},
        for_few=False,
        not_of_kinds="what it takes for a ratio or a difference between shares stands there, under Outcomes",
    ),
)

CATALOGUE: Mapping[str, Question] = {question.name: question for question in _ALL}
