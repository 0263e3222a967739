"""The clinic's part of a report: whose it is, and its own words, which are shown as its own and never as a result."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.blocks.model import Box, Figure, Paragraph
from outcomes.blocks.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Section
    from outcomes.plan.clinic import Words

LOGO = "logo"  # the name of its picture
OWN = "own"  # the look of a box of its words
NOT_OURS = "Numbers in these words are not from this report."


def head_clinic(context: Context) -> tuple[Block, ...]:
    """Say whose report it is, who prepared it and when; nothing where the plan does not say."""
    q, clinic = context.quoter, context.plan.report
    said = [q.plan("report.name")] if clinic.name else []
    said += [Phrase("prepared by {}").format(q.plan("report.prepared_by"))] if clinic.prepared_by else []
    said += [q.plan("report.date")] if clinic.date else []
    logo = (Figure(LOGO, f"Logo of {clinic.name or 'the clinic'}", Phrase()),) if context.manifest.get(LOGO) else ()
    line = (Paragraph(Phrase(" · ").join(said).capitalised(), "kicker clinic"),) if said else ()
    return (*logo, *line)


def add_words(context: Context, sections: Iterable[Section], taken: set[str]) -> Iterator[Section]:
    """Put the clinic's words at the end of the sections that they belong to.

    Parameters
    ----------
    context : Context
    sections : iterable of Section
        Of one document.
    taken : set of str
        Sections whose words stand in a document before it; those of this one are added.
    """
    named = dict(_list_words(context))
    for section in sections:
        own = [place for place, words in named.items() if words.section == section.name]
        if own and section.name not in taken:
            taken.add(section.name)
            yield replace(section, blocks=(*section.blocks, say_own(context, own)))
        else:
            yield section


def list_for_items(context: Context) -> dict[str, list[int]]:
    """Give the places of the clinic's words in the plan by the item of a checklist that they are for."""
    found: dict[str, list[int]] = {}
    for place, words in _list_words(context):
        if words.item is not None:
            found.setdefault(fold_item(words.item), []).append(place)
    return found


def fold_item(item: str) -> str:
    """Write the name of an item as names are compared: in any case, with any space."""
    return " ".join(item.casefold().split())


def say_own(context: Context, places: Iterable[int]) -> Box:
    """Show words of the clinic, by their places in the plan, as its own."""
    q = context.quoter
    whose = q.plan("report.name") if context.plan.report.name else Phrase("The clinic")
    title = Phrase("{}, in its own words.").format(whose).strong() + " " + Phrase(NOT_OURS).toned("quiet")
    return Box(OWN, (Paragraph(title), *(Paragraph(q.plan(f"report.words.{place}.text")) for place in places)))


def _list_words(context: Context) -> Iterator[tuple[int, Words]]:
    """Give the words of this edition, each with its place in the plan."""
    for place, words in enumerate(context.plan.report.words):
        if words.is_in(context.edition):
            yield place, words
