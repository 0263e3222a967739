"""What the audit can say: one function per suspicion, each building its sentences from typed facts.

No sentence quotes an answer: a finding names the file, the item and the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from outcomes.instruments import Instrument

Kind: TypeAlias = Literal[
    "wrong_item_count",
    "total_as_item",
    "shifted_coding",
    "out_of_range",
    "not_whole",
    "constant_item",
    "block_against",
    "reversed_twice",
    "left_unreversed",
    "against_scale",
    "opposite_coding",
    "unchecked_key",
    "plan_range",
    "plan_direction",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding:
    """One suspicion about a file of answers.

    Attributes
    ----------
    kind : str
        Name of the rule.
    instrument : str
        Id of the instrument, which is also the name of its file of items.
    items : tuple of int
        Numbers of the items (columns) concerned; empty where it is all of them, or none in particular.
    sentence : str
        What was found, and what was expected.
    remedy : str
        What to do.
    visits : tuple of str
        Visits at which it was found, where visits were looked at one by one.
    """

    kind: Kind
    instrument: str
    items: tuple[int, ...]
    sentence: str
    remedy: str
    visits: tuple[str, ...] = ()


def wrong_item_count(instrument: Instrument, columns: int, fitting: tuple[str, ...]) -> AuditFinding:
    """Say that the file has more or fewer columns of items than the form."""
    other = f" {columns} items would fit {', '.join(fitting)}." if fitting else ""
    return AuditFinding(
        kind="wrong_item_count",
        instrument=instrument.id,
        items=(),
        sentence=f"There are {columns} columns of items; {instrument.name} has {instrument.n_items}.{other}",
        remedy="Check which form was given, and give one column per item, q01 and so on, in the order of the form.",
    )


def total_as_item(instrument: Instrument, items: tuple[int, ...]) -> AuditFinding:
    """Say that a column holds a total of the others."""
    return AuditFinding(
        kind="total_as_item",
        instrument=instrument.id,
        items=items,
        sentence=f"{_name(items).capitalize()} moves exactly as the other items together and holds values that "
        "are not answers to one item: it is a total.",
        remedy="Take the total out of the file of items, and see that the items behind it have kept their numbers.",
    )


def shifted_coding(instrument: Instrument, shift: int) -> AuditFinding:
    """Say that every item is coded one point too low or too high."""
    low, high = instrument.answers
    return AuditFinding(
        kind="shifted_coding",
        instrument=instrument.id,
        items=(),
        sentence=f"All answers lie between {low + shift:g} and {high + shift:g}; the form is answered from {low:g} to "
        f"{high:g}.",
        remedy=f"{'Add' if shift < 0 else 'Take away'} one point {'to' if shift < 0 else 'from'} every answer.",
    )


def out_of_range(instrument: Instrument, items: tuple[int, ...], *, codes: bool) -> AuditFinding:
    """Say that items hold answers that the form does not offer."""
    low, high = instrument.answers
    hint = " All of them look like codes for a missing answer." if codes else ""
    return AuditFinding(
        kind="out_of_range",
        instrument=instrument.id,
        items=items,
        sentence=f"{_name(items).capitalize()}: answers outside {low:g} to {high:g}.{hint} Such a questionnaire has no "
        "score.",
        remedy="Leave the cell empty where there is no answer, and correct what was typed wrongly.",
    )


def not_whole(instrument: Instrument, items: tuple[int, ...]) -> AuditFinding:
    """Say that items hold values between two options."""
    return AuditFinding(
        kind="not_whole",
        instrument=instrument.id,
        items=items,
        sentence=f"{_name(items).capitalize()}: answers that are not whole numbers; missing answers may have been "
        "filled in by a mean before the export.",
        remedy="Export the answers as they were given, and leave missing ones empty.",
    )


def constant_item(instrument: Instrument, items: tuple[int, ...], rows: int) -> AuditFinding:
    """Say that items have the same answer throughout."""
    return AuditFinding(
        kind="constant_item",
        instrument=instrument.id,
        items=items,
        sentence=f"{_name(items).capitalize()}: the same answer in every one of at least {rows} questionnaires.",
        remedy="Check that the column was exported and not filled by default.",
    )


def block_against(instrument: Instrument, items: tuple[int, ...], *, turned_here: bool) -> AuditFinding:
    """Say that all items that the key reverses run against all others."""
    return AuditFinding(
        kind="block_against",
        instrument=instrument.id,
        items=items,
        sentence=f"Items {_list(items)} together run against all other items "
        + ("after being reversed here: the file seems to hold reversed answers." if turned_here else "as they stand."),
        remedy=_remedy(turned_here=turned_here),
    )


def reversed_twice(instrument: Instrument, items: tuple[int, ...]) -> AuditFinding:
    """Say that items run against their scale since they were reversed here."""
    return AuditFinding(
        kind="reversed_twice",
        instrument=instrument.id,
        items=items,
        sentence=f"{_name(items).capitalize()} runs against its scale after being reversed here: it was probably "
        "reversed before the export.",
        remedy=_remedy(turned_here=True),
    )


def left_unreversed(instrument: Instrument, items: tuple[int, ...]) -> AuditFinding:
    """Say that items run against their scale which the key reverses and the settings do not."""
    return AuditFinding(
        kind="left_unreversed",
        instrument=instrument.id,
        items=items,
        sentence=f"{_name(items).capitalize()} runs against its scale; the key reverses it and the settings do not.",
        remedy=_remedy(turned_here=False),
    )


def against_scale(instrument: Instrument, items: tuple[int, ...]) -> AuditFinding:
    """Say that items run against their scale though the key does not reverse them."""
    return AuditFinding(
        kind="against_scale",
        instrument=instrument.id,
        items=items,
        sentence=f"{_name(items).capitalize()} runs against its scale although the key does not reverse it.",
        remedy="Check that the columns are in the order of the form, and that nobody reversed this item before.",
    )


def opposite_coding(instrument: Instrument) -> AuditFinding:
    """Say that the whole score runs against other measures of the same people."""
    return AuditFinding(
        kind="opposite_coding",
        instrument=instrument.id,
        items=(),
        sentence=f"{instrument.name} as scored runs against the other measures: people who do better there do worse "
        "here. All items of one of them may be coded the other way.",
        remedy="Look at one paper form; if the options are numbered the other way, set `coding` to 'opposite' "
        "(or back to 'published') for that measure.",
    )


def unchecked_key(instrument: Instrument, warning: str) -> AuditFinding:
    """Say that the instrument's key has not been confirmed."""
    return AuditFinding(
        kind="unchecked_key",
        instrument=instrument.id,
        items=(),
        sentence=warning,
        remedy="Compare the key in the documentation of instruments with the publication.",
    )


