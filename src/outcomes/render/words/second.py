"""Whether other code finds the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from outcomes.core.estimates import Estimate

if TYPE_CHECKING:
    from outcomes.render.quote import Quoter

START = "independent."


def say_second(quoter: Quoter) -> Markup:
    """Say how many main estimates agree with a second computation, and by how much they differ at most."""
    agreeing, compared = (quoter.get(f"{START}{word}") for word in ("agreeing", "compared"))
    if not isinstance(agreeing, Estimate) or not isinstance(compared, Estimate) or not compared.value:
        return Markup("No main estimate could be computed a second time.")
    verdict = (
        "all agree"
        if agreeing.value == compared.value
        else "not all of them agree, so that this report must not be relied on before the reason is known"
    )
    return Markup(
        "{} main estimates were computed a second time, by other code and in another way; {} of {} agree: {}. The "
        "largest disagreement is {} of a standard error. This tells of faults in the software, not of faults in the "
        "data or the plan."
    ).format(
        quoter.result(f"{START}compared"),
        quoter.result(f"{START}agreeing"),
        quoter.result(f"{START}compared"),
        verdict,
        quoter.result(f"{START}largest"),
    )


def list_second(quoter: Quoter) -> list[tuple[str, str]]:
    """List each estimate and its second computation, as far as this edition shows them."""
    pairs = ((outcome.id.removeprefix(START), outcome.id) for outcome in quoter.registry.under(START.rstrip(".")))
    return [(first, second) for first, second in pairs if first in quoter.registry]
