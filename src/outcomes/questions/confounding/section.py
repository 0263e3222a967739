"""What was not recorded: a part of the section on how far to trust the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.columns import name_column
from outcomes.blocks.model import Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.questions.confounding import words
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

HOW = ("e_value", "e_value_interval", "robustness_value")


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q, plan = context.quoter, context.plan
    yield Heading(3, Phrase("What was not recorded"))
    yield Paragraph(
        Phrase(
            "Nothing in the data can show that no unrecorded difference between the people made the answer. These "
            "numbers say how strong one such difference would have to be, and compare that with what was recorded. "
            "They rest on one comparison, not the main one: that of those seen at both the start and the visit “{}”, "
            "adjusted, with its own interval; it stands under Outcomes as “This visit, adjusted”. They do not say "
            "whether there is such a difference."
        ).format(q.visit(plan.primary))
    )
    yield from (Paragraph(words.say_confounding(q, measure)) for measure in plan.primary_scored)
    yield _tabulate_bounds(context)
    yield meaning(
        "The larger these numbers beside what was recorded, the less likely that something unrecorded made the whole "
        "difference. They never show that nothing did."
    )
    yield from context.how(
        Key("confounding", measure, plan.primary, what) for measure in plan.primary_scored for what in HOW
    )


def _tabulate_bounds(context: Context) -> Table:
    """Tabulate the adjusted difference, and what would be left of it by each recorded characteristic."""
    q, plan = context.quoter, context.plan
    measures = plan.primary_scored
    main = (q.result(Key("ancova", measure, plan.primary, "difference")) for measure in measures)
    found = [bound for measure in measures for bound in words.list_bounds(q, measure)]
    names = {bound.key.subject: name_column(bound.named).capitalised() for bound in found}
    bounds = {
        name: [Key("confounding", one, plan.primary, "bound", subject=name) for one in measures] for name in names
    }
    return Table(
        Phrase(
            "Adjusted difference at the visit “{}”, of those seen at both, and what would be left of it at worst if "
            "something unrecorded were as strongly tied to programme and score as each recorded characteristic."
        ).format(q.visit(plan.primary)),
        columns("As strong as", numbers=tuple(map(q.measure, measures))),
        (
            row("Nothing: as adjusted", *main),
            *(row(text, *map(q.result, bounds[name])) for name, text in names.items()),
        ),
    )