def plan_range(
    instrument: Instrument, measure: str, planned: tuple[float, float], scored: tuple[float, float]
) -> AuditFinding:
    """Say that the plan gives another range than the score has."""
    return AuditFinding(
        kind="plan_range",
        instrument=instrument.id,
        items=(),
        sentence=f"The plan gives {measure} the range {planned[0]:g} to {planned[1]:g}; scored as it is set, it runs "
        f"from {scored[0]:g} to {scored[1]:g}.",
        remedy="Choose the score with that range in the scoring settings of the measure, or correct its range.",
    )


def plan_direction(instrument: Instrument, measure: str, planned: str, scored: str) -> AuditFinding:
    """Say that the plan and the instrument disagree on which direction is better."""
    return AuditFinding(
        kind="plan_direction",
        instrument=instrument.id,
        items=(),
        sentence=f"The plan says that {planned} is better on {measure}; as scored, {scored} is better.",
        remedy="Correct `better` in the plan. If the answers are coded the other way, `coding` is the setting for it.",
    )


def _name(items: tuple[int, ...]) -> str:
    return f"item {items[0]}" if len(items) == 1 else f"each of items {_list(items)}"


def _list(items: tuple[int, ...]) -> str:
    numbers = [str(item) for item in items]
    return " and ".join([", ".join(numbers[:-1]), numbers[-1]])


def _remedy(*, turned_here: bool) -> str:
    if turned_here:
        return (
            "If the file holds reversed answers, set `items_already_reversed = true`, or name in `reverse_items` those "
            "that still have to be reversed."
        )
    return "If the file holds answers as given, take `items_already_reversed` and `reverse_items` out of the settings."
