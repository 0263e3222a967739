"""Whether other code finds the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

AGREEING, COMPARED, LARGEST = (Key("independent", what=what) for what in ("agreeing", "compared", "largest"))


def say_second(quoter: Quoter) -> Phrase:
    """Say how many main estimates agree with a second computation, and by how much they differ at most."""
    agreeing, compared = (quoter.get(key) for key in (AGREEING, COMPARED))
    if not isinstance(agreeing, Estimate) or not isinstance(compared, Estimate) or not compared.value:
        return Phrase("No main estimate could be computed a second time.")
    agree = quoter.result(AGREEING)
    found = (
        Phrase("All {} main estimates agree with a second computation, by other code and in another way.").format(agree)
        if agreeing.value == compared.value
        else Phrase(
            "Only {} of {} main estimates agree with a second computation, by other code and in another way: this "
            "report must not be relied on before the reason is known."
        ).format(agree, quoter.result(COMPARED))
    )
    largest = quoter.result(LARGEST)
    return Phrase("{} The largest disagreement is {} of a standard error.").format(found, largest)


def list_second(quoter: Quoter) -> list[tuple[Key, Key]]:
    """List each estimate and its second computation, as far as this edition shows them."""
    seconds = [outcome.key for outcome in quoter.registry.where(analysis="independent") if outcome.key.of]
    pairs = ((key.but(analysis=key.of, of=""), key) for key in seconds)
    return [(first, second) for first, second in pairs if quoter.get(first) is not None]
