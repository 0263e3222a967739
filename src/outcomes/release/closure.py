"""What has to be hidden besides, so that nothing released gives back what is hidden.

A relation is a set of results of which all but one determine the last. It is closed when nobody can work out a hidden
member from the others: what compares hidden shares or counts goes with them, however many there are of them, since the
bracket that it leaves is too narrow already; one hidden member never stands alone; and hidden parts of a whole keep,
each, several possible values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.release.brackets import are_few_together, find_narrow, whole_of
from outcomes.release.rules import FEW
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from outcomes.plan.model import Disclosure
    from outcomes.release.brackets import Member, Relation

_PAIR = 2
ALIKE = "it tells the same as a result that is hidden"
COMPARES = "with what it compares or is made of it would tell a count below the plan's minimum"
AMONG = "with the results that belong to it, it would tell one that is hidden"

# What a reader loses least with, first. Then all other quantities; counts and shares of people come last, since
# everything else is made of them.
_LEAST_TELLING = (
    Quantity.NUMBER_NEEDED,
    Quantity.COST_EFFECTIVENESS,
    Quantity.MONTE_CARLO_ERROR,
    Quantity.DISTANCE,
    Quantity.STATISTIC,
    Quantity.P_VALUE,
    Quantity.SENSITIVITY,
    Quantity.CORRELATION,
    Quantity.VARIANCE,
    Quantity.DESIGN_NUMBER,
    Quantity.EFFECTIVE_NUMBER,
    Quantity.ODDS_RATIO,
    Quantity.RATIO,
    Quantity.RATE_RATIO,
    Quantity.HAZARD_RATIO,
    Quantity.STANDARDISED_DIFFERENCE,
)


def close(
    members: Mapping[str, Member], relations: Iterable[Relation], hidden: AbstractSet[str], rules: Disclosure
) -> dict[str, str]:
    """Hide more until no relation gives anything hidden back.

    Parameters
    ----------
    members : mapping
        All results by id.
    relations : iterable of Relation
        Of what is no result, nothing is hidden: it counts as known.
    hidden : set of str
        Ids of what is hidden for its own sake.
    rules : Disclosure
        The plan's minimum count, and the multiple to which counts are rounded.

    Returns
    -------
    dict
        The reason why each further result is hidden, by id.
    """
    ordered = sorted(set(relations))
    together = [(one, inside) for one in ordered if len(inside := _inside(one, members)) > 1]
    found: dict[str, str] = {}
    while True:
        grew = False
        for relation, inside in together:
            more = _one_step(relation, inside, hidden | found.keys(), rules.minimum_count)
            found |= more
            grew |= bool(more)
        if not grew:
            more = _open_bracket(together, hidden | found.keys(), rules)
            found |= more
            if not more:
                return found


def _inside(relation: Relation, members: Mapping[str, Member]) -> list[Member]:
    """Give the members that there are; none where a comparison among them has no number, and determines nothing."""
    inside = [members[name] for name in relation.ids if name in members]
    lame = any(not one.has_value and not one.small and not one.is_base for one in inside)
    return [] if lame else [one for one in inside if one.has_value or one.small]


def _one_step(relation: Relation, inside: list[Member], hidden: AbstractSet[str], least: int) -> dict[str, str]:
    """Hide what this relation asks for now; nothing where it is closed."""
    secret = [one for one in inside if one.id in hidden]
    shown = [one for one in inside if one.id not in hidden]
    cut = [one for one in shown if one.thinned and one.is_base]
    if any(one.is_base for one in (*secret, *cut)) and all(one.is_base for one in secret):
        compared = [one for one in shown if not one.is_base]
        if compared:  # the bracket that it leaves would be too narrow, however many of the counts are hidden
            goes = min(compared, key=lambda one: _how_much_is_lost(one, relation, inside))
            return {goes.id: ALIKE if len(inside) == _PAIR else COMPARES}
    made = next((one for one in shown if one.id == relation.owner and not one.is_base), None)
    if made and any(not one.is_base for one in secret):  # several results made of the same would together tell them
        return {made.id: _why(inside)}
    alone = len(secret) == 1 and (secret[0].is_base or not cut)  # a cut curve does not give back what compares it
    if shown and (alone or (len(secret) > 1 and are_few_together(inside, secret, least))):
        goes = min(shown, key=lambda one: _how_much_is_lost(one, relation, inside))
        return {goes.id: _why(inside)}
    return {}


def _why(inside: list[Member]) -> str:
    if all(one.is_base for one in inside):
        return FEW
    return ALIKE if len(inside) == _PAIR else AMONG


def _how_much_is_lost(one: Member, relation: Relation, inside: list[Member]) -> tuple[object, ...]:
    """Weigh what a reader loses with a result: what is made of others, and says so, before what they are made of.

    The whole of counted parts goes last, as does what is large.
    """
    if one.is_base:
        return len(_LEAST_TELLING) + 1, one is whole_of(inside), one.quantity is not Quantity.COUNT, *_amount(one)
    rank = _LEAST_TELLING.index(one.quantity) if one.quantity in _LEAST_TELLING else len(_LEAST_TELLING)
    return rank, one.id != relation.owner, False, *_amount(one)


def _amount(one: Member) -> tuple[bool, float, str]:
    return not one.is_slight, one.size, one.id


def _open_bracket(
    together: list[tuple[Relation, list[Member]]], hidden: AbstractSet[str], rules: Disclosure
) -> dict[str, str]:
    """Hide one more where sums leave a small count hardly a choice."""
    for linked in find_narrow([inside for _, inside in together], hidden, rules):
        shown = [
            (_how_much_is_lost(one, relation, inside), one.id)
            for relation, inside in together
            if any(inside is other for other in linked)
            for one in inside
            if one.id not in hidden
        ]
        if shown:
            return {min(shown)[1]: FEW}
    return {}
