"""The rows of evidence.csv: what each says of the two programmes, and whether it may be pooled.

Only a direct comparison that was seen in its publication, or derived from what was seen there, counts. A row whose
result or note begins with “unchecked” is unchecked, whatever its verification says: the weaker label holds.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd

from outcomes.core.ids import word
from outcomes.methods import published_effects
from outcomes.questions.evidence.topics import Topic, find_topic
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.methods.published_effects import PublishedEffect
    from outcomes.plan.model import Plan

Group = Literal["direct", "indirect", "benchmark", "unsourced"]
Leans = Literal["full", "skills", "neither"]
Scale = Literal["ratio", "sd"]
VERIFIED = {"seen": "Seen in the publication", "derived": "Derived from what is published"}
LABELS = {
    **VERIFIED,
    "unchecked": "Unchecked",
    "sources conflict": "The sources conflict",
    "source not given": "No source is given",
}
# Words of an id of an outcome that are not studies.
TAKEN = frozenset(
    {
        *("pooled", "prediction", "tau2", "i2", "h2", "q", "local", "pooled_with_local", "rows", "with_numbers"),
        *("favours_full", "favours_skills", "favours_neither"),
    }
)
_COUNTS = ("events_full", "total_full", "events_skills", "total_skills")
_MEANS = ("mean_full", "sd_full", "n_full", "mean_skills", "sd_skills", "n_skills")
_FAVOUR = re.compile(r"in favou?r of ([^;(]*)", re.IGNORECASE)
_ARM = re.compile(r"(?P<skills>standalone|skills|group)|standard|full|121|individual|both", re.IGNORECASE)
_NO_DIFFERENCE = re.compile(r"\bno\b[^;:.]*\bdifference\b", re.IGNORECASE)
_VERDICT = re.compile(r"\s*\([^)]*significan[^)]*\)", re.IGNORECASE)  # a verdict is no part of an outcome's name
_NUMBER = re.compile(r"[+\-−]?\d+(?:\.\d+)?")
_SMD = re.compile(r"hedges|smd|standardi[sz]ed|cohen|^[dg]\b", re.IGNORECASE)
_RATIO = re.compile(r"risk ratio|relative risk|^rr\b", re.IGNORECASE)
_TURNED = re.compile(r"(positive|higher) *(=|favou?rs|means)[^;]*(full|121|standard)", re.IGNORECASE)
_IDENTITY = ("study", "year", "outcome", "measure", "timepoint", "directness", "arm_full", "arm_skills")
PUBLISHED_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One published result.

    Attributes
    ----------
    group : str
        "direct", "indirect", "benchmark", or "unsourced".
    study, study_word : str
        Name with year, and the word of it in ids.
    outcome : str
        As it stands in the file.
    topic : Topic
    verification : str
        Key of `LABELS`.
    effect : PublishedEffect or None
        Positive where the full programme has more (a ratio: its logarithm), or scores higher; of scores with a known
        direction, positive where the full programme does better.
    scale : str or None
    why_not : str
        Why there is no effect: a sentence.
    leans : str or None
        Which programme the row speaks for, in numbers or in words.
    text : str
        What the publication says, as it stands in the file.
    n_full, n_skills : int or None
        People [count].
    cells : mapping of str to float
        The numbers of the row.
    """

    group: Group
    study: str
    study_word: str
    outcome: str
    topic: Topic
    verification: str
    effect: PublishedEffect | None
    scale: Scale | None
    why_not: str
    leans: Leans | None
    text: str
    n_full: int | None
    n_skills: int | None
    cells: Mapping[str, float]
    texts: Mapping[str, str]

    @property
    def is_verified(self) -> bool:
        """Whether the row compares the two programmes and was seen, or derived from what was seen."""
        return self.group == "direct" and self.verification in VERIFIED

    @property
    def counts(self) -> bool:
        """Whether it tells something about the question: in numbers, or a direction."""
        return self.is_verified and self.leans is not None

    @property
    def is_poolable(self) -> bool:
        """Whether it may enter a pooled estimate."""
        return self.is_verified and self.effect is not None


