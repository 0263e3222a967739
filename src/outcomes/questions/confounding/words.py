"""How strong something unrecorded would have to be: a sentence for each measure of that, and no more than it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.refusals import say_absent
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from outcomes.blocks.quote import Quoter
    from outcomes.results.outcome import Outcome


def say_confounding(quoter: Quoter, measure: str) -> Phrase:
    """Say what the E-values, the robustness values and the benchmarks tell."""
    about = Key("confounding", measure, quoter.plan_model.primary)
    robustness = about.but(what="robustness_value")
    if not quoter.has(robustness):
        return say_absent(quoter, robustness, quoter.measure(measure))
    sentences = [_say_e_values(quoter, about), _say_robustness(quoter, about), _say_benchmark(quoter, about)]
    return Phrase("{}: {}").format(
        quoter.measure(measure), Phrase(" ").join(sentence for sentence in sentences if sentence)
    )


def _say_e_values(quoter: Quoter, about: Key) -> Phrase:
    value, of_interval = about.but(what="e_value"), about.but(what="e_value_interval")
    if not quoter.has(value):
        return Phrase("")
    sentence = Phrase(
        "something unrecorded would need a risk ratio of about {} with the programme and with the score alike "
        "(E-value), beyond all that is recorded, to explain the whole difference"
    ).format(quoter.result(value))
    limit = quoter.get(of_interval)
    if not isinstance(limit, Estimate):
        return sentence + Phrase(".")
    if limit.value <= 1:
        return sentence + Phrase("; the interval of this comparison spans both directions even without it.")
    return sentence + Phrase(
        ", and of about {} to bring the interval of this comparison to where both directions are open."
    ).format(quoter.result(of_interval))


def _say_robustness(quoter: Quoter, about: Key) -> Phrase:
    sentence = Phrase(
        "If it explains less than {} of what the recorded leaves open, both in who was in which programme and in the "
        "score, it cannot take the difference to zero"
    ).format(quoter.result(about.but(what="robustness_value")))
    of_interval = about.but(what="robustness_value_interval")
    limit, spans = quoter.get(of_interval), quoter.get(about.but(what="e_value_interval"))
    open_already = isinstance(spans, Estimate) and spans.value <= 1  # an interval by clusters, which is wider
    if open_already or not isinstance(limit, Estimate) or limit.value <= 0:
        return sentence + Phrase(".")
    return sentence + Phrase("; less than {}, and it cannot bring the interval of this comparison to zero.").format(
        quoter.result(of_interval)
    )


def list_bounds(quoter: Quoter, measure: str) -> list[Outcome]:
    """List what would be left if something unrecorded were as strong as each recorded characteristic."""
    about = {"measure": measure, "visit": quoter.plan_model.primary, "what": "bound"}
    return list(quoter.registry.where(analysis="confounding", **about))


def _say_benchmark(quoter: Quoter, about: Key) -> Phrase:
    """Name the recorded characteristic whose like would take most of the difference away."""
    main = quoter.get(about.but(analysis="ancova", what="difference"))
    bounds = [outcome for outcome in list_bounds(quoter, about.measure) if isinstance(outcome, Estimate)]
    if not bounds or not isinstance(main, Estimate):
        return Phrase("")
    side = 1.0 if main.value > 0 else -1.0
    least = min(bounds, key=lambda outcome: side * outcome.value)
    return Phrase(
        "Were it tied to programme and score as strongly as the strongest characteristic listed ({}), {} would be "
        "left at worst."
    ).format(quoter.field(least.id, "label", least.named), quoter.result(least.id))
