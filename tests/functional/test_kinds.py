"""A study with a score, a count and a yes/no at each visit: right models, right words, and nothing in points."""

from __future__ import annotations

import dataclasses
import re
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from kinds_study import write_kinds_study
from outcomes.pipeline import answer
from outcomes.plan.model import ARMS, Disclosure
from outcomes.release import release
from outcomes.replication.engine import replicate
from outcomes.replication.people import read_people
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.quantity import Quantity
from outcomes.results.verdict import Rung
from written_again import read_books

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.results.registry import Registry

pytestmark = pytest.mark.long  # whole studies, one after the other

MAINS = {"work": "yes_no.work.end.difference", "acts": "counts.acts.end.rate_ratio"}


def ask(folder: Path, **chosen: object) -> Registry:
    study = outcomes.read_study(write_kinds_study(folder, **chosen))  # type: ignore[arg-type]  # as that takes them
    return answer(study).registry


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return ask(tmp_path_factory.mktemp("kinds") / "study", n=120)


def test_a_yes_no_is_compared_as_shares(found: Registry) -> None:
    difference = found["yes_no.work.end.difference"]
    assert isinstance(difference, Estimate)
    assert difference.unit == "share_difference"
    assert difference.how is not None
    assert difference.how.adjusted == ("baseline", "age")
    shares = [found[f"yes_no.work.end.{arm}.share"] for arm in ("full", "skills")]
    crude = found["yes_no.work.end.crude.difference"]
    assert crude.value == pytest.approx(shares[0].value - shares[1].value)
    low, high = (found[f"yes_no.work.end.{what}.difference"].value for what in ("least", "most"))
    assert low <= crude.value <= high


def test_the_family_of_holm_holds_every_primary_measure(found: Registry) -> None:
    p_values = {name: found[main].p_value for name, main in MAINS.items()}
    adjusted = {name: found[main.rsplit(".", 1)[0] + ".p_holm"].value for name, main in MAINS.items()}
    assert found["mmrm.mood.end.p_holm"].method.startswith("Holm over the 3 primary measures")
    assert all(adjusted[name] >= p for name, p in p_values.items())


def test_its_verdict_is_judged_against_the_worthwhile_share(found: Registry) -> None:
    verdict = found["verdict.work.end.rung"].verdict
    assert verdict.has_worthwhile
    assert verdict.rung is not Rung.CANNOT


def test_exchanging_the_arms_turns_every_comparison(found: Registry, tmp_path: Path) -> None:
    other = ask(tmp_path / "other", n=120, exchanged=True)
    here, there = found["yes_no.work.end.difference"], other["yes_no.work.end.difference"]
    assert there.value == pytest.approx(-here.value, rel=1e-9)
    assert there.se == pytest.approx(here.se, rel=1e-9)
    for what in ("ratio", "odds_ratio"):
        pair = [one[f"yes_no.work.end.{what}"].value for one in (found, other)]
        assert pair[0] * pair[1] == pytest.approx(1, rel=1e-8)
    assert found["yes_no.work.common_odds_ratio"].value * other["yes_no.work.common_odds_ratio"].value == pytest.approx(
        1, rel=1e-8
    )


def test_the_second_computation_finds_the_same(tmp_path: Path) -> None:
    study = outcomes.read_study(write_kinds_study(tmp_path / "study", n=50))
    registry = answer(study).registry
    results = {record.id: record.outcome for record in registry.records()}
    compared = [
        one for one in replicate(read_people(study), results, further=True) if one.key.analysis in {"yes_no", "counts"}
    ]
    assert len([one for one in compared if one.second is not None]) > 45
    assert max(one.disagreement for one in compared if one.second is not None) < 1e-5
    assert not [(one.key, differs) for one in compared if one.second is not None for differs in one.differing()]


@pytest.mark.parametrize("n", [12, 24, 44])
def test_few_people_get_a_number_or_a_sentence(tmp_path: Path, n: int) -> None:
    results = ask(tmp_path / "few", n=n)
    for outcome in results.where(analysis="yes_no"):
        if isinstance(outcome, NotEstimable):
            assert outcome.reason.endswith(".")
        elif isinstance(outcome, Estimate) and outcome.limits:
            assert np.isfinite(outcome.limits).all()
            assert outcome.limits[0] < outcome.limits[1]


