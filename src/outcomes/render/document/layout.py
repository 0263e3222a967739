"""From blocks to what stands on paper: runs joined by style, widths of columns, what keeps with what, the contents."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.blocks import model
from outcomes.blocks.phrase import Phrase
from outcomes.render.document.model import (
    Block,
    Box,
    Cell,
    Contents,
    Definitions,
    Document,
    Figure,
    Heading,
    ItemList,
    Paragraph,
    Run,
    Runs,
    SectionStart,
    Table,
)
from outcomes.render.document.widths import (
    HIGHEST,
    LOGO_HEIGHT,
    LOGO_WIDTH,
    SHORT_FIGURE,
    find_share,
    find_widths,
    guess_height,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from outcomes.blocks import phrase as phrases

CONTENTS, SECTION_LEVEL = "Contents", 2
PARAGRAPHS = {"lead": "lead", "quiet": "quiet", "kicker": "quiet", "ids": "quiet", "meaning": "meaning", "who": "lead"}
ASIDES = frozenset({"estimand", "own"})  # boxes that paper draws as well
# What fits on one page; what is not cut by the end of one; boxes that stand beside one another, and each of them.
SHEET, PART, CARDS, CARD = "sheet", "part", "cards", "card"
# Signs of the grades, full, half and empty as the style sheet draws them.
GRADES = {"good": "●", "fair": "◐", "poor": "○"}
_SPACE = re.compile(r"[ \t\r\n]+")
_FOLDS = " \n"


def lay_out(
    title: str,
    header: Iterable[model.Block],
    sections: Iterable[model.Section],
    pictures: Mapping[str, str],
    *,
    is_leaf: bool = False,
) -> Document:
    """Lay a document out.

    Parameters
    ----------
    title : str
    header : iterable of Block
        What stands above the first section.
    sections : iterable of Section
    pictures : mapping of str to str
        SVG by name.
    is_leaf : bool
        Whether all of it is one sheet.
    """
    every = tuple(sections)
    places = frozenset[str]().union(*map(model.list_places, every))
    is_short = bool(every) and every[0].name == model.FIRST
    layout = _Layout(pictures, places, SHORT_FIGURE if is_short or is_leaf else HIGHEST)
    on_sheet = len(every) if is_leaf else int(is_short)
    blocks = list(layout.blocks(header))
    blocks += [block for section in every[:on_sheet] for block in _lay_out_section(section, layout)]
    if on_sheet:
        blocks = [Box(SHEET, (), tuple(blocks))]
        blocks += [Box(PART, (), tuple(_lay_out_section(section, layout))) for section in every[on_sheet:]]
    else:
        blocks += _with_contents([block for section in every for block in _lay_out_section(section, layout)])
    return Document(title=title, language="en-GB", blocks=tuple(blocks))


def _lay_out_section(section: model.Section, layout: _Layout) -> Iterator[Block]:
    """Lay one section out."""
    yield SectionStart(section.name)
    title = model.Heading(SECTION_LEVEL, section.title, section.title_name)
    yield from layout.blocks((title, *section.blocks))


def _with_contents(blocks: list[Block]) -> list[Block]:
    """Put the list of contents before the sections, where there are several."""
    entries, name = [], ""
    for block in blocks:
        if isinstance(block, SectionStart):
            name = block.name
        elif isinstance(block, Heading) and block.level == SECTION_LEVEL:
            entries.append((name, "".join(run.text for run in block.runs)))
    return [Contents(CONTENTS, tuple(entries)), *blocks] if len(entries) > 1 else blocks


def _with_leads(made: list[Block]) -> Iterator[Block]:
    """Mark what leads from a heading to a table or figure."""
    for place, block in enumerate(made):
        before, after = (made[at] if 0 <= at < len(made) else None for at in (place - 1, place + 1))
        is_between = isinstance(before, Heading) and isinstance(after, Table | Figure | Box)
        yield replace(block, leads=True) if is_between and isinstance(block, Paragraph) else block


class _Layout:
    """Lays blocks out; a link to none of the `places` is cut, and no figure is higher than `highest`."""

    def __init__(self, pictures: Mapping[str, str], places: frozenset[str], highest: float) -> None:
        self._pictures = pictures
        self._places = places
        self._highest = highest

    def _runs(self, phrase: Phrase) -> Runs:
        """Lay a phrase out, without links to what serves the screen alone."""
        if all(not run.target or run.target in self._places for run in phrase.runs):
            return lay_runs(phrase)
        kept = (run if run.target in self._places else run._replace(target="") for run in phrase.runs)
        return lay_runs(Phrase.of(*kept))

    def _term(self, one: model.Definition) -> Runs:
        """Lay a term out behind the sign of its grade, which the page draws."""
        sign = GRADES.get(one.grade, "")
        return (*((Run(f"{sign} "),) if sign else ()), *self._runs(one.term))

    def blocks(self, blocks: Iterable[model.Block]) -> Iterator[Block]:
        return _with_leads([made for block in blocks for made in self._block(block)])

    def _block(self, block: model.Block) -> Iterator[Block]:
        if isinstance(block, model.Heading):
            yield Heading(block.level, self._runs(block.phrase), block.name)
        elif isinstance(block, model.Paragraph):
            if runs := self._runs(block.phrase):
                words = sorted(block.style.split())
                yield Paragraph(runs, next((PARAGRAPHS[word] for word in words if word in PARAGRAPHS), "body"))
        elif isinstance(block, model.Definitions):
            yield Definitions(tuple((self._term(one), self._runs(one.said)) for one in block.entries))
        elif isinstance(block, model.Table):
            yield self._table(block)
        elif isinstance(block, model.Figure):
            svg = self._pictures[block.name]
            share = find_share(svg, self._highest) if block.caption else min(LOGO_WIDTH, find_share(svg, LOGO_HEIGHT))
            yield Figure(svg[svg.index("<svg") :], block.alt, self._runs(block.caption), share)
        else:
            yield from self._holder(block)

    def _holder(self, block: model.ItemList | model.Fold | model.Box) -> Iterator[Block]:
        if isinstance(block, model.ItemList):
            items = tuple(tuple(self._item(item)) for item in block.items)
            yield ItemList(block.ordered and "steps" not in block.style.split(), items)
        elif isinstance(block, model.Fold):
            yield Box("fold", self._runs(block.title), tuple(self.blocks(block.blocks)))
        elif block.style in ASIDES:
            yield Box("aside", (), tuple(self.blocks(block.blocks)))
        elif block.style == CARDS:
            yield Box(CARDS, (), tuple(Box(CARD, (), tuple(self.blocks((one,)))) for one in block.blocks))
        else:
            yield from self.blocks(block.blocks)

    def _item(self, item: Phrase | tuple[model.Block, ...]) -> Iterator[Block]:
        return self.blocks((model.Paragraph(item),) if isinstance(item, Phrase) else item)

    def _table(self, table: model.Table) -> Table:
        head = (
            tuple(Cell(self._runs(one.head), is_header=True, is_number="num" in one.look) for one in table.columns),
        )
        body = tuple(tuple(self._cells(table, row)) for row in table.aligned)
        widths = find_widths(head, body)
        return Table(self._runs(table.caption), head, body, widths, guess_height((*head, *body), widths))

    def _cells(self, table: model.Table, row: model.Row) -> Iterator[Cell]:
        place = 0
        for cell in row:
            look = table.look_of(cell, place).split()
            yield Cell(self._runs(cell.phrase), cell.is_header, cell.columns, "num" in look, model.INSET in look)
            place += cell.columns


def lay_runs(phrase: Phrase) -> Runs:
    """Give the runs of a phrase, joined where they look alike, with white space folded."""
    made: list[Run] = []
    tone = ""
    for run in phrase.runs:
        if "line" in run.tone.split() and run.tone != tone:
            _end_line(made)
        tone = run.tone
        if run.picture:
            made.append(Run("", picture=run.picture, alt=run.alt))
        else:
            _add(made, _to_run(run))
    while made and not made[-1].picture:
        made[-1] = replace(made[-1], text=made[-1].text.rstrip(_FOLDS))
        if made[-1].text:
            break
        made.pop()
    return tuple(made)


def _to_run(run: phrases.Run) -> Run:
    shown = run.text
    return Run(_SPACE.sub(" ", shown), run.strong, run.emphasis, run.code, run.quiet, run.target)


def _add(made: list[Run], run: Run) -> None:
    """Add a run to those before it; space behind space is left out."""
    last = made[-1] if made else None
    before = " " if last is None else last.text
    text = run.text
    if text.startswith(" ") and before.endswith((" ", "\n")):
        text = text[1:]
    if not text:
        return
    if last is not None and not last.picture and replace(last, text="") == replace(run, text=""):
        made[-1] = replace(last, text=last.text + text)
    else:
        made.append(replace(run, text=text))


def _end_line(made: list[Run]) -> None:
    if made and not made[-1].picture:
        made[-1] = replace(made[-1], text=made[-1].text.rstrip(" "))
    _add(made, Run("\n"))
