"""The page of a pool, from the same blocks as the report of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.blocks.context import Context
from outcomes.blocks.model import (
    Definition,
    Definitions,
    Heading,
    ItemList,
    Paragraph,
    Section,
    Table,
    columns,
    meaning,
    row,
)
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import Quoter, wording
from outcomes.charts.address import to_address
from outcomes.pooling.figure import draw_forest
from outcomes.pooling.keys import POOL, alone, at, together, told, without
from outcomes.questions.verdict.words import say_in_full
from outcomes.render.html.numbers import render_numbers
from outcomes.render.html.page import Page
from outcomes.results.ways import verdict_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.blocks.model import Block, Row
    from outcomes.plan.model import Plan
    from outcomes.results.key import Key
    from outcomes.results.registry import Registry

SECTIONS = {
    "found": "What the clinics found together",
    "clinics": "How far the clinics differ",
    "others": "Completion, staying, events, and differences as they were shared",
    "appendix": "What was pooled, and how",
    "glossary": "Glossary",
    "numbers": "Every number",
}
ANSWERS = {
    "one_stage": "One stage: these clinics, one difference",
    "two_stage": "Two stages: clinics that differ, the mean of their differences",
    "random": "A difference that varies between clinics, in one model",
    "prediction": "What to expect in a clinic like these",
}
LEAD = (
    "Each clinic gave sums over groups of people; no row of anybody left any of them. From these sums the one-stage "
    "answer is what all rows together, folded alike, would give."
)
WHICH = (
    "The one-stage answer is about these clinics. That of two stages, whose interval a verdict must stand in as well, "
    "is about clinics like these, which may differ; with few clinics it is wide, and should be."
)
NOT_RANDOM = (
    "Where chance did not decide who was in which programme, part of any difference may come from differences between "
    "the people that no clinic recorded; pooling does not mend that."
)
OTHERS = (
    "Pooled from what each clinic's edition to share tells, which is rounded to protect people. Beside each stands "
    "what the rounding can have done."
)
MORE = (
    "More clinics like these, with the mean and the spread between them as they are, after which the interval of two "
    "stages would lie on one side of zero or exclude a worthwhile difference: {}."
)
FOLDED = (
    "Within each clinic groups of fewer people than the threshold were folded: single scores were left out until a "
    "person was in a large enough group. So a clinic's people here can be fewer than in its own report."
)


def make_page(registry: Registry, plan: Plan, manifest: Mapping[str, Any]) -> Page:
    """Put the page of a pool together.

    Parameters
    ----------
    registry : Registry
        With the texts of its records.
    plan : Plan
        The agreed part.
    manifest : mapping
        What the run says of itself.
    """
    clinics = manifest["clinics"]
    drawn = {
        f"pool-{measure}": svg
        for measure in plan.measures
        if (svg := draw_forest(registry, plan, clinics, measure)) is not None
    }
    context = Context(Quoter(registry, plan, manifest), plan, "internal", manifest, frozenset(drawn))
    parts = (_found(context), _clinics(context), *_others(context), _appendix(context))
    present = {part.name for part in parts} | {"glossary", "numbers"}
    return Page(
        title=plan.title,
        header=_make_header(context),
        parts=parts,
        contents={name: title for name, title in SECTIONS.items() if name in present and name != "found"},
        numbers=render_numbers(context.quoter, [file["name"] for file in manifest["files"]]),
        run=context.quoter.manifest("run"),
        addresses={name: to_address(svg) for name, svg in drawn.items()},
        pictures=drawn,
        has_long_words=False,
    )


def _make_header(context: Context) -> tuple[Block, ...]:
    q = context.quoter
    kicker = Phrase("{} · {} clinics together · run {}").format(
        q.plan("title"), q.manifest("n_clinics"), q.manifest("run")
    )
    heading = Phrase("{}, or {}?").format(q.arm("full"), q.arm("skills"))
    names = Phrase(", ").join([_name(context, place) for place in range(len(context.manifest["clinics"]))])
    return (Paragraph(kicker, "kicker"), Heading(1, heading), Paragraph(names + ".", "who"))


def _name(context: Context, place: int) -> Phrase:
    return context.quoter.manifest(f"clinics.{place}")


def _found(context: Context) -> Section:
    blocks: list[Block] = [Paragraph(Phrase(LEAD), "lead")]
    for measure in context.plan.measures:
        blocks += _tell_measure(context, measure)
    blocks += [Paragraph(Phrase(WHICH)), meaning(NOT_RANDOM)]
    return Section("found", Phrase(SECTIONS["found"]), tuple(blocks), title_name="found-title")


def _tell_measure(context: Context, measure: str) -> Iterator[Block]:
    q, plan = context.quoter, context.plan
    main = at(measure, plan.primary, "one_stage")
    yield Heading(3, Phrase("{}, {}").format(q.measure(measure), q.visit(plan.primary)), f"found-{measure}")
    said = say_in_full(q, verdict_of(measure, plan.primary), main)
    told_ = Phrase("{}: {}.").format(q.arm("full"), context.with_interval(main)) if q.has(main) else _why(q, main)
    yield Paragraph(Phrase("{} {}").format(told_, said) if said else told_)
    yield Table(
        Phrase("Three answers to the same question, full programme minus skills group only."),
        columns("Answer", numbers=("Difference", "Interval", "p", "People")),
        tuple(_answer(q, at(measure, plan.primary, what), text) for what, text in ANSWERS.items()),
    )
    yield from _tell_gain(context, measure)
    yield from context.how([main, at(measure, plan.primary, "two_stage"), at(measure, plan.primary, "random")])


def _why(q: Quoter, key: Key) -> Phrase:
    return Phrase("There is no pooled answer: {}").format(q.field(key, "reason"))


def _answer(q: Quoter, key: Key, text: str) -> Row:
    is_expected = key.what == "prediction"
    return row(
        text,
        Phrase("") if is_expected else q.result(key),
        q.interval(key),
        Phrase("") if is_expected else q.part(key, "p_value"),
        q.part(key, "n"),
    )


def _tell_gain(context: Context, measure: str) -> Iterator[Block]:
    q, primary = context.quoter, context.plan.primary
    narrower, more = (at(measure, primary, what) for what in ("narrower", "more_clinics"))
    if q.has(narrower):
        yield Paragraph(
            Phrase("The narrowest interval of a clinic alone is {} times as wide as the pooled one.").format(
                q.result(narrower)
            )
        )
    if q.has(more):
        yield Paragraph(Phrase(MORE).format(q.result(more)))
    else:
        yield Paragraph(Phrase("How many more clinics would settle it: {}").format(q.field(more, "reason")))


def _clinics(context: Context) -> Section:
    q, plan = context.quoter, context.plan
    blocks: list[Block] = []
    for measure in plan.measures:
        blocks.append(Heading(3, q.measure(measure), f"clinics-{measure}"))
        alt = Phrase("Differences of the clinics and the pooled answers; the table below holds the numbers.")
        legend = Phrase(
            "Squares: each clinic alone. Diamonds: all together. The broad line: what to expect in a clinic like "
            "these. The broken line: the worthwhile difference. To the right favours {}."
        ).format(q.arm("full"))
        blocks += context.figure(f"pool-{measure}", alt.plain, legend)
        blocks.append(_tabulate_clinics(context, measure))
        blocks.append(_say_spread(q, measure, plan.primary))
    return Section("clinics", Phrase(SECTIONS["clinics"]), tuple(blocks))


def _tabulate_clinics(context: Context, measure: str) -> Table:
    q, primary = context.quoter, context.plan.primary
    rows = []
    for place, clinic in enumerate(context.manifest["clinics"]):
        own, rest = alone(measure, primary, clinic), without(measure, primary, clinic)
        cells = (q.result(own), q.interval(own), q.part(own, "n_full"), q.part(own, "n_skills"))
        rows.append(row(_name(context, place), *cells, q.result(rest), q.interval(rest)))
    heads = ("Alone", "Interval", "Full", "Skills", "All but it", "Interval")
    return Table(
        Phrase("Each clinic alone, and the one-stage answer of all others."),
        columns("Clinic", numbers=heads),
        tuple(rows),
    )


def _say_spread(q: Quoter, measure: str, visit: str) -> Paragraph:
    i2, tau2, cochran = (at(measure, visit, what) for what in ("i2", "tau2", "q"))
    if not q.has(i2):
        return Paragraph(Phrase("How far the clinics differ cannot be told: {}").format(q.field(i2, "reason")))
    return Paragraph(
        Phrase(
            "Of the spread between the clinics' differences {} is more than chance explains (variance between clinics "
            "{}, interval {}; test of no variance, p {}). With few clinics this is hardly known."
        ).format(q.result(i2), q.result(tau2), q.interval(tau2), q.part(cochran, "p_value"))
    )


def _others(context: Context) -> tuple[Section, ...]:
    q = context.quoter
    subjects = sorted({one.key.subject for one in q.registry.where(analysis=POOL, what="two_stage") if one.key.subject})
    if not subjects:
        return ()
    blocks: list[Block] = [Paragraph(Phrase(OTHERS), "lead")]
    for subject in subjects:
        blocks += _tell_other(context, subject)
    return (Section("others", Phrase(SECTIONS["others"]), tuple(blocks)),)


def _tell_other(context: Context, subject: str) -> Iterator[Block]:
    q, pooled = context.quoter, together(subject, "two_stage")
    rows = []
    for place, clinic in enumerate(context.manifest["clinics"]):
        one = told(subject, clinic)
        if q.get(one) is not None:
            rows.append(row(_name(context, place), q.result(one), q.interval(one), q.part(one, "n")))
    rows.append(row("Together", q.result(pooled), q.interval(pooled), q.part(pooled, "n")))
    expected = together(subject, "prediction")
    if q.has(expected):
        rows.append(row(ANSWERS["prediction"], Phrase(""), q.interval(expected), Phrase("")))
    yield Table(q.field(pooled, "label") + ".", columns("Clinic", numbers=("Value", "Interval", "People")), tuple(rows))
    widened, moved = together(subject, "widened"), together(subject, "moved")
    if q.has(widened):
        yield Paragraph(
            Phrase(
                "Rounding makes this interval about {} times as wide, and can have moved the value by at most {} of "
                "its standard errors."
            ).format(q.result(widened), q.result(moved))
        )


def _appendix(context: Context) -> Section:
    q = context.quoter
    facts = {
        "Agreement": Phrase("{}, digest {}").format(q.manifest("name"), q.manifest("pool").code()),
        "Primary visit": q.visit(context.plan.primary),
        "Adjusted for": Phrase(", ").join(["the score at the start by visit", *context.plan.adjust.covariates]),
        "Fewest people of a sum": q.manifest("threshold"),
        "Confidence level": q.percent("confidence.level"),
    }
    files = context.manifest["files"]
    rows = [
        row(q.manifest(f"files.{place}.name"), q.manifest(f"files.{place}.sha256").code())
        for place in range(len(files))
    ]
    software = [
        Phrase("{} {}").format(wording(name), q.manifest(f"software.{name}")) for name in context.manifest["software"]
    ]
    merged = [
        Phrase("{}: {}").format(_name(context, place), q.manifest(f"merged.{place}"))
        for place, listed in enumerate(context.manifest["merged"])
        if listed
    ]
    blocks: list[Block] = [
        Definitions(tuple(Definition(Phrase(what), said) for what, said in facts.items()), "facts"),
        Paragraph(Phrase(FOLDED)),
    ]
    if merged:
        blocks += [
            Paragraph(Phrase("Levels that count as the first level of their covariate, by clinic:")),
            ItemList(tuple(merged)),
        ]
    blocks += [
        Table(Phrase("Files that were pooled."), columns("File", "Digest"), tuple(rows), "files"),
        Paragraph(Phrase("Computed with {}.").format(Phrase(", ").join(software))),
        Paragraph(
            Phrase("To check this: {} with the folder of the run. Each clinic makes its file again with {}.").format(
                Phrase("outcomes verify").code(), Phrase("outcomes pool contribute --again").code()
            )
        ),
    ]
    return Section("appendix", Phrase(SECTIONS["appendix"]), tuple(blocks))