def test_the_page_says_shares_and_never_points_of_a_yes_no(tmp_path: Path) -> None:
    folder = write_kinds_study(tmp_path / "study", n=60, scores=False)
    run = outcomes.report(outcomes.read_study(folder), out=tmp_path / "out").folder
    text = re.sub(r"<[^>]+>", "", read_books(run, "internal"))
    page = " ".join(text.split())
    assert "in 100 more" in page
    assert "A yes is the better answer here." in page
    assert "Not asked of Self-harm, In work or training" in page
    checked = outcomes.verify(run, study=folder, in_r=shutil.which("Rscript") is not None)
    assert checked.exit_code == 0, [check for check in checked.checks if check.faults]


def test_a_count_is_compared_as_a_ratio_with_its_rates(found: Registry) -> None:
    ratio, rates = found["counts.acts.end.rate_ratio"], [found[f"counts.acts.end.{arm}.rate"] for arm in ARMS]
    assert ratio.how.estimator == "negative_binomial"
    assert ratio.how.adjusted == ("baseline", "age")
    crude = found["counts.acts.end.crude.rate_ratio"]
    assert crude.value == pytest.approx(rates[0].value / rates[1].value, rel=1e-9)
    assert ratio.limits[1] < 1, "the programme halves it"
    assert found["verdict.acts.end.rung"].verdict.side == "full"


def test_exchanging_the_arms_turns_a_ratio_over(found: Registry, tmp_path: Path) -> None:
    other = ask(tmp_path / "other", n=120, exchanged=True)
    for what in ("rate_ratio", "rate_ratio_robust", "crude.rate_ratio"):
        here, there = found[f"counts.acts.end.{what}"], other[f"counts.acts.end.{what}"]
        assert here.value * there.value == pytest.approx(1, rel=1e-8)
        assert here.se == pytest.approx(there.se, rel=1e-7)
    pair = [one["counts.acts.end.rate_difference"].value for one in (found, other)]
    assert pair[0] == pytest.approx(-pair[1], rel=1e-8)
    verdicts = [one["verdict.acts.end.rung"].verdict for one in (found, other)]
    assert {verdict.side for verdict in verdicts} == {"full", "skills"}
    assert verdicts[0].rung is verdicts[1].rung


