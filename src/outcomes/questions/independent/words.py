"""Whether other code finds the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

START = "independent."


def say_second(quoter: Quoter) -> Phrase:
    """Say how many main estimates agree with a second computation, and by how much they differ at most."""
    agreeing, compared = (quoter.get(f"{START}{word}") for word in ("agreeing", "compared"))
    if not isinstance(agreeing, Estimate) or not isinstance(compared, Estimate) or not compared.value:
        return Phrase("No main estimate could be computed a second time.")
    agree = quoter.result(f"{START}agreeing")
    found = (
        Phrase("All {} main estimates agree with a second computation, by other code and in another way.").format(agree)
        if agreeing.value == compared.value
        else Phrase(
            "Only {} of {} main estimates agree with a second computation, by other code and in another way: this "
            "report must not be relied on before the reason is known."
        ).format(agree, quoter.result(f"{START}compared"))
    )
    largest = quoter.result(f"{START}largest")
    return Phrase("{} The largest disagreement is {} of a standard error.").format(found, largest)


def list_second(quoter: Quoter) -> list[tuple[str, str]]:
    """List each estimate and its second computation, as far as this edition shows them."""
    pairs = ((outcome.id.removeprefix(START), outcome.id) for outcome in quoter.registry.under(START.rstrip(".")))
    return [(first, second) for first, second in pairs if first in quoter.registry]
