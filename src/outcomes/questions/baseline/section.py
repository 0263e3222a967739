"""Who was compared, as they were at the start: a part of the section about who was compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.columns import name_column
from outcomes.blocks.model import Heading, Paragraph, Table, columns, meaning, row
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.balance.words import say_alike
from outcomes.questions.baseline import words
from outcomes.questions.flow.words import started
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row

LEGEND = (
    "How far apart the people were at the start, in standard deviations. Circles: numbers, to the side of the "
    "programme where they are higher; squares: kinds, the size alone. Shaded: less than a tenth."
)
CAPTION = (
    "At the start. Mean (standard deviation), or share, of those recorded; of how many of those who started it is "
    "recorded stands beside it, {} first. The last column is the difference in "
    "standard deviations; no p-values, since the question is how alike the people were, not whether chance made them "
    "so."
)

KNOWN, DIFFERENCE = "Recorded for", "Difference in standard deviations"

BY_CHANCE = (
    "Chance decided who was in which programme, so differences at the start are chance as well. What the table holds "
    "is allowed for where it is named under “Summary”."
)
NOT_BY_CHANCE = (
    "The people were not allocated at random, so those in one programme may have begun better or worse. What the table "
    "holds is allowed for where it is named under “Summary”; what it does not hold cannot be."
)


def list_blocks(context: Context) -> Iterator[Block]:
    """Give the blocks."""
    q = context.quoter
    said = say_alike(q)
    alt = f"{said.plain} {words.picture_differences(q)}"
    yield Heading(3, Phrase("How alike the people were at the start"))
    yield Paragraph(said)
    yield from context.figure("baseline", alt, LEGEND)
    yield tabulate(context, Phrase(CAPTION).format(q.arm("full")), context.plan.measures, KNOWN)
    yield meaning(BY_CHANCE if context.plan.allocation == "random" else NOT_BY_CHANCE)
    first = Key("baseline", subject=context.plan.primary_measures[0])
    yield from context.how((first.but(what="mean", arm="full"), first.but(what="smd")))


def tabulate(context: Context, caption: Phrase, measures: Iterable[str], known: str = "") -> Table:
    """Tabulate the plan's covariates, then measures at the start, in both arms.

    Parameters
    ----------
    context : Context
    caption : Phrase
    measures : iterable of str
    known : str
        Head of a column of how many it is recorded for; without it there is no such column.
    """
    heads = (*((known,) if known else ()), *map(context.quoter.arm, ARMS), DIFFERENCE)
    rows = _list_rows(context, measures)
    if not known:
        rows = ((heading, *cells) for heading, _, *cells in rows)
    return Table(caption, columns("Characteristic", numbers=heads), tuple(rows))


def _list_rows(context: Context, measures: Iterable[str]) -> Iterator[Row]:
    """Give rows of how many it is recorded for, of both arms and of their difference."""
    q = context.quoter
    for name, word in context.plan.covariate_words.items():
        key = Key("baseline", subject=word)
        if words.is_number(q.registry, key):
            yield _number_row(context, key, name_column(name).capitalised())
        else:
            yield from _level_rows(context, key, name_column(name).capitalised())
    for measure in measures:
        heading, key = Phrase("{} at the start").format(q.measure(measure)), Key("baseline", subject=measure)
        if context.plan.measures[measure].kind == "yes_no":
            yield from _level_rows(context, key, heading)
        elif context.plan.measures[measure].kind == "count":
            rate = Key("counts", measure, context.plan.baseline, "rate")
            yield row(heading, "", *(q.result(rate.but(arm=arm)) for arm in ARMS), q.result(key.but(what="smd")))
        else:
            yield _number_row(context, key, heading)


def _number_row(context: Context, key: Key, heading: Phrase) -> Row:
    cells = (_mean_and_sd(context, key.but(arm=arm)) for arm in ARMS)
    known = _count_known(context, [key.but(what="mean", arm=arm) for arm in ARMS])
    return row(heading, known, *cells, context.quoter.result(key.but(what="smd")))


def _count_known(context: Context, results: Sequence[Key]) -> Phrase:
    """Say of how many of those who started something is recorded, by what was made of these, in both arms."""
    q = context.quoter
    if not any(map(q.has, results)):
        return q.result(results[0])
    known = [
        Phrase("{} of {}").format(q.part(result, "n"), q.result(started(arm))) if q.has(result) else q.result(result)
        for result, arm in zip(results, ARMS, strict=True)
    ]
    return Phrase("{} and {}").format(*known)


def _mean_and_sd(context: Context, key: Key) -> Phrase:
    q, mean = context.quoter, key.but(what="mean")
    if not q.has(mean):
        return q.result(mean)
    return Phrase("{} ({})").format(q.result(mean), q.result(key.but(what="sd")))


def _level_rows(context: Context, key: Key, heading: Phrase) -> Iterator[Row]:
    """Give a row for the covariate as a whole, and one for each of its levels."""
    q, share = context.quoter, key.but(what="share")
    shares = q.registry.where(analysis=key.analysis, subject=key.subject, what=share.what)
    levels = {outcome.key.category: outcome.named for outcome in shares}
    told = [
        next((one for one in (share.but(category=word, arm=arm) for word in levels) if q.has(one)), share.but(arm=arm))
        for arm in ARMS
    ]
    yield row(heading, _count_known(context, told), *("" for _ in ARMS), q.result(key.but(what="smd")))
    for category, level in levels.items():
        cells = (q.result(share.but(category=category, arm=arm)) for arm in ARMS)
        yield row(name_column(level).capitalised(), "", *cells, "", is_inset=True)
