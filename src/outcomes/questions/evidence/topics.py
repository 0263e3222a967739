"""What a published outcome is about: a written table from the texts of evidence.csv to the topics of the report.

The plan may add to the table or overrule it (`[evidence.outcomes]`). `docs/methods/meta_analysis.md` prints it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from outcomes.core.ids import word
from outcomes.results.key import Key
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

Better = Literal["higher", "lower"]
# Words of ids that are not outcomes.
RESERVED = frozenset({"rows", "direct", "indirect", "benchmark", "unsourced", "claims_without_source"})
LONGEST_WORD = 60  # letters of an id's word, so that it can still be read in a table
_ASIDE = re.compile(r"\s*[,(].*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """An outcome under which published results stand together.

    Attributes
    ----------
    word : str
        In ids.
    label : str
    domain : str
        Domain of the plan's measures, "completion", or "other".
    better : str or None
        Which way is better; None where the name does not tell.
    complement : bool
        Whether the people counted are those who completed, so that those who dropped out are the rest.
    measure : str or None
        Word of the measure that the plan sets it beside.
    """

    word: str
    label: str
    domain: str
    better: Better | None
    complement: bool = False
    measure: str | None = None

    def plan(self, what: str, label: str, quantity: Quantity, unit: str, **more: Any) -> Planned:
        """Plan a result of the topic."""
        key = Key("evidence", what=what, subject=self.word)
        return Planned(key=key, label=label, quantity=quantity, unit=unit, named=self.label, **more)

    def scale(self, unit: str) -> Quantity:
        """Say what kind of number an effect in a unit is."""
        return Quantity.RATIO if unit == "ratio" else Quantity.STANDARDISED_DIFFERENCE


DROP_OUT = Topic(word="dropout", label="Drop-out", domain="completion", better="lower")
COMPLETION = replace(DROP_OUT, complement=True)
DISTRESS_TOLERANCE = Topic(
    word="distress_tolerance", label="Distress tolerance", domain="distress tolerance", better="higher"
)
EMOTION_REGULATION = Topic(
    word="emotion_regulation", label="Emotion regulation", domain="emotion regulation", better="higher"
)
EMOTION_DYSREGULATION = replace(EMOTION_REGULATION, better="lower")
MINDFULNESS = Topic(word="mindfulness", label="Mindfulness", domain="mindfulness", better="higher")
SYMPTOMS = Topic(word="symptoms", label="Symptoms", domain="symptoms", better="lower")
BY_DOMAIN = {topic.domain: topic for topic in (DISTRESS_TOLERANCE, EMOTION_REGULATION, MINDFULNESS, SYMPTOMS, DROP_OUT)}


def _symptom(name: str) -> Topic:
    return Topic(word=word(name), label=name, domain="other", better="lower")


TOPICS: dict[str, Topic] = {
    **dict.fromkeys(("dropout", "drop_out", "treatment_dropout", "attrition"), DROP_OUT),
    **dict.fromkeys(("completion", "completed", "treatment_completion", "retention"), COMPLETION),
    **dict.fromkeys(("distress_tolerance",), DISTRESS_TOLERANCE),
    **dict.fromkeys(("emotion_regulation", "emotional_regulation"), EMOTION_REGULATION),
    **dict.fromkeys(
        ("emotion_regulation_difficulties", "difficulties_in_emotion_regulation", "emotion_dysregulation"),
        EMOTION_DYSREGULATION,
    ),
    **dict.fromkeys(("mindfulness", "mindfulness_skills"), MINDFULNESS),
    **dict.fromkeys(
        ("symptoms", "borderline_symptoms", "general_psychopathology", "psychopathology", "symptom_severity"), SYMPTOMS
    ),
    **{
        word(name): _symptom(name)
        for name in (
            *("Depression", "Anxiety", "Hopelessness", "Suicide ideation", "Suicidal ideation", "Suicide attempt"),
            *("NSSI frequency", "Self-harm", "Self-directed violence", "Anger"),
        )
    },
    "skills_use": Topic(word="skills_use", label="Skills use", domain="other", better="higher"),
}


def find_topic(text: str, plan: Plan) -> Topic:
    """Topic of an outcome: what the plan says of its text, else the table, else a topic of its own."""
    known = TOPICS.get(word(text)) or TOPICS.get(word(_ASIDE.sub("", text)))
    topic = known or Topic(word=_own_word(text), label=text[:1].upper() + text[1:], domain="other", better=None)
    given = plan.evidence.outcomes.get(text)
    if given is None:
        return topic
    about = {"completion": COMPLETION, "drop-out": DROP_OUT, "other": topic}.get(given.about) or BY_DOMAIN[given.about]
    return replace(about, better=given.better or about.better, measure=given.measure)


def _own_word(text: str) -> str:
    made = word(text)[:LONGEST_WORD].strip("_")
    return f"{made}_outcome" if made in RESERVED else made
