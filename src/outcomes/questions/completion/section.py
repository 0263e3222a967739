"""Who completes, and how long people stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.model import Paragraph, Section, Table, columns, meaning
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.pointers import to_verdict
from outcomes.plan.model import ARMS
from outcomes.questions.completion import words
from outcomes.questions.completion.words import DIFFERENCE, of_stream
from outcomes.questions.flow.words import EITHER_WAY, count_not_recorded
from outcomes.results.key import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.context import Context
    from outcomes.blocks.model import Block

STREAMS = ("group_stream", "any_stream")
ADJUSTED = {
    what: DIFFERENCE.but(what=what)
    for what in ("difference", "ratio", "ratio_not_completed", "odds_ratio", "number_needed")
}
SHARES = tuple(Key("completion", what="share", arm=arm) for arm in ARMS)
CRUDE = tuple(Key("completion", what=what, category="crude") for what in ("difference", "ratio"))
NUMBER_NEEDED = ADJUSTED["number_needed"]
MAIN = (DIFFERENCE, NUMBER_NEEDED)
OTHERS = (*CRUDE, ADJUSTED["ratio"], ADJUSTED["ratio_not_completed"], ADJUSTED["odds_ratio"])
OF_STREAMS = tuple(
    key for stream in STREAMS for key in (*(share.but(subject=stream) for share in SHARES), of_stream(stream))
)
HOW = (
    *(SHARES[0], CRUDE[0], DIFFERENCE, ADJUSTED["odds_ratio"], NUMBER_NEEDED, *map(of_stream, STREAMS)),
    Key("attendance", what="attended", subject="group", arm="full"),
)


def make_section(context: Context) -> Section:
    """Make the section."""
    q = context.quoter
    said = words.say_completion(q)
    blocks = (
        Paragraph(said, "lead"),
        *context.figure(
            "completion", said.plain, "Share who completed, of those recorded, with its interval; not adjusted."
        ),
        _tabulate(context),
        *_remark(context),
        Paragraph(words.say_streams(q)),
        _tabulate_others(context),
        *context.figure("attendance", words.picture_attendance(q), _explain_attendance(context)),
        meaning(
            Phrase(
                "Completing is a result of the programme and of the person. Where a rule on attendance of all sessions "
                "decides, {} may have two kinds of session in which to miss some in a row, and {} one: the group alone "
                "is the comparison like for like."
            ).format(q.arm("full"), q.arm("skills"))
        ),
        *context.how(HOW),
    )
    return Section("completion", Phrase("Completion"), blocks)


def _tabulate(context: Context) -> Table:
    """Tabulate the shares and the difference that the verdict rests on."""
    q = context.quoter
    caption = Phrase(
        "Completion: {} compared with {}, {} intervals. People: those of whom it is recorded, or everybody who started "
        "where it says what the others did; the adjusted difference, on which the answer rests, needs what is adjusted "
        "for as well."
    )
    either = [key.but(arm=arm) for arm in ARMS if count_not_recorded(q, arm) for key in EITHER_WAY]
    return Table(
        caption.format(q.arm("full"), q.arm("skills"), q.percent("confidence.level")) + context.say_rounding(SHARES),
        columns("What", "Value", "Interval", numbers=("p", "People")),
        tuple(map(context.result_row, (*SHARES, *filter(q.has, either), *MAIN))),
    )


def _tabulate_others(context: Context) -> Table:
    """Tabulate what else compares completion, each as what it is."""
    q = context.quoter
    has_streams = any(q.registry.where(analysis="completion", subject=stream) for stream in STREAMS)
    results = (*OTHERS, *(OF_STREAMS if has_streams else ()))
    caption = Phrase(
        "Other numbers about completion, each named as what it is: none of them is the answer of this report, which "
        "stands under {}. {} intervals."
    )
    return Table(
        caption.format(to_verdict(), q.percent("confidence.level")),
        columns("What", "Value", "Interval", numbers=("p", "People")),
        tuple(context.result_row(result, _say_lack(context, result)) for result in results),
    )


def _say_lack(context: Context, result: Key) -> str:
    """Say of an estimate what the main one allows for and this one does not."""
    found, main = (getattr(context.quoter.get(one), "how", None) for one in (result, DIFFERENCE))
    if found is None or main is None or result.what == "share":
        return ""
    lacks = (
        ("not adjusted", bool(main.adjusted) and not found.adjusted),
        (
            "shared groups not allowed for",
            found.groups_not_allowed_for or (bool(main.clusters) and not found.clusters),
        ),
    )
    return "; ".join(words for words, is_so in lacks if is_so)


def _remark(context: Context) -> Iterator[Block]:
    """Say why there is no number of people for one completer more, and which likelihood was used."""
    q = context.quoter
    if q.get(NUMBER_NEEDED) is not None and not q.has(NUMBER_NEEDED):
        why = q.field(NUMBER_NEEDED, "reason")
        yield Paragraph(Phrase("How many people for one completer more: {}").format(why), "quiet")
    if penalty := words.say_penalty(q, DIFFERENCE):
        yield Paragraph(penalty, "quiet")


def _explain_attendance(context: Context) -> Phrase:
    q = context.quoter
    legend = Phrase(
        "Of the people to whom a session was on offer in a week, the share who came, with {} intervals as shades; "
        "people who have left are no longer offered any. Filled circles, solid line: {}; open diamonds, dashed line: "
        "{}."
    ).format(q.percent("confidence.level"), q.arm("full"), q.arm("skills"))
    if context.is_shared:
        return legend + " Weeks that stand for too few people on one side or the other are left out."
    return legend
