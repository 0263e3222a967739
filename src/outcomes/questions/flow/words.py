"""Who is counted: a share of completion with those it is of, and an account of everybody who started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.phrase import Phrase
from outcomes.blocks.quote import NOTHING
from outcomes.plan.model import ARMS
from outcomes.questions.verdict.words import list_measures, name_measure
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.ways import main_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.blocks.quote import Quoter

WHY = {
    "no_start": "no score at the start",
    "no_covariate": "something that is adjusted for is not recorded",
    "no_later": "no score after the start",
    "no_visit": "not seen at the visit",
    "no_window": "the score at the start, or all later ones, dated outside the visit windows",
}
IN_SHORT = {  # the same at the head of a column of those who are left out
    "no_start": "No score at the start",
    "no_covariate": "A covariate not recorded",
    "no_later": "No later score",
    "no_visit": "Not seen at the visit",
    "no_window": "Outside the windows",
}
COMPLETED = Key("completion", what="share")
NOT_RECORDED = Key("flow", what="completion_not_recorded")
EITHER_WAY = (Key("completion", what="least"), Key("completion", what="most"))
ADJUSTED = Key("completion", what="difference", category="adjusted")


def started(arm: str) -> Key:
    """Key of how many started."""
    return Key("flow", what="started", arm=arm)


def say_share_completed(quoter: Quoter, arm: str, of: str = "{}") -> Phrase:
    """Give the share who completed with the people it is of, named if wanted, how many are not recorded, and both ways.

    The one way of saying it, wherever it is said: of whom it is recorded, of how many it is not, and what the share of
    all who started would be, had none or all of these completed.
    """
    share = COMPLETED.but(arm=arm)
    if not quoter.has(share):
        return quoter.result(share)
    people = Phrase(of).format(quoter.part(share, "n"), arm=quoter.arm(arm))
    said, unknown = Phrase("{} of {}").format(quoter.result(share), people), count_not_recorded(quoter, arm)
    none, every = (limit.but(arm=arm) for limit in EITHER_WAY)
    if not unknown or not (quoter.has(none) and quoter.has(every)):
        return Phrase("{} ({} not recorded)").format(said, unknown) if unknown else said
    return Phrase("{} ({} not recorded: {} of all if none of them completed, {} if all)").format(
        said, unknown, quoter.result(none), quoter.result(every)
    )


def count_not_recorded(quoter: Quoter, arm: str, *, link: bool = True) -> Phrase:
    """Count those of whom it is not recorded whether they completed; nothing where there are none, or it is hidden."""
    result = NOT_RECORDED.but(arm=arm)
    return quoter.result(result, link=link) if _is_some(quoter, result) else Phrase("")


def list_accounts(quoter: Quoter) -> list[Phrase]:
    """Account for everybody who started, in a line for each measure of the first page and one for completion."""
    measures = [word for word in list_measures(quoter.plan_model) if word in list_compared(quoter)]
    completion = [_account_of_completion(quoter)] if quoter.has(COMPLETED.but(arm="full")) else []
    return [*(_account(quoter, word) for word in measures), *completion]


def list_compared(quoter: Quoter) -> list[str]:
    """List the measures of which it may be told who is in the main comparison, be it nobody."""
    compared = {word: Key("flow", word, what="compared") for word in quoter.plan_model.measures}
    return [word for word, key in compared.items() if any(quoter.has(key.but(arm=arm)) for arm in ARMS)]


def list_reasons(quoter: Quoter) -> dict[str, str]:
    """List the reasons, in a few words, for which it is shown that somebody is in no main comparison."""
    measures = list_compared(quoter)
    return {word: why for word, why in IN_SHORT.items() if any(_holds(quoter, measure, word) for measure in measures)}


def say_compared(quoter: Quoter, measure: str) -> Phrase:
    """Count who is in the main comparison of a measure, in both arms, or who could be in one that cannot be made."""
    counted = count_compared(quoter, measure)
    if _lacks_comparison(quoter, measure):
        return Phrase("cannot be made; {} have all that it would need").format(counted)
    return counted


def _lacks_comparison(quoter: Quoter, measure: str) -> bool:
    main = quoter.get(main_key(quoter.registry, measure, quoter.plan_model.primary))
    return isinstance(main, NotEstimable) and _is_some_of_either(quoter, Key("flow", measure, what="compared"))


def count_compared(quoter: Quoter, measure: str) -> Phrase:
    """Count who has all that the main comparison of a measure needs, in both arms."""
    return _both_counts(quoter, Key("flow", measure, what="compared"))


def count_left_out(quoter: Quoter, measure: str, reason: str) -> Phrase:
    """Count who is left out for a reason, in both arms."""
    if not _is_asked(quoter, measure, reason):
        return NOTHING
    return _both_counts(quoter, Key("flow", measure, what="left_out", category=reason))


def _holds(quoter: Quoter, measure: str, reason: str) -> bool:
    return _is_some_of_either(quoter, Key("flow", measure, what="left_out", category=reason))


def _account(quoter: Quoter, measure: str) -> Phrase:
    if _lacks_comparison(quoter, measure):
        said = "{}: no main comparison can be made; {} have all that it would need, {} of them seen at “{}”"
    else:
        said = "{}: {} in the main comparison, {} of them seen at “{}”"
    told = Phrase(said).format(
        name_measure(quoter, measure),
        count_compared(quoter, measure),
        _both_counts(quoter, Key("flow", measure, what="compared_and_seen")),
        quoter.visit(quoter.plan_model.primary),
    )
    reasons = [
        Phrase("{} {}").format(why, count_left_out(quoter, measure, word))
        for word, why in WHY.items()
        if _holds(quoter, measure, word)
    ]
    if any(not quoter.has(key) for key in _reasons(quoter, measure)):
        reasons.append(Phrase("reasons that only some people have are not shown in this edition"))
    return Phrase("{}. Left out: {}.").format(told, Phrase("; ").join(reasons)) if reasons else told + Phrase(".")


def _reasons(quoter: Quoter, measure: str) -> list[Key]:
    """Keys of how many are left out, in each arm for each reason that there is for a measure of its kind."""
    key = Key("flow", measure, what="left_out")
    return [key.but(arm=arm, category=word) for arm in ARMS for word in WHY if _is_asked(quoter, measure, word)]


def _is_asked(quoter: Quoter, measure: str, reason: str) -> bool:
    """Whether a reason is one for a measure of its kind: a score needs a later visit, all else this one."""
    is_scored = quoter.plan_model.measures[measure].kind == "score"
    return reason != ("no_visit" if is_scored else "no_later")


def _account_of_completion(quoter: Quoter) -> Phrase:
    known = _both(lambda arm: quoter.part(COMPLETED.but(arm=arm), "n"))
    if _is_some_of_either(quoter, NOT_RECORDED):
        known = Phrase("{}, not for {}").format(known, _both_counts(quoter, NOT_RECORDED))
    if not quoter.has(ADJUSTED):
        return Phrase("Completed: recorded for {}.").format(known)
    used = _both(lambda arm: quoter.part(ADJUSTED, f"n_{arm}"))
    return Phrase("Completed: recorded for {}, of whom {} in the adjusted comparison.").format(known, used)


def _both_counts(quoter: Quoter, key: Key) -> Phrase:
    return _both(lambda arm: quoter.result(key.but(arm=arm)))


def _both(count: Callable[[str], Phrase]) -> Phrase:
    full, skills = map(count, ARMS)
    return Phrase("{} and {}").format(full, skills)


def _is_some_of_either(quoter: Quoter, key: Key) -> bool:
    return any(_is_some(quoter, key.but(arm=arm)) for arm in ARMS)


def _is_some(quoter: Quoter, result: Key) -> bool:
    outcome = quoter.get(result)
    return isinstance(outcome, Estimate) and outcome.value > 0
