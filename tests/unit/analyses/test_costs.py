"""Costs counted by hand on a small study, and the sentence wherever prices or quantities do not allow a number."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import add_to_plan, write_active_study
from drawn import points_of, registry_of
from outcomes.cohort import assemble
from outcomes.models.grouping import NOT_ALLOWED_FOR
from outcomes.plan.model import ARMS
from outcomes.questions.costs import analysis as costs
from outcomes.questions.costs import keys
from outcomes.questions.costs.figure import STYLE
from outcomes.questions.costs.figure import draw as draw_costs
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate, NotEstimable, Outcome
from outcomes.scoring import score_study
from small_study import edit

if TYPE_CHECKING:
    from pathlib import Path


def analyse(folder: Path) -> dict[str, Outcome]:
    study = outcomes.read_study(folder)
    return {outcome.id: outcome for outcome in costs.analyse(assemble(study, score_study(study)))}


@pytest.fixture
def active(tmp_path: Path) -> Path:
    return write_active_study(tmp_path / "study")


def value(found: dict[str, Outcome], name: str) -> float:
    outcome = found[name]
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


def reason(found: dict[str, Outcome], name: str) -> str:
    outcome = found[name]
    assert isinstance(outcome, NotEstimable), outcome
    return outcome.reason


def by_hand(folder: Path) -> pd.DataFrame:
    """Cost, hours, attended and booked places of each client, counted row by row."""
    clients = pd.read_csv(folder / "clients.csv").set_index("client_id")
    found = pd.DataFrame(0.0, index=clients.index, columns=["cost", "hours", "attended", "booked"])
    for row in pd.read_csv(folder / "attendance.csv").itertuples():
        if row.status == "cancelled_by_service":
            continue
        found.loc[row.client_id, "cost"] += {"group": 40, "individual": 90}[row.kind]
        found.loc[row.client_id, "booked"] += 1
        if row.status == "attended":
            found.loc[row.client_id, "attended"] += 1
            found.loc[row.client_id, "hours"] += row.minutes / 60
    return found.assign(full=clients["arm"] == "full")


def test_means_differences_and_places_are_those_counted_by_hand(active: Path) -> None:
    found, hand = analyse(active), by_hand(active)
    full, skills = hand[hand["full"]], hand[~hand["full"]]
    assert value(found, "costs.full.mean") == pytest.approx(full["cost"].mean())
    assert value(found, "costs.skills.mean") == pytest.approx(skills["cost"].mean())
    assert value(found, "costs.difference") == pytest.approx(full["cost"].mean() - skills["cost"].mean())
    assert value(found, "costs.client_hours.difference") == pytest.approx(full["hours"].mean() - skills["hours"].mean())
    both = hand["cost"] + 15 * hand["hours"]
    expected = both[hand["full"]].mean() - both[~hand["full"]].mean()
    assert value(found, "costs.with_client_time.difference") == pytest.approx(expected)
    for arm, mine in (("full", full), ("skills", skills)):
        per_attended, per_booked = (mine["cost"].sum() / mine[place].sum() for place in ("attended", "booked"))
        assert value(found, f"costs.{arm}.per_attended_place") == pytest.approx(per_attended)
        assert value(found, f"costs.{arm}.per_booked_place") == pytest.approx(per_booked)
    assert value(found, "costs.skills.per_booked_place") == pytest.approx(40.0)


def test_what_a_cost_tells_of_others_and_how_it_was_drawn(active: Path) -> None:
    found = analyse(active)
    gap = found["costs.difference"]
    assert gap.tells == (tuple(keys.mean_of(arm) for arm in ARMS),)
    effect = found["costs.completion.difference"]
    assert isinstance(effect, Estimate)
    assert effect.tells == (tuple(Key("completion", what="share", arm=arm) for arm in ARMS),)
    clients = pd.read_csv(active / "clients.csv")
    sides = [((clients["arm"] == arm) & (clients["completed"] == done)).sum() for arm in ARMS for done in ("yes", "no")]
    assert list(effect.cells) == sides
    assert effect.how is not None
    assert (effect.how.inference, effect.how.draws, effect.how.adjusted) == ("bca", 2000, ("age", "gender"))
    assert found["costs.full.mean"].named == "GBP"
    assert (keys.ADJUSTED, keys.effect_of(keys.Effect("improvement", "mood"))) in found[
        "costs.mood.per_improvement"
    ].tells


@pytest.mark.parametrize("flip", [False, True])
def test_the_effect_on_completion_is_full_less_skills_and_so_is_its_picture(active: Path, *, flip: bool) -> None:
    def draw(clients: pd.DataFrame) -> pd.DataFrame:
        place = clients.groupby("arm").cumcount()
        often = (clients["arm"] == "full") ^ flip
        return clients.assign(completed=np.where(place % 10 < np.where(often, 8, 2), "yes", "no"), age="40", gender="f")

    edit(active, "clients.csv", draw)
    plan = (active / "plan.toml").read_text()
    (active / "plan.toml").write_text(plan.replace('covariates = ["age", "gender"]', "covariates = []"))
    found = analyse(active)
    sign = -1 if flip else 1
    assert value(found, "costs.completion.difference") == pytest.approx(0.6 * sign)
    registry = registry_of(found.values())
    figure = draw_costs(registry, outcomes.read_study(active).plan)
    assert figure is not None
    plan = outcomes.read_study(active).plan
    curves = {effect: registry[keys.acceptability_of(effect)] for effect in keys.list_effects(plan)}
    shown = [curve for curve in curves.values() if isinstance(curve, Curve)]
    for line, curve in zip(figure.axes[0].lines, shown, strict=True):
        assert list(line.get_xdata()) == list(curve.at)
        assert list(line.get_ydata()) == pytest.approx([100 * one for one in curve.value])
    plane = figure.axes[1]
    across, up = value(found, "costs.completion.difference"), value(found, "costs.adjusted.difference")
    assert points_of(plane, STYLE.marker) == [(pytest.approx(100 * across), pytest.approx(up))]
    sides = [registry[keys.plane_of(keys.COMPLETION, axis)] for axis in ("effect", "cost")]
    assert all(isinstance(side, Curve) for side in sides)
    drawn = plane.patches[0].get_path().vertices[: len(sides[0].value)]  # type: ignore[union-attr]
    np.testing.assert_allclose(drawn[:, 0], 100 * np.array(sides[0].value))  # type: ignore[union-attr]
    np.testing.assert_allclose(drawn[:, 1], sides[1].value)  # type: ignore[union-attr]


def test_a_missed_place_is_paid_unless_the_plan_says_otherwise(active: Path) -> None:
    paid = value(analyse(active), "costs.full.mean")
    add_to_plan(active, '[costs]\npaid = ["attended"]')
    hand = by_hand(active)
    only = value(analyse(active), "costs.skills.mean")
    assert only == pytest.approx(40 * hand.loc[~hand["full"], "attended"].mean())
    assert value(analyse(active), "costs.full.mean") < paid


def test_the_way_there_and_back_is_hours_of_the_client(active: Path) -> None:
    before, hand = value(analyse(active), "costs.client_hours.full.mean"), by_hand(active)
    add_to_plan(active, "[costs]\ntravel_minutes = 30")
    after = value(analyse(active), "costs.client_hours.full.mean")
    assert after - before == pytest.approx(0.5 * hand.loc[hand["full"], "attended"].mean())


def test_the_plan_adds_items_by_client_and_by_week(active: Path) -> None:
    with (active / "costs.csv").open("a") as file:
        file.write("team,17,GBP,2025,invented\nassessment,120,GBP,2025,invented\nbooklet,3,GBP,2025,invented\n")
    before = analyse(active)
    add_to_plan(
        active,
        "[costs.per_client]\nbooklet = { full = 2, skills = 1 }\n[costs.per_week]\nteam = { full = 1, skills = 0 }",
    )
    after = analyse(active)
    table = pd.read_csv(active / "attendance.csv")
    came = table[(table["status"] == "attended")].groupby("client_id")["week"]
    weeks = came.max() - came.min() + 1
    hand = by_hand(active)
    full = value(after, "costs.full.mean") - value(before, "costs.full.mean")
    skills = value(after, "costs.skills.mean") - value(before, "costs.skills.mean")
    assert full == pytest.approx(2 * 3 + 17 * weeks[hand["full"]].mean() - 120)  # the plan's list takes assessments out
    assert skills == pytest.approx(3 - 120)
    note = next(note for note in before["costs.full.mean"].notes if "not counted" in note)
    assert "team" in note


def test_scaling_the_prices_scales_every_cost(active: Path) -> None:
    before = analyse(active)
    edit(active, "costs.csv", lambda t: t.assign(unit_cost=(t["unit_cost"].astype(float) * 3).astype(str)))
    after = analyse(active)
    for name in ("costs.full.mean", "costs.difference", "costs.adjusted.difference", "costs.full.per_booked_place"):
        one, other = before[name], after[name]
        assert isinstance(one, Estimate)
        assert isinstance(other, Estimate)
        assert other.value == pytest.approx(3 * one.value)
        assert one.interval is not None
        assert other.interval is not None
        assert (other.interval.low, other.interval.high) == pytest.approx((3 * one.interval.low, 3 * one.interval.high))


NO_NUMBER = {
    "no prices": (None, "costs.csv was not provided."),
    "no price of a 121 session": (lambda t: t[t["item"] != "individual_session"], "individual_session"),
    "two currencies": (lambda t: t.assign(currency=["GBP", "EUR", "GBP"]), "several currencies"),
    "two price years": (lambda t: t.assign(price_year=["2024", "2025", "2025"]), "several years"),
    "a price twice": (lambda t: pd.concat([t, t.head(1)]), "several unit costs"),
}


@pytest.mark.parametrize("case", NO_NUMBER)
def test_prices_that_do_not_add_up_give_the_reason(active: Path, case: str) -> None:
    change, sentence = NO_NUMBER[case]
    if change is None:
        (active / "costs.csv").unlink()
    else:
        edit(active, "costs.csv", change)
    found = analyse(active)
    money = [name for name in found if "client_hours" not in name]
    assert len(money) >= 15
    assert all(sentence in reason(found, name) for name in money)
    assert isinstance(found["costs.client_hours.difference"], Estimate)


def test_another_currency_of_what_is_not_counted_is_no_matter(active: Path) -> None:
    with (active / "costs.csv").open("a") as file:
        file.write("phone_call,24,EUR,2019,invented\n")
    assert isinstance(analyse(active)["costs.difference"], Estimate)


def test_a_price_of_zero_is_counted_and_said(active: Path) -> None:
    edit(
        active,
        "costs.csv",
        lambda t: t.assign(unit_cost=np.where(t["item"] == "individual_session", "0", t["unit_cost"])),
    )
    found = analyse(active)
    assert any("at no cost: individual_session" in note for note in found["costs.full.mean"].notes)


def test_every_primary_measure_has_its_price_or_the_reason_why_not(active: Path) -> None:
    """One of them chosen to be told would be the one that looks well."""
    plan = (active / "plan.toml").read_text().replace('role = "secondary"', 'role = "primary"', 1)
    (active / "plan.toml").write_text(plan)
    found = analyse(active)
    primary = outcomes.read_study(active).plan.primary_measures
    assert len(primary) == 2
    for measure in primary:
        for what in ("per_improvement", "improvement.difference", "improvement.acceptability"):
            assert f"costs.{measure}.{what}" in found
    add_to_plan(active, f'[costs]\nmeasure = "{primary[1]}"')
    effects = keys.list_effects(outcomes.read_study(active).plan)
    assert effects == (*(keys.Effect("improvement", one) for one in primary[::-1]), keys.COMPLETION)


def test_a_cost_says_what_was_counted_and_what_was_priced_and_not(active: Path) -> None:
    with (active / "costs.csv").open("a") as file:
        file.write("phone_call,24,GBP,2025,invented\n")
    notes = " ".join(analyse(active)["costs.full.mean"].notes)
    assert "Counted and priced: group_session_per_client, individual_session." in notes
    assert "Priced and not counted, since neither attendance nor the plan has any of it: phone_call." in notes


def test_when_everything_is_free_there_is_nothing_to_weigh(active: Path) -> None:
    edit(active, "costs.csv", lambda t: t.assign(unit_cost="0"))
    found = analyse(active)
    assert value(found, "costs.difference") == 0
    assert isinstance(found["costs.completion.acceptability"], NotEstimable)
    assert isinstance(found["costs.per_completion"], NotEstimable)


def test_without_attendance_every_number_says_so(active: Path) -> None:
    (active / "attendance.csv").unlink()
    found = analyse(active)
    assert {reason(found, name) for name in found} == {"attendance.csv was not provided."}


def test_minutes_that_are_not_recorded_come_from_the_others_or_the_plan_or_are_missed(active: Path) -> None:
    edit(active, "attendance.csv", lambda t: t.assign(minutes=np.where(t.index % 7 == 0, "", t["minutes"])))
    some = analyse(active)["costs.client_hours.full.mean"]
    assert isinstance(some, Estimate)
    assert any("the mean of the others" in note for note in some.notes)
    edit(active, "attendance.csv", lambda t: t.drop(columns="minutes"))
    assert "minutes of any group session" in reason(analyse(active), "costs.client_hours.difference")
    add_to_plan(active, "[costs.session_minutes]\ngroup = 120\nindividual = 50")
    assert value(analyse(active), "costs.client_hours.full.mean") == pytest.approx(some.value)


def test_a_price_of_one_more_completer_needs_an_effect_that_excludes_zero(active: Path) -> None:
    edit(active, "clients.csv", lambda t: t.assign(completed=np.where(t.index % 4 < 2, "yes", "no")))
    found = analyse(active)
    assert "spans both directions" in reason(found, "costs.per_completion")
    assert isinstance(found["costs.completion.acceptability"], Curve)
    assert isinstance(found["costs.completion.plane.effect"], NotEstimable)
    done = lambda t: t.assign(completed=np.where((t["arm"] == "full") ^ (t.index % 6 == 0), "yes", "no"))  # noqa: E731
    edit(active, "clients.csv", done)
    found = analyse(active)
    price = value(found, "costs.per_completion")
    ratio = value(found, "costs.adjusted.difference") / value(found, "costs.completion.difference")
    assert price == pytest.approx(ratio)
    assert isinstance(found["costs.completion.plane.cost"], Curve)


@pytest.mark.parametrize("said", ["yes", "no"])
def test_what_happened_to_all_or_none_has_no_effect_to_weigh_against_its_cost(active: Path, said: str) -> None:
    edit(active, "clients.csv", lambda t: t.assign(completed=said))
    found = analyse(active)
    for name in ("difference", "acceptability", "plane.effect"):
        assert "to everybody, or to nobody" in reason(found, f"costs.completion.{name}")
    assert value(found, "costs.adjusted.difference")


def test_the_chance_of_being_worth_it_rises_with_the_price_where_the_effect_is_clear(active: Path) -> None:
    edit(
        active,
        "clients.csv",
        lambda t: t.assign(completed=np.where((t["arm"] == "full") ^ (t.index % 6 == 0), "yes", "no")),
    )
    curve = analyse(active)["costs.completion.acceptability"]
    assert isinstance(curve, Curve)
    assert list(curve.value) == sorted(curve.value)
    assert curve.value[0] == 0.0


def test_three_groups_are_not_allowed_for_and_people_are_drawn(active: Path) -> None:
    plan = (active / "plan.toml").read_text()
    (active / "plan.toml").write_text(plan.replace("[adjust]", '[adjust]\nskills_group = "group_id"'))
    edit(active, "clients.csv", lambda t: t.assign(group_id=(t.index % 3).astype(str)))
    found = analyse(active)
    mean = found["costs.full.mean"]
    assert isinstance(mean, Estimate)
    assert mean.how is not None
    assert mean.interval is not None
    assert mean.how.clusters == ""
    assert mean.how.groups_not_allowed_for
    assert NOT_ALLOWED_FOR["group"] in mean.notes


@pytest.mark.parametrize("n", [4, 6, 10])
def test_few_people_give_numbers_or_reasons(tmp_path: Path, n: int) -> None:
    assert analyse(write_active_study(tmp_path / "study", n=n))


def test_shares_of_few_people_differ_by_no_more_than_everybody(root: Path, tmp_path: Path) -> None:
    """A straight line in six people of each programme gave an interval down to 750 in 100 fewer."""
    folder = shutil.copytree(root / "data" / "example", tmp_path / "study")
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    kept = set(clients.groupby("arm", sort=False).head(6)["client_id"])
    for table in [*folder.glob("*.csv"), *folder.glob("items/*.csv")]:
        if table.name not in {"costs.csv", "evidence.csv"}:
            edit(folder, str(table.relative_to(folder)), lambda rows: rows[rows["client_id"].isin(kept)])
    effect = analyse(folder)["costs.completion.difference"]
    assert isinstance(effect, Estimate)
    assert effect.interval is not None
    assert effect.interval.low == -1
    assert -1 < effect.value < (effect.interval.high or 0) <= 1