def read_rows(table: pd.DataFrame, plan: Plan) -> list[Row]:
    """Read all rows, each with a word of its own among those of its group and topic."""
    rows = [_read_row(dict(zip(table.columns, cells, strict=True)), plan) for cells in table.itertuples(index=False)]
    return _with_own_words(rows)


def _read_row(record: Mapping[str, object], plan: Plan) -> Row:
    texts = {name: "" if pd.isna(cell) else str(cell).strip() for name, cell in record.items()}  # type: ignore[call-overload]  # cells are scalars
    cells = {name: float(cell) for name, cell in record.items() if isinstance(cell, float | int) and not pd.isna(cell)}
    topic = find_topic(texts["outcome"], plan)
    verification, group = _verification(texts), _group(texts)
    effect, scale, why_not = _effect(cells, texts, topic) if group == "direct" else (None, None, "")
    year = f"{cells['year']:.0f}" if "year" in cells else ""
    study = texts["study"] if not year or year in texts["study"] else f"{texts['study']} ({year})"
    n_full, n_skills = (_people(cells, arm) for arm in ("full", "skills"))
    return Row(
        group=group,
        study=study,
        study_word=_study_word(f"{texts['study']} {year}"),
        outcome=_VERDICT.sub("", texts["outcome"]),
        topic=topic,
        verification=verification,
        effect=effect,
        scale=scale,
        why_not=why_not,
        leans=_leans(effect, scale, topic, texts),
        text=_said(texts),
        n_full=n_full,
        n_skills=n_skills,
        cells=cells,
        texts=texts,
    )


def _verification(texts: Mapping[str, str]) -> str:
    said = texts["verification"].casefold()
    if any(texts.get(name, "").casefold().startswith("unchecked") for name in ("effect", "effect_type", "note")):
        return "unchecked"
    return next((label for label in LABELS if said.startswith(label)), "unchecked")


def _said(texts: Mapping[str, str]) -> str:
    return "; ".join(text for text in (texts.get("effect", ""), texts.get("effect_type", "")) if text)


def _group(texts: Mapping[str, str]) -> Group:
    if texts["verification"].casefold().startswith("source not given"):
        return "unsourced"
    said = texts.get("directness", "").casefold()
    return "direct" if said == "direct" else "benchmark" if said == "benchmark" else "indirect"


def _people(cells: Mapping[str, float], arm: str) -> int | None:
    found = cells.get(f"total_{arm}", cells.get(f"n_{arm}"))
    return None if found is None else int(found)


def _study_word(text: str) -> str:
    made = word(text)
    return made if len(made) <= 60 and made not in TAKEN else f"{made[:50].strip('_')}_{_digest(text)}"  # noqa: PLR2004  # readable


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _effect(
    cells: Mapping[str, float], texts: Mapping[str, str], topic: Topic
) -> tuple[PublishedEffect | None, Scale | None, str]:
    """Compute the effect of a direct comparison, or say why there is none."""
    numbers = {**{f"total_{arm}": cells[f"n_{arm}"] for arm in ("full", "skills") if f"n_{arm}" in cells}, **cells}
    try:
        if all(name in numbers for name in _COUNTS):
            return _from_counts(numbers, topic), "ratio", ""
        if all(name in cells for name in _MEANS):
            return _from_means(cells, topic), "sd", ""
        printed = _from_printed(texts, topic)
    except NotEstimableError as reason:
        return None, None, str(reason)
    return (None, None, _why_no_effect(cells)) if printed is None else (*printed, "")


def _why_no_effect(cells: Mapping[str, float]) -> str:
    if any(name in cells for name in ("events_full", "events_skills")):
        return "The number of people with the event, or of all, stands for one arm only."
    if any(name in cells for name in ("mean_full", "mean_skills")):
        return "A mean stands without its standard deviation or its number of people, in one arm or both."
    return "No numbers that could be compared were published or found."


