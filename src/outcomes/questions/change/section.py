"""How many people changed reliably."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Cell, Column, Heading, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.change import words
from outcomes.questions.completion.words import say_penalty
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

CATEGORIES = {
    "recovered": "Recovered",
    "improved_only": "Improved, not recovered",
    "crossed": "Crossed, not reliably",
    "unchanged_only": "No reliable change",
    "deteriorated": "Worse",
    "improved": "Improved in all",
}
# Without norms nobody is told to have recovered or crossed: these are then everybody who improved, or did not change.
IN_ALL = {"improved_only": "improved", "unchanged_only": "unchanged"}
OVER_BOTH = {
    "recovery": "Recovery",
    "reliable_improvement": "Reliable improvement",
    "reliable_recovery": "Reliable recovery",
    "reliable_deterioration": "Reliable deterioration",
}
EXPLAINED = ("recovery", "reliable_improvement")  # one of cases alone, one of everybody: the others are alike
CUT_OFFS = ("a", "b", "c")  # of Jacobson and Truax
WIDTH = len(CATEGORIES) + 2  # and the names, and the people


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    said = words.say_shares(q)
    legend = Phrase(
        "Reliable change at the visit “{}”, per cent of those seen at the start and then; each person in one word. Not "
        "adjusted."
    ).format(q.visit(context.plan.primary))
    blocks = (
        Paragraph(said, "lead"),
        *context.figure("change", said.plain, legend),
        _tabulate(context),
        *_explain_penalties(context),
        *_count_over_both(context),
        meaning(
            "A person can change for many reasons; a reliable change is one that measurement error alone would seldom "
            "make. Those not seen at the visit are counted in the lines with their scores completed, and nowhere else "
            "here. A share of people improved throws information away: read the points first."
        ),
        *context.how(_list_explained(context)),
    )
    return Section("change", Phrase("Change per person"), blocks)


def _tabulate(context: Context) -> Table:
    q = context.quoter
    caption = Phrase(
        "People, and their share of those seen at the start and at the visit “{}”. Each person is in one of five "
        "words, as in the picture. Improved: by more than the error of measurement. Recovered: improved, and across "
        "the cut-off between the plan's norms. Crossed: across the cut-off without a reliable change. Improved in "
        "all: recovered or not; that is what is compared."
    ).format(q.visit(context.plan.primary))
    improved = [words.share_of(q, measure, "improved") for measure in context.plan.judged_measures]
    caption += context.say_rounding(share.but(arm=arm) for share in improved for arm in ARMS)
    rows = tuple(one for measure in context.plan.judged_measures for one in _list_rows(context, measure))
    return Table(caption, columns("Measure and programme", numbers=(*CATEGORIES.values(), "People")), rows)


def _list_rows(context: Context, measure: str) -> Iterator[Row]:
    q = context.quoter
    yield (Cell(_name_measure(context, measure), is_header=True, columns=WIDTH),)
    for arm in ARMS:
        categories = _list_categories(context, measure)
        shares = [words.share_of(q, measure, category).but(arm=arm) for category in categories]
        cells = (_count_and_share(context, share) for share in shares)
        people = q.part(words.share_of(q, measure, "improved").but(arm=arm), "n")
        yield row(q.arm(arm), *cells, people, is_inset=True)
    improved = words.share_of(q, measure, "improved")
    for what, head in (
        ("difference", "Improved, adjusted difference"),
        ("imputed_difference", "The same with those not seen completed"),
    ):
        compared = context.with_interval(improved.but(what=what))
        yield (*row(head, is_inset=True), Cell(compared, columns=WIDTH - 1))


def _list_categories(context: Context, measure: str) -> list[str]:
    """List the words in which people of a measure are counted: one for each column but the last."""
    described = context.plan.measures[measure]
    has_norms = described.clinical is not None and described.nonclinical is not None
    return [word if has_norms else IN_ALL.get(word, word) for word in CATEGORIES]


def _name_measure(context: Context, measure: str) -> Phrase:
    """Name a measure, with its smallest reliable change and its cut-offs."""
    q, name = context.quoter, context.quoter.measure(measure)
    threshold = Key("change", measure, context.plan.primary, "threshold")
    if not q.has(threshold):
        return name
    said = Phrase("reliable from {} points").format(q.result(threshold))
    cut_offs = {kind: threshold.but(what="cut_off", category=kind) for kind in CUT_OFFS}
    if q.has(cut_offs[context.plan.measures[measure].cut_off]):
        listed = Phrase(", ").join(Phrase("{} {}").format(kind, q.result(key)) for kind, key in cut_offs.items())
        chosen = q.plan(f"measures.{measure}.cut_off")
        said += Phrase("; cut-offs {}: the plan chose {}").format(listed, chosen)
    return Phrase("{} {}").format(name, said.toned("quiet"))


def _count_and_share(context: Context, share: Key, *, with_people: bool = False) -> Phrase:
    q = context.quoter
    if not q.has(share):
        return q.result(share)
    count = q.result(share.but(what="people"))
    if with_people:
        return Phrase("{} of {} ({})").format(count, q.part(share, "n"), q.result(share))
    return Phrase("{} ({})").format(count, q.result(share))


def _explain_penalties(context: Context) -> Iterator[Block]:
    """Say where Firth's likelihood was used."""
    q = context.quoter
    for measure in context.plan.judged_measures:
        if penalty := say_penalty(q, words.share_of(q, measure, "improved").but(what="difference")):
            yield Paragraph(Phrase("{}, improved: {}").format(q.measure(measure), penalty), "quiet")


def _count_over_both(context: Context) -> Iterator[Block]:
    """Count as NHS Talking Therapies does, where the plan has both of its scales."""
    q = context.quoter
    key = words.share_over_both(q, "")
    if not q.registry.where(analysis=key.analysis, subject=key.subject):
        return
    yield Heading(3, Phrase("As NHS Talking Therapies counts"))
    yield Paragraph(words.say_talking_therapies(q))
    rows = []
    for category, label in OVER_BOTH.items():
        share = key.but(category=category)
        cells = [_count_and_share(context, share.but(arm=arm), with_people=True) for arm in ARMS]
        rows.append(row(label, *cells, context.with_interval(share.but(what="difference"))))
    yield Table(
        Phrase(
            "Over both scales of that service. Recovery and reliable recovery leave out people who were no cases at "
            "the start; reliable improvement and deterioration do not, so each line has its own people."
        ),
        (*columns("What", numbers=map(q.arm, ARMS)), Column(Phrase("Adjusted difference"), "after")),
        tuple(rows),
    )


def _list_explained(context: Context) -> Iterator[Key]:
    q = context.quoter
    for measure in context.plan.judged_measures:
        improved = words.share_of(q, measure, "improved")
        yield improved.but(what="threshold", category="")
        yield improved.but(what="cut_off", category=context.plan.measures[measure].cut_off)
        yield improved.but(what="difference")
        yield improved.but(what="imputed_difference")
    yield from (words.share_over_both(q, category).but(arm="full") for category in EXPLAINED)
    yield from (words.share_over_both(q, category).but(what="difference") for category in EXPLAINED)
