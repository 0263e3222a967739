"""How many people changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from outcomes.render.quote import Quoter


def lead_change(quoter: Quoter) -> Markup:
    """Say for each primary measure how many improved reliably in each arm."""
    plan = quoter.plan_model
    sentences = []
    for measure in plan.primary_measures:
        at = f"change.{measure}.{plan.primary}"
        if not all(quoter.has(f"{at}.{arm}.improved") for arm in ("full", "skills")):
            continue
        sentence = Markup("{}: {} of those seen in {} and {} in {} improved reliably.").format(
            quoter.measure(measure),
            quoter.result(f"{at}.full.improved"),
            quoter.arm("full"),
            quoter.result(f"{at}.skills.improved"),
            quoter.arm("skills"),
        )
        sentences.append(sentence)
    return Markup(" ").join(sentences) or Markup("This data cannot answer how many people changed reliably.")
