"""What a section is given: the results of an edition to quote, the plan, and the pictures that were drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outcomes.blocks.how import explain
from outcomes.blocks.model import Figure, Fold, Paragraph, place_of, row
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import wording
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outcomes.blocks.how import Said
    from outcomes.blocks.model import Row
    from outcomes.blocks.quote import Name, Quoter
    from outcomes.plan.model import Plan

DASHED = Phrase("Dashed: the worthwhile difference.")
NOT_SHOWN = "Not shown in this edition"
FINEST = 0.01  # of shares


@dataclass(frozen=True, slots=True)
class Context:
    """What a section is written from.

    Attributes
    ----------
    quoter : Quoter
    plan : Plan
    edition : str
        "internal" or "share".
    manifest : mapping
        What is recorded of the run.
    figures : frozenset of str
        Names of the pictures that there are.
    behind : str
        Page that has the numbers behind each picture, where it is another than the one that is written.
    """

    quoter: Quoter
    plan: Plan
    edition: str
    manifest: Mapping[str, Any]
    figures: frozenset[str]
    behind: str = ""

    @property
    def is_shared(self) -> bool:
        """Whether it is written for others, after disclosure control."""
        return self.edition == "share"

    def figure(self, name: str, alt: str, caption: Phrase | str, behind: str = "") -> tuple[Figure, ...]:
        """Give a picture, or nothing where it was not drawn; `behind` names one that has the same numbers there."""
        if name not in self.figures:
            return ()
        made = Figure(name, alt, caption if isinstance(caption, Phrase) else Phrase(caption))
        if self.behind:
            there = Phrase("annex").leading_to(f"{self.behind}#{place_of(behind or name)}")
            made = replace(made, caption=Phrase("{} The {} has what is behind it.").format(made.caption, there))
        return (made,)

    def name_worthwhile(self, measures: Iterable[str], legend: Phrase = DASHED) -> Phrase:
        """Give what the legend of a picture says of worthwhile differences; nothing where the plan names none."""
        named = any(self.plan.measures[measure].worthwhile is not None for measure in measures)
        return Phrase(" ") + legend if named else Phrase("")

    def how(self, results: Iterable[Name]) -> tuple[Fold, ...]:
        """Give what is folded away about how results were computed, or nothing where nothing is known."""
        said = tuple(_say(one) for one in explain(self.quoter, map(str, results)))
        return (Fold(Phrase("How it was computed"), said, "how"),) if said else ()

    def with_interval(self, result: Name, tone: str = "") -> Phrase:
        """Quote a result, and behind it its interval in brackets where it is a number."""
        q = self.quoter
        if not q.has(result):
            return q.result(result)
        return Phrase("{} {}").format(q.result(result), Phrase("({})").format(q.interval(result)).toned(tone))

    def say_rounding(self, shares: Iterable[Name]) -> Phrase:
        """Say to what the shares of a table were rounded for release; nothing where they stand to the hundredth.

        No share is told that would stand for fewer people than the plan's minimum: one that would is further off.
        """
        found = [self.quoter.get(share) for share in shares]
        steps = [one.step for one in found if isinstance(one, Estimate) and one.unit == "share" and one.step]
        if not self.is_shared or max(steps, default=0.0) <= FINEST:
            return Phrase("")
        rounded = f" Shares, and differences between them, are rounded to {100 * max(steps):.0f} in 100; a share that "
        few = Phrase(
            "would then stand for fewer than {} people, or for all but fewer, stands at the next that does not."
        )
        return wording(rounded) + few.format(self.quoter.plan("disclosure.minimum_count"))

    def result_row(self, result: Name, unit: str = "", *, is_tested: bool = True) -> Row:
        """Give a row of a table about one result: its label, value, interval, p-value if it is tested, and people."""
        q = self.quoter
        head = q.field(result, "label") or Phrase(NOT_SHOWN)
        tested = (q.part(result, "p_value"),) if is_tested else ()
        parts = (q.result(result), q.interval(result), *tested, q.part(result, "n"))
        return row(head + " " + Phrase(unit).toned("quiet") if unit else head, *parts)


def _say(one: Said) -> Paragraph:
    said = Phrase("{}: {}").format(Phrase(", ").join(one.results), one.text) if one.results else one.text
    return Paragraph(said if one.text.plain.endswith(".") else said + ".")
