"""How many people an answer needs: asked of a study or of nothing, told as text, as JSON and as a drawing."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.errors import OutputExistsError, OutputNotWritableError
from outcomes.plan.names import fill
from outcomes.questions.precision.size import BY_DEFAULT, Given, size_alone, size_shares, size_study
from outcomes.questions.precision.size_words import say_shares, say_size
from outcomes.results.outcome import Curve, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.results.outcome import Outcome

# What the arms are called where there is no plan to name them.
UNNAMED = {"full": "the first programme", "skills": "the second programme"}

Part = tuple[str, Given, tuple["Outcome", ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """What was asked and found.

    Attributes
    ----------
    parts : tuple of (heading, Given, outcomes)
        One a measure of the study, or one without a study.
    shares : tuple of float or None
        The two shares, where these were asked about.
    """

    parts: tuple[Part, ...]
    shares: tuple[float, float] | None = None

    @property
    def is_answered(self) -> bool:
        """Whether there is a number of people for at least one measure."""
        return any(not isinstance(outcome, NotEstimable) for _, _, found in self.parts for outcome in found)

    @property
    def curve(self) -> Curve | None:
        """Curve of the first measure that has one."""
        return next((one for _, _, found in self.parts for one in found if isinstance(one, Curve)), None)

    def to_text(self, *, plain: bool) -> str:
        """Sentences and bars; `plain` where a terminal knows no blocks."""
        if self.shares is not None:
            _, given, found = self.parts[0]
            full, skills = self.shares
            return say_shares(found, dataclasses.asdict(given), full=full, skills=skills)
        lines = [
            say_size(found, dataclasses.asdict(given), heading=name, plain=plain) for name, given, found in self.parts
        ]
        return "\n\n".join("\n".join(part) for part in lines)

    def to_json(self) -> str:
        """For a program: what was planned from, and every result."""
        parts = [
            {
                "measure": heading,
                "from": dataclasses.asdict(given),
                "results": [dataclasses.asdict(outcome) for outcome in found],
            }
            for heading, given, found in self.parts
        ]
        return json.dumps({"schema": 1, "parts": parts}, indent=1, ensure_ascii=False)

    def draw(self, file: Path) -> Path:
        """Draw the curve.

        Raises
        ------
        OutputExistsError, OutputNotWritableError
            Where the file cannot be written.
        """
        from outcomes.charts.style import drawing
        from outcomes.charts.svg import to_svg
        from outcomes.questions.precision.figure import draw_alone

        if self.curve is None:
            msg = "there is no curve to draw"
            raise ValueError(msg)
        if file.exists():
            raise OutputExistsError(file.name)
        with drawing():
            svg = to_svg(draw_alone(self.curve), "size")
        try:
            file.write_text(svg, encoding="utf-8", newline="\n")
        except OSError as fault:
            raise OutputNotWritableError(file.name, fault.strerror or "it cannot be opened") from None
        return file


def size_up(study: str | None, asked: Mapping[str, Any]) -> Sized:
    """Size a study by its data, or plan without.

    Parameters
    ----------
    study : str or None
        Its folder.
    asked : mapping
        Fields of `Given`, with `dropout` and `shares` as pairs, full first; None where not stated.
    """
    stated = dict(asked)
    shares = stated.pop("shares", None)
    dropout = stated.pop("dropout", None) or (None, None)
    given = Given(dropout_full=dropout[0], dropout_skills=dropout[1], **stated)
    if shares is not None:
        full, skills = shares
        found = _name_arms(size_shares(full, skills, given), UNNAMED)
        return Sized(parts=(("", given.over(BY_DEFAULT), found),), shares=(full, skills))
    if study is None:
        return Sized(parts=(("", given.over(BY_DEFAULT), _name_arms(size_alone(given), UNNAMED)),))
    return Sized(parts=_of_study(study, given))


def _of_study(folder: str, given: Given) -> tuple[Part, ...]:
    from outcomes.cohort import assemble
    from outcomes.scoring import score_study
    from outcomes.study.read import read_study

    study = read_study(folder)
    cohort = assemble(study, score_study(study))
    found = size_study(cohort, given)
    words = study.plan.words
    return tuple(
        (study.plan.measures[measure].label, read, _name_arms(results, words))
        for measure, (read, results) in found.items()
    )


def _name_arms(found: tuple[Outcome, ...], words: Mapping[str, str]) -> tuple[Outcome, ...]:
    """Put the names of the arms where the labels leave them open."""
    return tuple(dataclasses.replace(one, label=fill(one.label, words)) for one in found)
