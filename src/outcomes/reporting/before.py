"""Against an earlier run: its main results beside these, where both keep the same rules, and what changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.blocks.model import TEXTS, Heading, ItemList, Paragraph, Section, Table, columns, meaning, row
from outcomes.blocks.path import join_path
from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.questions.flow.words import ADJUSTED, started
from outcomes.questions.outcomes.words import main_result
from outcomes.questions.verdict.words import key_of, name_measure, say_in_short
from outcomes.results.ways import VERDICT_ON_COMPLETION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block, Row
    from outcomes.results.key import Key

BEFORE = "before"
TITLE = "Against the earlier report"
PEOPLE, COMPLETED = "people", "completed"
LEAD = (
    "What the earlier report found, as it was printed there, beside what this one finds. Both hold the same measures "
    "to the same rules, unless a row says otherwise."
)
MEANING = (
    "Two reports of one service share most of their people. A result that moved a little is not a change of the "
    "programmes: no interval here is one of the difference between the two reports."
)
NOTHING_CHANGED = "Plan, data and code are those of the earlier report."


def list_sections(context: Context) -> Iterator[Section]:
    """Make the section, where there is an earlier run."""
    if BEFORE not in context.manifest:
        return
    kept = context.manifest[BEFORE][context.edition]
    blocks: list[Block] = [Paragraph(_lead(context), "lead")]
    if kept["withheld"]:
        withheld = context.quoter.manifest(join_path(BEFORE, context.edition, "withheld"))
        blocks.append(Paragraph(Phrase("Its results are not set beside these: {}.").format(withheld)))
    else:
        heads = columns("What", "Earlier", "Now")
        rows = tuple(_make_row(context, place, one) for place, one in enumerate(kept["rows"]))
        blocks += [
            Table(Phrase("Main results of both reports, with intervals in brackets."), heads, rows, TEXTS),
            meaning(MEANING),
        ]
    yield Section(BEFORE, Phrase(TITLE), (*blocks, *_list_causes(context, kept["causes"])))


def _lead(context: Context) -> Phrase:
    """Say which run it is; the edition to share tells no name and no time."""
    if context.is_shared:
        return Phrase(LEAD)
    q = context.quoter
    day, _, _ = context.manifest[BEFORE]["created"].partition("T")
    run, schema = (q.manifest(join_path(BEFORE, name)) for name in ("run", "schema"))
    return Phrase("{} Earlier run: {}, of {}, schema {}.").format(
        LEAD, run, q.manifest(join_path(BEFORE, "created"), day), schema
    )


def _make_row(context: Context, place: int, kept: Mapping[str, Any]) -> Row:
    """Put what was printed then beside what is found now."""
    q, what = context.quoter, kept["what"]
    path = join_path(BEFORE, context.edition, "rows", place)
    if what == PEOPLE:
        then = (q.manifest(join_path(path, "counts", at)) for at in range(len(ARMS)))
        both = Phrase("{} and {}")
        return row("People who started", both.format(*then), both.format(*(q.result(started(arm)) for arm in ARMS)))
    result, verdict = _find(context, what)
    now = context.with_interval(result, "quiet") + " " + say_in_short(q, verdict).toned("reading line")
    name = Phrase("Completed") if what == COMPLETED else name_measure(q, what)
    return row(name, _say_then(context, path, kept), now)


def _find(context: Context, what: str) -> tuple[Key, Key]:
    if what == COMPLETED:
        return ADJUSTED, VERDICT_ON_COMPLETION
    return main_result(context.quoter, what), key_of(context.quoter, what)


def _say_then(context: Context, path: str, kept: Mapping[str, Any]) -> Phrase:
    """Say what was found, or by which keys of the plan the rules were others."""
    q = context.quoter
    if kept["rules"]:
        others = Phrase(", ").join(q.manifest(join_path(path, "rules", at)).code() for at in range(len(kept["rules"])))
        return Phrase("by other rules, so not set beside: {}").format(others)
    if not kept["difference"]:
        return Phrase("not shown")
    said = q.manifest(join_path(path, "difference"))
    if kept["interval"]:
        said += " " + Phrase("({})").format(q.manifest(join_path(path, "interval"))).toned("quiet")
    return said + " " + q.manifest(join_path(path, "reading")).toned("reading line") if kept["reading"] else said


def _list_causes(context: Context, causes: list[str]) -> Iterator[Block]:
    """Say what of plan, data and code is another."""
    yield Heading(3, Phrase("What changed since"))
    if not causes:
        yield Paragraph(Phrase(NOTHING_CHANGED))
        return
    path = join_path(BEFORE, context.edition, "causes")
    yield ItemList(tuple(context.quoter.manifest(join_path(path, at)) for at in range(len(causes))))
