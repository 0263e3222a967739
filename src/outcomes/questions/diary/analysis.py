"""The diary card by arm: how much of it is filled in, and what it says, over the programme and week by week."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import means, proportions
from outcomes.models.contract import People, count_arm, curve_of_shares, estimate_points, to_interval
from outcomes.plan.model import ARMS
from outcomes.questions.diary.cards import read_cards
from outcomes.questions.diary.keys import COUNTED, FILLED, SUBJECTS, key_of
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outcomes.cohort import Cohort
    from outcomes.questions.diary.cards import Cards
    from outcomes.results.outcome import Outcome

LABELS = {
    FILLED: "Weeks with a card",
    "urge_self_harm": "Urge to self-harm",
    "urge_suicide": "Urge to die by suicide",
    "misery": "Misery",
    "acts": "Acts of self-harm a week",
    "skills_days": "Days a week with a skill used",
}
NOT_THERE = "diary.csv has no column {}, or nothing in it."
OVER = {
    FILLED: "share of the weeks that a person was in the programme of which a day is filled in",
    "skills_days": "days with a skill used for seven days that are filled in, over each person's weeks with a card",
}
EACH = "mean over each person's weeks with a card"
WHATS = ("mean", "curve")
FEW = "Fewer than two people of an arm have a card."


def analyse(cohort: Cohort) -> Iterator[Outcome]:
    """Describe each thing on the card by arm, and how the arms differ."""
    for subject in (FILLED, *SUBJECTS):
        try:
            cards = _require(cohort, subject)
        except NotEstimableError as why:
            yield from (planned.refuse(str(why), why.cause) for planned in _declare(cohort, subject))
        else:
            yield from _describe(cohort, subject, cards)


def _require(cohort: Cohort, subject: str) -> Cards:
    cards = read_cards(cohort)
    if subject != FILLED and subject not in cards.values:
        raise NotEstimableError(NOT_THERE.format(subject), "not provided")
    return cards


def _describe(cohort: Cohort, subject: str, cards: Cards) -> Iterator[Outcome]:
    values = cards.share_filled() if subject == FILLED else cards.mean_of(subject)
    used = ~np.isnan(values)
    for arm in ARMS:
        mine = cohort.in_arm(arm) & used
        mean, curve = (replace(_plan(cohort, subject, what, arm), counts=count_arm(arm, mine)) for what in WHATS)
        yield mean.attempt(partial(_mean, cohort, values[mine]))
        yield curve.attempt(partial(_curve, cohort, cards, mine))
    difference = replace(_plan_difference(subject), counts=People(used, cohort.full).counts())
    yield difference.attempt(partial(_compare, cohort, values[used], cohort.full[used]))


def _declare(cohort: Cohort, subject: str) -> Iterator[Planned]:
    for arm in ARMS:
        yield from (_plan(cohort, subject, what, arm) for what in WHATS)
    yield _plan_difference(subject)


def _plan(cohort: Cohort, subject: str, what: str, arm: str) -> Planned:
    quantity, unit = (Quantity.MEAN, "a_week" if subject in COUNTED else "points")
    if subject == FILLED:
        quantity, unit = Quantity.SHARE, "share_of_sessions" if what == "mean" else "share"
    text = ", week by week" if what == "curve" else ""
    label = f"{LABELS[subject]}{text}, {cohort.plan.arm_names[arm]}"
    return Planned(key=key_of(subject, what, arm=arm), label=label, quantity=quantity, unit=unit)


def _plan_difference(subject: str) -> Planned:
    key = key_of(subject, "difference")
    quantity, unit = (Quantity.DIFFERENCE, "a_week" if subject in COUNTED else "points")
    if subject == FILLED:
        quantity, unit = Quantity.SHARE_DIFFERENCE, "share_difference"
    tells = (tuple(key.but(what="mean", arm=arm) for arm in ARMS),)
    return Planned(key=key, label=f"{LABELS[subject]}, difference", quantity=quantity, unit=unit, tells=tells)


def _mean(cohort: Cohort, values: NDArray[np.float64], planned: Planned) -> Outcome:
    level = cohort.plan.confidence.level
    fit = means.fit_mean(scores=values)
    how = How(estimator="mean_of_people", inference="t")
    method = f"{OVER.get(planned.key.subject, EACH)}, averaged over people; t interval"
    interval = to_interval(level, fit.interval(level))
    return planned.estimate(fit.mean, se=fit.se, df=fit.df, interval=interval, how=how, method=method)


def _compare(cohort: Cohort, values: NDArray[np.float64], full: NDArray[np.bool_], planned: Planned) -> Outcome:
    fit = means.fit_difference(scores=values, full=full)
    return estimate_points(
        planned,
        fit.contrast,
        level=cohort.plan.confidence.level,
        method="difference of the means over people, pooled t; not adjusted, and groups not allowed for",
        how=How(estimator="mean_of_people", inference="pooled_t", groups_not_allowed_for=cohort.clustering is not None),
    )


def _curve(cohort: Cohort, cards: Cards, mine: NDArray[np.bool_], planned: Planned) -> Outcome:
    """Give the mean of a week's cards, or of the people who were there the share with a card."""
    level, of_arm = cohort.plan.confidence.level, mine[cards.person]
    if not mine.any():
        raise NotEstimableError(FEW, "too few")
    if planned.key.subject == FILLED:
        due = cards.due[mine]
        weeks = np.arange(1.0, float(np.nanmax(due)) + 1)
        people = [int((due >= week).sum()) for week in weeks]
        filled = [int((cards.week[of_arm] == week).sum()) for week in weeks]
        fits = [proportions.fit_share(events=k, n=n, level=level) for k, n in zip(filled, people, strict=True)]
        return curve_of_shares(
            planned,
            fits,
            axis="week",
            at=weeks,
            people=people,
            level=level,
            how=How(estimator="share", inference="wilson"),
            method="of the people who were in the programme in a week, the share with a card; Wilson's interval",
        )
    values = cards.of_week(planned.key.subject)
    told = of_arm & ~np.isnan(values)
    weeks, place, people_of = np.unique(cards.week[told], return_inverse=True, return_counts=True)
    kept = people_of > 1  # one person's card is no mean
    if not kept.any():
        raise NotEstimableError(FEW, "too few")
    fitted = [means.fit_mean(scores=values[told][place == one]) for one in np.flatnonzero(kept)]
    limits = [fit.interval(level) for fit in fitted]
    return planned.curve(
        axis="week",
        at=tuple(map(float, weeks[kept])),
        value=tuple(fit.mean for fit in fitted),
        low=tuple(low for low, _ in limits),
        high=tuple(high for _, high in limits),
        level=level,
        people=tuple(map(int, people_of[kept])),
        how=How(estimator="mean", inference="t"),
        method="mean of the cards of a week, one a person; t interval; weeks with two cards or more",
    )
