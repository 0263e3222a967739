"""Which programme does better is said in one place: what stands beside it names itself and judges nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import made
from outcomes.blocks.format import format_outcome
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import read_plan
from outcomes.questions.change.words import say_shares
from outcomes.questions.evidence.words import say_topics
from outcomes.questions.precision.words import say_equivalence
from outcomes.questions.retention.words import say_retention
from outcomes.questions.sessions.words import say_pace
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, Interval
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.blocks.phrase import Phrase

SOURCE = Provenance(analysis="any", question="?", code="c", files=(), digest="d", seed=None)
JUDGING = ("favours", "in favour of", "does better", "do not tell", "does not tell", "does not fit")


def one_sided(key: Key, unit: str, low: float, high: float, **told: Any) -> Estimate:
    interval = Interval(level=0.95, low=low, high=high)
    return made.estimate(key, label="L", value=(low + high) / 2, unit=unit, interval=interval, n=60, **told)


def quote(folder: Path, *outcomes: Estimate) -> Quoter:
    plan = read_plan(folder / "plan.toml")
    records = (Record(outcome=one, provenance=SOURCE, text=format_outcome(one, plan)) for one in outcomes)
    return Quoter(Registry(records), plan, {})


def stay(folder: Path, low: float, high: float) -> Phrase:
    key = Key("retention", what="difference", subject="rmst")
    return say_retention(quote(folder, one_sided(key, "weeks", low, high)))


def change(folder: Path, low: float, high: float) -> Phrase:
    share = Key("change", "mood", "end", "share", category="improved")
    shares = [one_sided(share.but(arm=arm), "share", 0.4, 0.6) for arm in ("full", "skills")]
    difference = one_sided(share.but(what="difference"), "share_difference", low / 10, high / 10)
    return say_shares(quote(folder, *shares, difference))


def pace(folder: Path, low: float, high: float) -> Phrase:
    key = Key("pace", "mood", what="difference")
    return say_pace(quote(folder, one_sided(key, "share_difference", low / 10, high / 10)), "mood")


def equivalence(folder: Path, low: float, high: float) -> Phrase:
    key = Key("precision", "mood", "end", "equivalence")
    return say_equivalence(quote(folder, one_sided(key, "points", low, high)), "mood")


def drop_out(folder: Path, low: float, high: float) -> Phrase:
    rows = made.estimate(
        Key("evidence", what="rows", subject="dropout"), label="Drop-out", value=1.0, unit="number", named="Drop-out"
    )
    local = one_sided(Key("evidence", what="local", subject="dropout"), "ratio", 2.0**-high, 2.0**-low)
    said = say_topics(quote(folder, rows, local))
    assert len(said) == 1
    return said[0]


@pytest.mark.parametrize("say", [stay, change, pace, equivalence, drop_out])
@pytest.mark.parametrize(("low", "high"), [(0.5, 2.5), (-2.5, -0.5), (-1.0, 2.0)])
def test_what_stands_beside_the_verdict_judges_nothing(
    small_study: Path, say: Callable[[Path, float, float], Phrase], low: float, high: float
) -> None:
    said = say(small_study, low, high).plain
    assert len(said) > 40  # there is something to say, and it is said
    assert [words for words in JUDGING if words in said] == []