def events(row_cells: Mapping[str, float], topic: Topic) -> dict[str, float]:
    """Give the counts of an outcome; of completion, those who did not complete."""
    numbers = {f"events_{arm}": row_cells[f"events_{arm}"] for arm in ("full", "skills")}
    numbers |= {f"n_{arm}": row_cells.get(f"total_{arm}", row_cells.get(f"n_{arm}", 0.0)) for arm in ("full", "skills")}
    if topic.complement:
        numbers |= {f"events_{arm}": numbers[f"n_{arm}"] - numbers[f"events_{arm}"] for arm in ("full", "skills")}
    return numbers


def _from_counts(numbers: Mapping[str, float], topic: Topic) -> PublishedEffect:
    return published_effects.log_risk_ratio(**events(numbers, topic))


def _from_means(cells: Mapping[str, float], topic: Topic) -> PublishedEffect:
    effect = published_effects.standardised_difference(**{name: cells[name] for name in _MEANS})
    return _oriented(effect, topic)


def _oriented(effect: PublishedEffect, topic: Topic) -> PublishedEffect:
    if topic.better is None:
        raise NotEstimableError(
            "Which way is better is not known for this outcome: say it under [evidence.outcomes] in the plan."
        )
    return effect if topic.better == "higher" else replace(effect, value=-effect.value)


def _from_printed(texts: Mapping[str, str], topic: Topic) -> tuple[PublishedEffect, Scale] | None:
    numbers = [to_number(texts.get(name, "")) for name in ("effect", "low", "high")]
    kind = texts.get("effect_type", "")
    if any(number is None for number in numbers):
        return None
    value, low, high = (float(number) for number in numbers if number is not None)
    if _RATIO.search(kind) and low > 0 and not topic.complement:
        logs = (math.log(number) for number in (value, low, high))
        value, low, high = logs
        return published_effects.from_limits(value=value, low=low, high=high, level=PUBLISHED_LEVEL), "ratio"
    if _SMD.search(kind):
        effect = published_effects.from_limits(value=value, low=low, high=high, level=PUBLISHED_LEVEL)
        return (effect if _TURNED.search(kind) else _oriented(effect, topic)), "sd"
    return None


def to_number(text: str) -> float | None:
    """Read a number that stands alone in a text."""
    return float(text.replace("−", "-")) if _NUMBER.fullmatch(text) else None


def _leans(effect: PublishedEffect | None, scale: Scale | None, topic: Topic, texts: Mapping[str, str]) -> Leans | None:
    if effect is not None:
        better = 1.0 if scale == "sd" or topic.better == "higher" else -1.0 if topic.better == "lower" else 0.0
        towards = better * effect.value
        return "full" if towards > 0 else "skills" if towards < 0 else "neither"
    said = _said(texts)
    if found := _FAVOUR.search(said):
        arm = _ARM.search(found[1])  # the arm that is named first
        return None if arm is None else "skills" if arm["skills"] else "full"
    return "neither" if _NO_DIFFERENCE.search(said) else None


def _with_own_words(rows: list[Row]) -> list[Row]:
    """Tell rows of one study on one topic apart by what they are about; the order of the file changes no word."""
    ways: tuple[Callable[[Row], str], ...] = (
        lambda row: row.study_word,
        lambda row: f"{row.study_word}_{word(row.outcome)}",
        lambda row: (
            f"{row.study_word}_{word(row.outcome)}_{_digest('|'.join(row.texts.get(n, '') for n in _IDENTITY))}"
        ),
    )
    words: dict[int, str] = {}
    for way in ways:
        open_ones = [place for place in range(len(rows)) if place not in words]
        made = {place: way(rows[place]) for place in open_ones}
        taken = Counter(_place(rows[place], name) for place, name in [*made.items(), *words.items()])
        words |= {place: name for place, name in made.items() if taken[_place(rows[place], name)] == 1}
    return [replace(row, study_word=words[place]) for place, row in enumerate(rows) if place in words]


def _place(row: Row, name: str) -> tuple[str, str, str]:
    return row.group, row.topic.word, name
