"""How strong something unrecorded would have to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from outcomes.render.words.difference import say_absent

if TYPE_CHECKING:
    from outcomes.render.quote import Quoter


def say_confounding(quoter: Quoter, measure: str) -> Markup:
    """Say how strong an unrecorded confounder would have to be, and no more than that."""
    at = f"confounding.{measure}.{quoter.plan_model.primary}"
    if not quoter.has(f"{at}.robustness_value"):
        return say_absent(quoter, f"{at}.robustness_value", quoter.measure(measure))
    return Markup(
        "{}: something unrecorded that explains {} of what is left of both programme and score would take the "
        "difference to zero. As risk ratios it would need about {} with each (E-value), and {} to reach the limit of "
        "the interval."
    ).format(
        quoter.measure(measure),
        quoter.result(f"{at}.robustness_value"),
        quoter.result(f"{at}.e_value"),
        quoter.result(f"{at}.e_value_interval"),
    )
