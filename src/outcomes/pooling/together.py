"""Released results of clinics, pooled in two stages: completion, staying, events, and differences as they were shared.

What rounding can have done is computed beside each: how far the pooled value can lie from that of the exact ones, and
how much wider its interval is than where every limit had moved by half a step less.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outcomes.models.contract import to_interval
from outcomes.pooling.answers import pool_two_stages
from outcomes.pooling.keys import together, told
from outcomes.pooling.told import COMPLETION, STAY, Told, group_told
from outcomes.results.how import How
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.pooling.agreement import Agreement
    from outcomes.pooling.answers import TwoStage
    from outcomes.pooling.contribution import Contribution
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

HALF = 0.5  # of a step: by which a limit is moved outwards on average
FEWEST = 3
METHOD = (
    "results as the clinics' editions to share tell them, pooled with random effects: REML, interval of Hartung and "
    "Knapp, never narrower than the model's own, t on clinics minus one; standard errors from the width of intervals"
)
SUBJECTS = {COMPLETION: "completion", STAY: "stay"}


def list_together(agreement: Agreement, contributions: Sequence[Contribution]) -> Iterator[Outcome]:
    """Pool what the clinics' editions to share tell, as their contributions hold it."""
    clinics = {one.clinic: [Told.from_row(row) for row in one.shared] for one in contributions}
    yield from pool_told(clinics, level=agreement.plan.confidence.level, fewest=FEWEST)


def pool_told(clinics: Mapping[str, Sequence[Told]], *, level: float, fewest: int) -> Iterator[Outcome]:
    """Pool each result that enough clinics tell."""
    for key, found in group_told(clinics).items():
        if len(found) >= fewest:
            yield from _pool(subject_of(key), found, level)


def subject_of(key: Key) -> str:
    """Name what a released result is about."""
    return SUBJECTS.get(key) or key.measure or key.subject


def _pool(subject: str, found: Mapping[str, Told], level: float) -> Iterator[Outcome]:
    first = next(iter(found.values()))
    for clinic, one in found.items():
        yield _declare(told(subject, clinic), f"{one.label}, {clinic}", one, [one]).estimate(
            one.value,
            interval=to_interval(one.level, (one.low, one.high)),
            method="as the clinic's edition to share tells it",
            how=How(estimator="released"),
        )
    planned = _declare(together(subject, "two_stage"), f"{first.label}, clinics together", first, list(found.values()))
    try:
        fit = _fit(found, level, inwards=0.0)
    except NotEstimableError as why:
        yield planned.refuse(str(why), why.cause)
        return
    how = How(estimator="random_effects", inference="knapp_hartung")
    yield planned.estimate(
        _back(first, fit.fit.value),
        df=fit.fit.df,
        p_value=fit.p_value,
        interval=to_interval(level, (_back(first, fit.low), _back(first, fit.high))),
        method=METHOD,
        how=how,
    )
    yield from _tell_spread(subject, first, found, fit, level)
    yield from _tell_cost(subject, first, found, fit, level)


def _declare(key: Key, label: str, one: Told, behind: Sequence[Told]) -> Planned:
    full, skills = (sum(getattr(each, arm) for each in behind) for arm in ("n_full", "n_skills"))
    counts = {"n": full + skills, "n_full": full, "n_skills": skills}
    return Planned(key=key, label=label, quantity=Quantity(one.quantity), unit=one.unit, counts=counts)


def _fit(found: Mapping[str, Told], level: float, *, inwards: float) -> TwoStage:
    effects = {clinic: one.effect() for clinic, one in found.items()}
    return pool_two_stages(effects, {clinic: one.se(inwards=inwards) for clinic, one in found.items()}, level=level)


def _back(one: Told, value: float) -> float:
    return math.exp(value) if one.is_ratio else value


def _tell_spread(
    subject: str, first: Told, found: Mapping[str, Told], fit: TwoStage, level: float
) -> Iterator[Outcome]:
    limits = (_back(first, fit.prediction_low), _back(first, fit.prediction_high))
    behind = list(found.values())
    yield _declare(
        together(subject, "prediction"), f"{first.label}, to expect in a clinic like these", first, behind
    ).estimate(
        _back(first, fit.fit.value),
        df=fit.fit.df,
        interval=to_interval(level, limits),
        method="prediction interval, t on clinics minus one; random effects, REML",
        how=How(estimator="random_effects", inference="prediction"),
    )
    planned = Planned(
        key=together(subject, "i2"),
        label=f"{first.label}, part of the spread between clinics that chance does not explain",
        quantity=Quantity.CORRELATION,
        unit="share",
        counts=_declare(together(subject, "i2"), "", first, behind).counts,
    )
    yield planned.estimate(
        fit.fit.i2,
        method="from the variance between clinics and the typical sampling variance",
        how=How(estimator="reml"),
    )


def _tell_cost(subject: str, first: Told, found: Mapping[str, Told], fit: TwoStage, level: float) -> Iterator[Outcome]:
    """Say what rounding can have done."""
    behind = list(found.values())
    finer = _fit(found, level, inwards=HALF)
    widths = [one.high - one.low for one in (fit, finer)]
    counts = _declare(together(subject, "widened"), "", first, behind).counts
    widened = Planned(
        key=together(subject, "widened"),
        label=f"{first.label}, how many times wider the pooled interval is for rounding",
        quantity=Quantity.RATIO,
        unit="ratio",
        counts=counts,
    )
    yield widened.estimate(
        widths[0] / widths[1],
        method="width of the pooled interval over that with every limit taken back by half a step",
        how=How(estimator="ratio_of_widths"),
    )
    moved = sum(float(weight) * one.slack() for weight, one in zip(fit.fit.weights, behind, strict=True))
    shift = Planned(
        key=together(subject, "moved"),
        label=f"{first.label}, most that rounding can have moved the pooled value by, in its standard errors",
        quantity=Quantity.DISTANCE,
        unit="standard_errors",
        counts=counts,
    )
    yield shift.estimate(
        moved / fit.se,
        method="weighted half steps over the pooled standard error",
        how=How(estimator="rounding"),
    )
