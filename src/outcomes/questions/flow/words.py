"""Who is counted: a share of completion with those it is of, and an account of everybody who started."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.blocks.phrase import Phrase
from outcomes.plan.model import ARMS
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.blocks.quote import Quoter

WHY = {
    "no_start": "no score at the start",
    "no_covariate": "a characteristic that is adjusted for not recorded",
    "no_later": "no score after the start",
    "no_window": "scores dated outside the visit windows",
}


class Row(NamedTuple):
    """A measure, who is in its main comparison, and who is not for each reason; counts of both arms."""

    measure: Phrase
    compared: Phrase
    left_out: list[Phrase]


def say_share_completed(quoter: Quoter, arm: str, of: str = "{}") -> Phrase:
    """Give the share who completed with the people it is of, named if wanted, and how many are not recorded."""
    share = f"completion.{arm}.share"
    if not quoter.has(share):
        return quoter.result(share)
    people = Phrase(of).format(quoter.part(share, "n"), arm=quoter.arm(arm))
    said, unknown = Phrase("{} of {}").format(quoter.result(share), people), say_not_recorded(quoter, arm)
    return Phrase("{} ({} not recorded)").format(said, unknown) if unknown else said


def say_not_recorded(quoter: Quoter, arm: str) -> Phrase:
    """Count those of whom it is not recorded whether they completed; nothing where there are none, or it is hidden."""
    result = f"flow.{arm}.completion_not_recorded"
    return quoter.result(result) if _is_some(quoter, result) else Phrase("")


def list_accounts(quoter: Quoter) -> list[Phrase]:
    """Account for everybody who started, in a line for each primary measure and one for completion."""
    measures = [word for word in quoter.plan_model.primary_measures if word in _list_compared(quoter)]
    completion = [_account_of_completion(quoter)] if quoter.has("completion.full.share") else []
    return [*(_account(quoter, word) for word in measures), *completion]


def list_reasons(quoter: Quoter) -> list[str]:
    """List the reasons, in words, for which it is shown that somebody is in no main comparison."""
    measures = _list_compared(quoter)
    return [why for word, why in WHY.items() if any(_holds(quoter, measure, word) for measure in measures)]


def list_compared(quoter: Quoter) -> list[Row]:
    """List the measures that have a main comparison, with who is in it and who is not, for each reason of the list."""
    measures, reasons = _list_compared(quoter), list_reasons(quoter)
    return [
        Row(
            quoter.measure(measure),
            _both_counts(quoter, measure, "compared"),
            [_both_counts(quoter, measure, f"left_out.{word}") for word, why in WHY.items() if why in reasons],
        )
        for measure in measures
    ]


def _list_compared(quoter: Quoter) -> list[str]:
    return [
        word
        for word in quoter.plan_model.measures
        if any(_is_some(quoter, f"flow.{word}.{arm}.compared") for arm in ARMS)
    ]


def _holds(quoter: Quoter, measure: str, reason: str) -> bool:
    return any(_is_some(quoter, f"flow.{measure}.{arm}.left_out.{reason}") for arm in ARMS)


def _account(quoter: Quoter, measure: str) -> Phrase:
    said = Phrase("{}: {} in the main comparison, {} of them seen at “{}”").format(
        quoter.measure(measure),
        _both_counts(quoter, measure, "compared"),
        _both_counts(quoter, measure, "compared_and_seen"),
        quoter.visit(quoter.plan_model.primary),
    )
    reasons = [
        Phrase("{} {}").format(why, _both_counts(quoter, measure, f"left_out.{word}"))
        for word, why in WHY.items()
        if _holds(quoter, measure, word)
    ]
    return Phrase("{}. Left out: {}.").format(said, Phrase("; ").join(reasons)) if reasons else said + Phrase(".")


def _account_of_completion(quoter: Quoter) -> Phrase:
    known = _both(lambda arm: quoter.part(f"completion.{arm}.share", "n"))
    if not quoter.has("completion.adjusted.difference"):
        return Phrase("Completed: recorded for {}.").format(known)
    used = _both(lambda arm: quoter.part("completion.adjusted.difference", f"n_{arm}"))
    return Phrase("Completed: recorded for {}, of whom {} in the adjusted comparison.").format(known, used)


def _both_counts(quoter: Quoter, measure: str, what: str) -> Phrase:
    return _both(lambda arm: quoter.result(f"flow.{measure}.{arm}.{what}"))


def _both(count: Callable[[str], Phrase]) -> Phrase:
    full, skills = map(count, ARMS)
    return Phrase("{} and {}").format(full, skills)


def _is_some(quoter: Quoter, result: str) -> bool:
    outcome = quoter.get(result)
    return isinstance(outcome, Estimate) and outcome.value > 0