def change_acts(folder: Path, change: Callable[[int, int], int]) -> Path:
    """Change the counts of the later visits, given the number of the person and the count."""
    lines = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        if ",acts," in line and ",start," not in line:
            client, visit, measure, text = line.split(",")
            lines[place] = f"{client},{visit},{measure},{change(int(client[1:]), int(text))}"
    (folder / "scores.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("change", "cannot"),
    [
        (lambda _, __: 0, True),
        (lambda number, count: 0 if number % 2 == 0 else count, True),
        (lambda _, __: 3, True),
        (lambda number, count: 1000 if number == 7 else count, False),
        (lambda number, _: 3 + number % 2, True),
        (lambda number, _: 3 + number // 2 % 2, False),
    ],
    ids=[
        *("everybody zero", "one arm zero", "everybody alike", "one person with a thousand"),
        "all of an arm alike",
        "less spread than chance",
    ],
)
@pytest.mark.parametrize("n", [22, 60])
def test_hard_counts_get_a_right_number_or_a_sentence(
    tmp_path: Path, change: Callable[[int, int], int], n: int, *, cannot: bool
) -> None:
    results = answer(outcomes.read_study(change_acts(write_kinds_study(tmp_path / "hard", n=n), change))).registry
    for outcome in results.where(analysis="counts"):
        if isinstance(outcome, NotEstimable):
            assert outcome.reason.endswith(".")
        elif isinstance(outcome, Estimate) and outcome.limits:
            assert np.isfinite(outcome.limits).all()
            assert outcome.limits[0] < outcome.limits[1], outcome.id
    ratio, exact = results["counts.acts.end.rate_ratio"], results.get("counts.acts.end.rate_ratio_exact")
    arms = [results[f"counts.acts.end.{arm}.rate"].value for arm in ARMS]
    assert (exact is not None) == (min(arms) == 0 < max(arms))
    if exact is not None:
        skills = results["counts.acts.end.skills.rate"]
        episodes = round(skills.value * skills.n)
        most = 1 - 0.025 ** (1 / episodes)
        times = skills.n / results["counts.acts.end.full.rate"].n
        assert exact.value == 0
        assert exact.limits == pytest.approx((0, most / (1 - most) * times), rel=1e-9), "Clopper and Pearson by hand"
    assert isinstance(ratio, NotEstimable) == cannot
    if cannot:
        assert results["verdict.acts.end.rung"].verdict.rung is Rung.CANNOT


def test_nobody_with_any_has_exact_limits_by_hand(tmp_path: Path) -> None:
    folder = change_acts(write_kinds_study(tmp_path / "none", n=44), lambda _, __: 0)
    results = answer(outcomes.read_study(folder)).registry
    for arm in ARMS:
        rate = results[f"counts.acts.end.{arm}.rate"]
        assert rate.value == 0
        assert rate.limits == pytest.approx((0, -np.log(0.025) / rate.n), rel=1e-10)


def test_one_person_with_a_thousand_is_named_as_carrying_the_answer_and_never_who(tmp_path: Path) -> None:
    folder = write_kinds_study(tmp_path / "heavy", n=60, heavy=1000, scores=False)
    results = answer(outcomes.read_study(folder)).registry
    assert results["influence.acts.end.moved"].value > 0.5
    without = results["influence.acts.end.difference"]
    assert without.value != pytest.approx(results["counts.acts.end.rate_ratio"].value, rel=0.2)
    assert without.quantity is Quantity.RATE_RATIO


def test_a_worthwhile_ratio_is_read_both_ways(tmp_path: Path) -> None:
    folder = write_kinds_study(tmp_path / "turned", n=120)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    rungs = []
    for ratio in (0.7, 1 / 0.7):
        (folder / "plan.toml").write_text(plan.replace("worthwhile = 0.7", f"worthwhile = {ratio}"), encoding="utf-8")
        rungs.append(answer(outcomes.read_study(folder)).registry["verdict.acts.end.rung"].verdict)
    # the logarithms of 0.7 and of 1/0.7 differ in the last place
    assert rungs[0] == dataclasses.replace(rungs[1], worthwhile=pytest.approx(rungs[1].worthwhile, rel=1e-12))


RATES = frozenset({Quantity.RATE, Quantity.RATE_RATIO, Quantity.RATE_DIFFERENCE})


def test_a_mean_count_leaves_only_with_enough_people_who_had_any_and_enough_who_had_none(found: Registry) -> None:
    rules = Disclosure()
    shared = release(found, rules).registry
    left = [record.outcome for record in shared.records() if record.outcome.quantity in RATES]
    assert left
    for outcome in left:
        cells = found[outcome.id].cells
        assert cells
        assert min(cells) >= rules.minimum_count
    assert not shared.where(analysis="influence")


def test_no_mean_count_of_few_leaves(tmp_path: Path) -> None:
    shared = release(ask(tmp_path / "few", n=30), Disclosure()).registry
    assert not [record for record in shared.records() if record.outcome.quantity in RATES]


def test_those_lost_who_jump_to_the_reference_draw_the_comparison_towards_none(found: Registry) -> None:
    for mar, jump, none in (
        ("counts.acts.end.mar.rate_ratio", "counts.acts.end.jump_to_reference.rate_ratio", 1.0),
        ("yes_no.work.end.mar.difference", "yes_no.work.end.jump_to_reference.difference", 0.0),
    ):
        at_random, jumped = found[mar], found[jump]
        assert at_random.how.draws == jumped.how.draws == 50
        assert at_random.n == jumped.n == 120, "everybody with a start and the covariate"
        assert abs(jumped.value - none) < abs(at_random.value - none)
    main = found["counts.acts.end.rate_ratio"]
    assert found["counts.acts.end.mar.rate_ratio"].value == pytest.approx(main.value, rel=0.1)
    low, high = (found[f"yes_no.work.end.{what}.difference"].value for what in ("least", "most"))
    assert low < found["yes_no.work.end.mar.difference"].value < high


def test_where_nobody_was_lost_nothing_is_drawn(tmp_path: Path) -> None:
    folder = write_kinds_study(tmp_path / "seen", n=40)
    lines = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    seen = {line.split(",")[0] for line in lines if ",end," in line}
    for name in ("scores.csv", "clients.csv"):
        table = (folder / name).read_text(encoding="utf-8").splitlines()
        kept = [table[0], *(line for line in table[1:] if line.split(",")[0] in seen)]
        (folder / name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    results = answer(outcomes.read_study(folder)).registry
    assert results["counts.acts.end.mar.rate_ratio"].reason.startswith("Nobody was lost")
    assert results["yes_no.work.end.mar.difference"].reason.startswith("Nobody was lost")
