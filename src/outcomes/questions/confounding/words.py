"""How strong something unrecorded would have to be: a sentence for each measure of that, and no more than it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter

AS_STRONG = "as strong as "


def say_confounding(quoter: Quoter, measure: str) -> Phrase:
    """Say what the E-values, the robustness values and the benchmarks tell."""
    at = f"confounding.{measure}.{quoter.plan_model.primary}"
    if not quoter.has(f"{at}.robustness_value"):
        return say_absent(quoter, f"{at}.robustness_value", quoter.measure(measure))
    sentences = [_say_e_values(quoter, at), _say_robustness(quoter, at), _say_benchmark(quoter, at, measure)]
    return Phrase("{}: {}").format(
        quoter.measure(measure), Phrase(" ").join(sentence for sentence in sentences if sentence)
    )


def _say_e_values(quoter: Quoter, at: str) -> Phrase:
    if not quoter.has(f"{at}.e_value"):
        return Phrase("")
    sentence = Phrase(
        "something unrecorded would need a risk ratio of about {} with the programme and with the score alike "
        "(E-value), beyond all that is recorded, to explain the whole difference"
    ).format(quoter.result(f"{at}.e_value"))
    limit = quoter.get(f"{at}.e_value_interval")
    if not isinstance(limit, Estimate):
        return sentence + Phrase(".")
    if limit.value <= 1:
        return sentence + Phrase("; the interval spans both directions even without it.")
    return sentence + Phrase(", and of about {} to bring the interval to where both directions are open.").format(
        quoter.result(f"{at}.e_value_interval")
    )


def _say_robustness(quoter: Quoter, at: str) -> Phrase:
    sentence = Phrase(
        "If it explains less than {} of what the recorded leaves open, both in who was in which programme and in the "
        "score, it cannot take the difference to zero"
    ).format(quoter.result(f"{at}.robustness_value"))
    limit, spans = (quoter.get(f"{at}.{what}_interval") for what in ("robustness_value", "e_value"))
    open_already = isinstance(spans, Estimate) and spans.value <= 1  # an interval by clusters, which is wider
    if open_already or not isinstance(limit, Estimate) or limit.value <= 0:
        return sentence + Phrase(".")
    return sentence + Phrase("; less than {}, and it cannot bring the interval to zero.").format(
        quoter.result(f"{at}.robustness_value_interval")
    )


def _say_benchmark(quoter: Quoter, at: str, measure: str) -> Phrase:
    """Name the recorded characteristic whose like would take most of the difference away."""
    main = quoter.get(f"ancova.{measure}.{quoter.plan_model.primary}.difference")
    bounds = [
        outcome
        for outcome in quoter.registry.under(*at.split("."))
        if outcome.id.endswith(".bound") and isinstance(outcome, Estimate)
    ]
    if not bounds or not isinstance(main, Estimate):
        return Phrase("")
    side = 1.0 if main.value > 0 else -1.0
    least = min(bounds, key=lambda outcome: side * outcome.value)
    return Phrase(
        "Were it tied to programme and score as strongly as the strongest recorded characteristic ({}), {} would be "
        "left at worst."
    ).format(quoter.field(least.id, "label", least.label.rsplit(AS_STRONG, 1)[-1]), quoter.result(least.id))
