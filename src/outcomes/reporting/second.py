"""Everything computed a second time: how many results of each kind agree, as the run found when it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.blocks.model import Cell, Column, Heading, ItemList, Paragraph, Table, columns
from outcomes.blocks.path import join_path
from outcomes.blocks.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

SECOND = "second"
TITLE = "Every kind of result, computed a second time"
# Of the edition to share: how many results there are would tell of those that are hidden.
SHARED = "Inside the clinic, {} computes every kind of result a second time, by other code, and names what differs."
NOT_DONE = (
    "Beyond the main estimates, this run was not computed a second time when it was written. {} does it now, with the "
    "study at hand; a report written with {} has the table here."
)
DONE = (
    "When this run was written, other code computed its results again from the tables of the study, by other ways. "
    "Values, standard errors, degrees of freedom and limits are compared wherever the second way has them. {} computes "
    "it all anew, and says where this table is not what it finds."
)
ALL_AGREE = "Of what was computed a second time, no result differs."
DIFFERING = "These results differ in at least one number. Do not rely on them until it is known why."


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    verify = Phrase("outcomes verify").code()
    yield Heading(3, Phrase(TITLE), SECOND)
    if context.is_shared:
        yield Paragraph(Phrase(SHARED).format(Phrase("outcomes verify --independent").code()))
        return
    if SECOND not in context.manifest:
        option = Phrase("--independent").code()
        yield Paragraph(Phrase(NOT_DONE).format(Phrase("outcomes verify --independent").code(), option))
        return
    kept = context.manifest[SECOND]
    yield Paragraph(Phrase(DONE).format(verify))
    yield from _list_differing(context, kept)
    heads = (
        *columns("Ids begin with", numbers=("Results", "Agree", "Differ", "Not checked")),
        Column(Phrase("How, the second time")),
    )
    rows = tuple(_make_row(context, place, kind) for place, kind in enumerate(kept["kinds"]))
    yield Table(Phrase("Results of each kind, and what the second computation says of them."), heads, rows)


def _list_differing(context: Context, kept: Mapping[str, Any]) -> Iterator[Block]:
    names = tuple(
        context.quoter.manifest(join_path(SECOND, "differing", place)).code() for place in range(len(kept["differing"]))
    )
    if not names:
        yield Paragraph(Phrase(ALL_AGREE))
        return
    yield Paragraph(Phrase(DIFFERING).strong())
    yield ItemList(names)


def _make_row(context: Context, place: int, kind: Mapping[str, Any]) -> Row:
    def quote(*path: object) -> Phrase:
        return context.quoter.manifest(join_path(SECOND, "kinds", place, *path))

    def quote_all(name: str) -> list[Phrase]:
        return [quote(name, one) for one in range(len(kind[name]))]

    left, roads = quote_all("left"), quote_all("roads")
    return (
        Cell(quote("name").code(), is_header=True),
        *(Cell(quote(name)) for name in ("results", "agree", "differ")),
        Cell(Phrase(", ").join(left) if left else Phrase("–")),
        Cell(Phrase("; ").join(roads), look="quiet"),
    )
