"""How many more people it would take, and whether the difference is shown to be small."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Heading, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.precision import words
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

NUISANCE = {
    "icc_group": "Groups, intraclass correlation",
    "icc_therapist": "Therapists, intraclass correlation",
    "baseline_correlation": "Correlation with the start",
    "arm_explained": "Programme told",
}
PLANNED = ("detectable", "clients_needed", "clients_needed_equivalence", "equivalence")


def make_section(context: Context) -> Section:
    """Make the section."""
    q, plan = context.quoter, context.plan
    lead = words.lead_precision(q)
    how = [key for measure in plan.primary_scored for key in _list_keys(measure, plan.primary)]
    blocks: tuple[Block, ...] = (
        Paragraph(lead, "lead"),
        *context.figure("precision", lead.plain, _explain_curve(context)),
        tabulate_plans(context),
        _tabulate_nuisance(context),
        *map(Paragraph, words.say_assumed(q)),
        Heading(3, Phrase("Is the difference shown to be small?")),
        _tabulate_equivalence(context),
        *(Paragraph(words.say_equivalence(q, measure)) for measure in plan.primary_scored),
        meaning(
            "The plans hold if all else stays as now: as many people in an arm, a group, a caseload, as many not seen. "
            "Groups and therapists have to grow in number with the people; more people with the same few therapists "
            "help less. How alike people of a group or a therapist are is known poorly from so few of them, so treat "
            "the numbers as a rough size. More people make chance smaller; they do not make those in the two "
            "programmes more alike."
        ),
        *context.how(how),
    )
    return Section("precision", Phrase("How many more people"), blocks)


def _list_keys(measure: str, visit: str) -> Iterator[Key]:
    """Give the keys of the plans on a measure, and of the nuisance parameters that they rest on."""
    yield from (Key("precision", measure, visit, what) for what in PLANNED)
    yield from (Key("precision", measure, what=what) for what in NUISANCE)


def _explain_curve(context: Context) -> Phrase:
    said = Phrase(
        "People who would have to start, by the difference to be seen with a power of {}. The dot is this study: those "
        "who started, and the difference that they would have shown."
    ).format(context.quoter.percent("precision.power"))
    return said + context.name_worthwhile(context.plan.primary_scored)


def tabulate_plans(context: Context) -> Table:
    """Tabulate the people that it takes on each measure."""
    q, plan = context.quoter, context.plan
    caption = Phrase(
        "Planned for the visit “{}”: power {}, {} intervals. People are those who start, in the arms as now."
    )
    heads = (
        *("This study would have seen", "Worthwhile", "People to see the worthwhile difference"),
        "People to show that there is none as large",
    )

    def make(measure: str) -> Row:
        key = Key("precision", measure, plan.primary)
        detectable = key.but(what="detectable")
        seen = q.result(detectable) + " points" if q.has(detectable) else q.result(detectable)
        needed = (q.result(key.but(what=what)) for what in ("clients_needed", "clients_needed_equivalence"))
        return row(q.measure(measure), seen, _quote_worthwhile(context, measure), *needed)

    quoted = (q.visit(plan.primary), q.percent("precision.power"), q.percent("confidence.level"))
    return Table(caption.format(*quoted), columns("Measure", numbers=heads), tuple(map(make, plan.primary_scored)))


def _quote_worthwhile(context: Context, measure: str) -> Phrase:
    if context.plan.measures[measure].worthwhile is None:
        return Phrase("not stated")
    return context.quoter.plan(f"measures.{measure}.worthwhile")


def _tabulate_nuisance(context: Context) -> Table:
    """Tabulate the nuisance parameters that the plans rest on."""
    q = context.quoter

    def make(measure: str) -> Row:
        key = Key("precision", measure)
        values = (q.result(key.but(what=what)) for what in NUISANCE)
        lost = (q.result(key.but(what="dropout", arm=arm)) for arm in ARMS)
        return row(q.measure(measure), *values, *lost)

    lost = (Phrase("Not seen at both, {}").format(q.arm(arm)) for arm in ARMS)
    return Table(
        Phrase(
            "What these plans are made of, as the data have it: how alike people of the same group or therapist are, "
            "the correlation with the start, how far what is adjusted for tells the programme, and how many "
            "were not seen both at the start and at the visit."
        ),
        columns("Measure", numbers=(*NUISANCE.values(), *lost)),
        tuple(map(make, context.plan.primary_scored)),
    )


def _tabulate_equivalence(context: Context) -> Table:
    q, plan = context.quoter, context.plan

    def make(measure: str) -> Row:
        key = Key("precision", measure, plan.primary, "equivalence")
        numbers = (_quote_worthwhile(context, measure), q.part(key, "p_value"))
        return row(q.measure(measure), q.result(key), q.interval(key), *numbers)

    return Table(
        Phrase(
            "The main difference at the visit “{}” against the worthwhile one, by two one-sided tests. Its interval "
            "leaves on each side what the {} interval leaves on both."
        ).format(q.visit(plan.primary), q.percent("confidence.level")),
        columns("Measure", "Difference", "Interval", numbers=("Worthwhile", "p, that it lies within")),
        tuple(map(make, plan.primary_scored)),
    )
