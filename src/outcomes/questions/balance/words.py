"""How alike the people were, and whether they can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.columns import name_column
from outcomes.blocks.phrase import Phrase
from outcomes.blocks.reading import COMPARABLE
from outcomes.blocks.refusals import is_apart, say_absent
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

COMPARED, ALIKE, ALIKE_WEIGHTED = (Key("balance", what=what) for what in ("compared", "alike", "alike_weighted"))
OVERLAP = Key("balance", what="overlap")
EFFECTIVE, LEFT_OUT = (Key("weighting", what=what) for what in ("effective_n", "left_out"))


class Compared(NamedTuple):
    """A characteristic with the keys of its differences before and after weighting."""

    heading: Phrase
    before: Key
    after: Key


def say_apart(quoter: Quoter) -> Phrase:
    """Say why the people cannot be compared: the reason is the first note of the verdict."""
    outcome = quoter.get(COMPARABLE)
    notes = outcome.notes if isinstance(outcome, Estimate) else ()
    return quoter.field(COMPARABLE, "notes", notes[0]) if notes else Phrase("")


def say_balance(quoter: Quoter) -> Phrase:
    """Say how alike the people were before and after weighting, and what the weights cost."""
    if is_apart(quoter):
        return say_apart(quoter)
    outcome = quoter.get(COMPARABLE)
    alike = say_alike(quoter)
    if not isinstance(outcome, Estimate):
        why = quoter.field(COMPARABLE, "reason") if isinstance(outcome, NotEstimable) else Phrase("")
        return Phrase("{} Whether weights could make the people alike cannot be judged. {}").format(alike, why)
    return Phrase("{} {} {}").format(alike, _say_information(quoter), _say_left_out(quoter))


def say_alike(quoter: Quoter) -> Phrase:
    """Say on how many characteristics the people were alike."""
    if quoter.get(COMPARED) is None and quoter.rounds_to:
        return Phrase("How alike the people were at the start is not shown in this edition.")
    if not quoter.has(COMPARED):
        return Phrase("Nothing recorded at the start can be compared.")
    others = _list_not_compared(quoter)
    start = Phrase("At the start the people were alike on {} of {} recorded characteristics").format(
        quoter.result(ALIKE), quoter.result(COMPARED)
    ) + (" that can be compared" if others else "")
    if quoter.has(ALIKE_WEIGHTED):
        start += Phrase(", and on {} after weighting").format(quoter.result(ALIKE_WEIGHTED))
    return Phrase(" ").join([start + ".", *others])


def _list_not_compared(quoter: Quoter) -> list[Phrase]:
    """Say of each characteristic that cannot be compared why: it is not among those that are alike, nor the others."""
    return [
        Phrase("Not among them is {}: {}").format(heading, quoter.field(before, "reason"))
        for heading, before in _list_before(quoter)
        if isinstance(quoter.get(before), NotEstimable)
    ]


def picture_love(quoter: Quoter) -> str:
    """Say what the picture of the differences before and after shows."""
    compared, before, after = (
        outcome.value if isinstance(outcome := quoter.get(key), Estimate) else None
        for key in (COMPARED, ALIKE, ALIKE_WEIGHTED)
    )
    words = {None: "not known for", compared: "less than a tenth of a standard deviation for"}
    return (
        "Differences between the programmes at the start: before weighting "
        f"{words.get(before, 'a tenth of a standard deviation or more for some of')} the characteristics; after "
        f"weighting {words.get(after, 'still as much for some of')} them. The table below holds the numbers."
    )


def _say_information(quoter: Quoter) -> Phrase:
    if not quoter.has(EFFECTIVE):
        return Phrase("")
    return Phrase("The weighted data carry as much information as {} of {} people.").format(
        quoter.result(EFFECTIVE), quoter.part(EFFECTIVE, "n")
    )


def _say_left_out(quoter: Quoter) -> Phrase:
    outcome = quoter.get(LEFT_OUT)
    if not isinstance(outcome, Estimate):
        return Phrase("")
    if outcome.value == 0:
        return Phrase("Nobody was left out for want of anybody like them.")
    return Phrase("Left out, as the other programme holds nobody like them: {}.").format(quoter.result(LEFT_OUT))


def list_characteristics(quoter: Quoter) -> list[Compared]:
    """List the plan's covariates, then the measures at the start, where they are compared."""
    rows = [
        Compared(heading.capitalised(), before, before.but(what="after")) for heading, before in _list_before(quoter)
    ]
    return [row for row in rows if quoter.has(row.before)]


def _list_before(quoter: Quoter) -> list[tuple[Phrase, Key]]:
    """Name the plan's covariates, then the measures at the start, each with the key of its difference as it was."""
    plan = quoter.plan_model
    headings = {word: name_column(name) for name, word in plan.covariate_words.items()}
    headings |= {name: Phrase("{} at the start").format(quoter.measure(name)) for name in plan.measures}
    return [(heading, Key("balance", subject=name, what="before")) for name, heading in headings.items()]


def picture_overlap(quoter: Quoter) -> str:
    """Say how many people have their like in the other programme."""
    full = quoter.plan_model.arm_names["full"]
    if not quoter.has(OVERLAP):
        why = say_absent(quoter, OVERLAP, Phrase("How many people have their like there")).plain
        return f"How many people of each programme had which chance of being in {full}. {why}"
    share = quoter.result(OVERLAP).plain
    return (
        f"The chance of being in {full} lies within the range of the other programme's people for {share} "
        "of people: bars up and bars down stand over the same chances where people can be compared."
    )
