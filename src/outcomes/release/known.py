"""The closed list of what release has a rule for, by quantity; what has none does not leave the clinic."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

NO_RULE = "not released: no rule says what may be told of it"


class Rule(Enum):
    """How a result that is not hidden is told."""

    COUNT = auto()  # to a multiple
    SHARE = auto()  # made again from rounded counts, where it is one of people
    NUMBER = auto()  # by its unit and its interval
    P_VALUE = auto()  # as it is printed
    TALLY = auto()  # counts no people: as it is
    GIVEN = auto()  # stands in the plan, in an instrument's norms or in print: as it is
    KEPT = auto()  # its text or number gives limits more finely than they are shown: never


RULES: Mapping[Quantity, Rule] = {
    Quantity.COUNT: Rule.COUNT,
    Quantity.EFFECTIVE_NUMBER: Rule.COUNT,
    Quantity.SHARE: Rule.SHARE,
    Quantity.P_VALUE: Rule.P_VALUE,
    Quantity.TALLY: Rule.TALLY,
    # which tells on which side of nothing and of worthwhile the limits lie, and by its relation goes where they go
    Quantity.VERDICT: Rule.TALLY,
    # with what stands beside them, the number of events, or of those who had any, would come back
    **dict.fromkeys((Quantity.NUMBER_NEEDED, Quantity.EXPOSURE, Quantity.EXACT_LIMIT), Rule.KEPT),
    **dict.fromkeys(
        (
            Quantity.MEAN,
            Quantity.QUANTILE,
            Quantity.SD,
            Quantity.DIFFERENCE,
            Quantity.CHANGE,
            Quantity.SLOPE,
            Quantity.STANDARDISED_DIFFERENCE,
            Quantity.SHARE_DIFFERENCE,
            Quantity.RATIO,
            Quantity.ODDS_RATIO,
            Quantity.HAZARD_RATIO,
            Quantity.STATISTIC,
            Quantity.CUT_OFF,
            Quantity.VARIANCE,
            Quantity.CORRELATION,
            Quantity.MONEY,
            Quantity.MONEY_DIFFERENCE,
            Quantity.COST_EFFECTIVENESS,
            Quantity.HOURS,
            Quantity.TIME,
            Quantity.TIME_DIFFERENCE,
            Quantity.SENSITIVITY,
            Quantity.MONTE_CARLO_ERROR,
            Quantity.DISTANCE,
            Quantity.DESIGN_NUMBER,
            # of events, which few people have: only with the numbers of those who had any, and who had none
            Quantity.RATE,
            Quantity.RATE_RATIO,
            Quantity.RATE_DIFFERENCE,
            Quantity.DISPERSION,
            Quantity.SUPERIORITY,
        ),
        Rule.NUMBER,
    ),
}
OF_EVENTS = frozenset({Quantity.RATE, Quantity.RATE_RATIO, Quantity.RATE_DIFFERENCE})
# Whoever forgets to say whose number it is would have it judged by no arm.
OF_NOBODY = frozenset({Quantity.VERDICT, Quantity.COUNT, Quantity.TALLY, Quantity.CUT_OFF, Quantity.DISTANCE})
EXTREMES = frozenset({"min", "max", "minimum", "maximum"})
_POOLED = frozenset({"pooled", "prediction", "tau2", "i2", "h2", "q"})  # of what is published alone
_OF_QUARTERS = frozenset({"run_chart", "waiting"})
_OF_THERAPISTS = frozenset({"therapist_share", "therapist_clients"})
_OF_ONE_PERSON = ("events", "without_one")  # beside the ratio with everybody it bounds how many events that person had
_PLACED = frozenset({("imputation", "by_delta"), ("precision", "curve")})


def rule_of(outcome: Outcome) -> Rule | None:
    """Give the rule for a result; None where there is none, so that the result stays inside."""
    if is_published(outcome):
        return Rule.GIVEN
    rule = RULES.get(outcome.quantity)
    if rule is None or rule is Rule.KEPT or hasattr(outcome, "reason"):
        return rule
    if outcome.quantity in OF_EVENTS and not outcome.cells:
        return None
    if not has_people(outcome):
        return (
            None if outcome.quantity not in OF_NOBODY else Rule.GIVEN if outcome.quantity is Quantity.CUT_OFF else rule
        )
    return rule


def has_people(outcome: Outcome) -> bool:
    """Whether a result says how many people stand behind it."""
    return any(count is not None for count in (outcome.n, outcome.n_full, outcome.n_skills))


def is_published(outcome: Outcome) -> bool:
    """Whether a number was published by others, or pooled from such: it is neither hidden nor rounded here."""
    if getattr(outcome, "published", None) is not None:
        return True
    return outcome.key.analysis == "evidence" and outcome.key.what in _POOLED


def is_inside_only(key: Key) -> bool:
    """Whether a result never leaves, not even as a name in the list of what is hidden.

    A therapist's, a person's, and what is told by quarter of intake, in which few people start: with all quarters but
    one, and what all together have, the last could be worked out.
    """
    if key.analysis in _OF_QUARTERS:
        return key.analysis != "waiting" or bool(key.category)
    if key.analysis == "influence" or (key.analysis, key.category) == _OF_ONE_PERSON:
        return True
    return key.analysis == "sessions" and key.what in _OF_THERAPISTS


def is_placed(key: Key) -> bool:
    """Whether the places of a curve were computed from data, so that they are rounded as well."""
    return (key.analysis, key.what) in _PLACED
