"""For whom: what a declared moderator gives, against least squares written out, and what is refused with a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import outcomes
from drawn import points_of, registry_of
from outcomes.charts.chart import Chart
from outcomes.cohort import assemble
from outcomes.errors import DataError, PlanError
from outcomes.plan.model import Disclosure
from outcomes.questions.needs import analysis as needs
from outcomes.questions.needs.figure import SHRUNKEN_BELOW, draw
from outcomes.questions.needs.model import FEW
from outcomes.release import release
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.quantity import Quantity
from outcomes.scoring import score_study
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

AGES = ("lower quartile", "median", "upper quartile")
ONE_VISIT = ('mid   = { label = "Mid", week = 12, window = [8, 16] }\n', "")


def make_study(folder: Path, table: str, *, n: int = 90, one_visit: bool = False, flip: bool = False) -> Path:
    """A small study with further columns: harm (yes, no), place (three levels, one of them rare), origin."""
    write_small_study(folder, n=n, seed=3)
    plan = (folder / "plan.toml").read_text(encoding="utf-8") + table
    if one_visit:
        plan = plan.replace(*ONE_VISIT)
        scores = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
        kept = [line for line in scores if ",mid," not in line]
        (folder / "scores.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    if flip:
        plan = plan.replace('value = "full"', 'value = "x"').replace('value = "skills"', 'value = "full"')
        plan = plan.replace('value = "x"', 'value = "skills"')
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    rng = np.random.default_rng(8)
    head, *rows = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{head},harm,place,origin"]
    for place, row in enumerate(rows):
        where = "Hill" if place < 4 else ("North", "South")[int(rng.random() < 0.5)]
        lines.append(f"{row},{('no', 'yes')[int(rng.random() < 0.4)]},{where},{2025 - int(row.split(',')[2])}")
    (folder / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def read(folder: Path) -> Cohort:
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


def test_a_column_that_names_single_people_is_refused_without_a_word_of_it(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "study", '[needs]\nmoderators = ["pass"]\n')
    head, *rows = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    lines = [f"{head},pass", *(f"{row},N{place}" for place, row in enumerate(rows))]
    (folder / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = [outcome for name, outcome in find(folder).items() if ".pass." in name]
    assert found
    assert all(isinstance(one, NotEstimable) and one.id.endswith(".pass.interaction") for one in found)
    assert "more than 12 levels" in found[0].reason  # type: ignore[union-attr]


def find(folder: Path) -> dict[str, Outcome]:
    return {outcome.id: outcome for outcome in needs.analyse(read(folder))}


def number(found: dict[str, Outcome], name: str) -> Estimate:
    outcome = found[name]
    assert isinstance(outcome, Estimate)
    return outcome


def regress(cohort: Cohort, *columns: np.ndarray, keep: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray, int]:
    """Least squares of the score at the end on arm, start, age, gender and further columns; arm is column 1."""
    start, end = cohort.scores("mood", "start"), cohort.scores("mood", "end")
    use = ~np.isnan(start) & ~np.isnan(end) & (True if keep is None else keep)
    design = np.column_stack(
        [np.ones(len(start)), cohort.full, start, cohort.clients["age"], cohort.clients["gender"] == "woman", *columns]
    ).astype(float)[use]
    beta = np.linalg.lstsq(design, end[use], rcond=None)[0]
    df = len(design) - design.shape[1]
    variance = float(((end[use] - design @ beta) ** 2).sum()) / df
    return beta, variance * np.linalg.inv(design.T @ design), df


# --- Levels ----------------------------------------------------------------------------------------------------------


def test_with_one_visit_the_interaction_is_that_of_least_squares(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["harm"]\n', one_visit=True)
    cohort, found = read(folder), find(folder)
    harm = (cohort.clients["harm"] == "yes").to_numpy(float)
    beta, cov, df = regress(cohort, harm, harm * cohort.full)
    interaction = number(found, "needs.mood.end.harm.interaction")
    assert (interaction.value, interaction.se, interaction.df) == pytest.approx((beta[6], cov[6, 6] ** 0.5, df))
    no, yes = (number(found, f"needs.mood.end.harm.{level}.difference") for level in ("no", "yes"))
    assert (no.value, no.se) == pytest.approx((beta[1], cov[1, 1] ** 0.5))
    line = np.eye(7)[1] + np.eye(7)[6]
    assert (yes.value, yes.se) == pytest.approx((line @ beta, (line @ cov @ line) ** 0.5))


def test_several_levels_have_a_joint_test_and_contrasts_against_the_first(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["place"]\n', one_visit=True, n=120)
    text = (folder / "clients.csv").read_text(encoding="utf-8")
    lines = text.splitlines()
    for place in range(1, 40):  # enough people on the hill
        lines[place] = lines[place].replace("North", "Hill").replace("South", "Hill")
    (folder / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    cohort, found = read(folder), find(folder)
    columns = [(cohort.clients["place"] == level).to_numpy(float) for level in ("North", "South")]
    beta, cov, df = regress(cohort, *columns, *(column * cohort.full for column in columns))
    joint = number(found, "needs.mood.end.place.interaction")
    own = beta[7:]
    assert joint.value == pytest.approx(own @ np.linalg.inv(cov[7:, 7:]) @ own / 2)
    assert (joint.df, joint.unit) == (pytest.approx(df), "ratio")
    for level, at in (("north", 7), ("south", 8)):
        contrast = number(found, f"needs.mood.end.place.{level}.interaction")
        assert (contrast.value, contrast.se) == pytest.approx((beta[at], cov[at, at] ** 0.5))


def test_a_small_level_is_not_estimated_and_tells_no_count(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", '[needs]\nmoderators = ["place"]\n'))
    for what in ("difference", "shrunken"):
        hill = found[f"needs.mood.end.place.hill.{what}"]
        assert isinstance(hill, NotEstimable)
        assert (hill.reason, hill.n, hill.n_full) == (FEW, None, None)
    assert number(found, "needs.mood.end.place.interaction").unit == "points"


def test_swapping_the_arms_flips_every_effect_and_the_interaction(tmp_path: Path) -> None:
    table = '[needs]\nmoderators = ["harm", "age"]\n'
    one = find(make_study(tmp_path / "one", table))
    other = find(make_study(tmp_path / "other", table, flip=True))
    compared = [name for name, outcome in one.items() if isinstance(outcome, Estimate) and outcome.unit == "points"]
    assert len(compared) == 2 + 4 + 6
    for name in compared:
        assert number(other, name).value == pytest.approx(-number(one, name).value, abs=1e-7)
        if number(one, name).se is not None:
            assert number(other, name).se == pytest.approx(number(one, name).se)


def test_shrunken_effects_lie_closer_together_than_raw_ones(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", '[needs]\nmoderators = ["harm", "age"]\n'))
    ends = {"harm": ("no", "yes"), "age": ("lower_quartile", "upper_quartile")}
    for moderator, levels in ends.items():
        raw, shrunken = (
            abs(float(np.diff([number(found, f"needs.mood.end.{moderator}.{one}.{what}").value for one in levels])[0]))
            for what in ("difference", "shrunken")
        )
        assert shrunken <= raw + 1e-9
        assert number(found, f"needs.mood.end.{moderator}.{levels[0]}.shrunken").interval is None


def test_two_effects_keep_the_share_of_their_distance_that_chance_does_not_account_for(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["harm"]\n')
    clients = pd.read_csv(folder / "clients.csv", dtype=str)
    harmed = set(clients.loc[clients["harm"] == "yes", "client_id"])
    head, *rows = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    lowered = [head]
    for row in rows:
        client, visit, measure, score = row.split(",")
        is_helped = visit == "end" and measure == "mood" and client in harmed and int(client[1:]) % 2 == 0
        lowered.append(f"{client},{visit},{measure},{max(float(score) - 14 * is_helped, 0):g}")
    (folder / "scores.csv").write_text("\n".join(lowered) + "\n", encoding="utf-8")
    found = find(folder)
    interaction = number(found, "needs.mood.end.harm.interaction")
    keep = 1 - (interaction.se / interaction.value) ** 2
    assert 0.3 < keep < 0.99
    no, yes = (number(found, f"needs.mood.end.harm.{level}.shrunken").value for level in ("no", "yes"))
    assert yes - no == pytest.approx(keep * interaction.value)


def test_looks_are_counted_with_what_chance_gives(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", '[needs]\nmoderators = ["harm", "age", "place"]\n'))
    assert number(found, "needs.looks").value == 3
    assert number(found, "needs.looks.by_chance").value == pytest.approx(0.15)
    assert number(found, "needs.looks.apart").value <= 3


# --- Numbers ---------------------------------------------------------------------------------------------------------


def test_a_number_is_taken_at_its_quartiles_and_compared_end_to_end(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["age"]\n', one_visit=True)
    cohort, found = read(folder), find(folder)
    age = cohort.clients["age"].to_numpy(float)
    beta, _, _ = regress(cohort, age * cohort.full)
    for place, share in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
        value = number(found, f"needs.age.{place}.value").value
        assert value == pytest.approx(np.quantile(age, share))
        assert number(found, f"needs.mood.end.age.{place}.difference").value == pytest.approx(beta[1] + value * beta[5])
    span = np.quantile(age, 0.75) - np.quantile(age, 0.25)
    assert number(found, "needs.mood.end.age.interaction").value == pytest.approx(span * beta[5])


def test_a_number_counted_from_elsewhere_gives_the_same_effects(tmp_path: Path) -> None:
    """The year of birth is the age counted backwards; only the names of the quartiles change places."""
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["age", "origin"]\n')
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    (folder / "plan.toml").write_text(plan.replace('["age", "gender"]', '["gender"]'), encoding="utf-8")
    found = find(folder)
    for one, other in (("lower_quartile", "upper_quartile"), ("median", "median")):
        by_age = number(found, f"needs.mood.end.age.{one}.difference")
        by_year = number(found, f"needs.mood.end.origin.{other}.difference")
        assert (by_year.value, by_year.se) == pytest.approx((by_age.value, by_age.se), rel=1e-6)


def test_a_moderator_that_repeats_a_covariate_is_refused_by_its_name(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", '[needs]\nmoderators = ["origin"]\n'))
    refused = found["needs.mood.end.origin.interaction"]
    assert isinstance(refused, NotEstimable)
    assert "repeat others, so that their effects cannot be told apart: age." in refused.reason


def test_values_of_the_plan_stand_in_ids_and_those_beyond_an_arm_are_refused(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", '[needs]\nmoderators = ["age"]\n[needs.at]\nage = [25, 40.5, 99]\n'))
    assert number(found, "needs.mood.end.age.at_40_5.difference").label.endswith("age 40.5")
    far = found["needs.mood.end.age.at_99.difference"]
    assert isinstance(far, NotEstimable)
    assert "as far out" in far.reason


def test_the_score_at_the_start_can_be_a_moderator(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["mood", "skill"]\n', one_visit=True)
    cohort, found = read(folder), find(folder)
    start, other = cohort.scores("mood", "start"), cohort.scores("skill", "start")
    beta, _, _ = regress(cohort, start * cohort.full)
    spans = [np.quantile(one[~np.isnan(one)], 0.75) - np.quantile(one[~np.isnan(one)], 0.25) for one in (start, other)]
    assert number(found, "needs.mood.end.mood.interaction").value == pytest.approx(spans[0] * beta[5])
    known = ~np.isnan(other)
    beta, _, _ = regress(cohort, np.nan_to_num(other), np.nan_to_num(other) * cohort.full, keep=known)
    assert number(found, "needs.mood.end.skill.interaction").value == pytest.approx(spans[1] * beta[6])
    assert number(found, "needs.skill.median.value").unit == "points"


def test_a_column_that_is_the_same_for_everybody_is_refused_with_a_reason(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["harm"]\n')
    text = (folder / "clients.csv").read_text(encoding="utf-8").replace(",yes,North", ",no,North")
    (folder / "clients.csv").write_text(text.replace(",yes,South", ",no,South").replace(",yes,Hill", ",no,Hill"))
    found = find(folder)
    refused = found["needs.mood.end.harm.interaction"]
    assert isinstance(refused, NotEstimable)
    assert "Fewer than two levels" in refused.reason
    assert number(found, "needs.looks").value == 0


@pytest.mark.parametrize("one_visit", [True, False])
def test_the_test_of_all_levels_is_a_statistic_with_both_its_degrees_of_freedom(
    tmp_path: Path, *, one_visit: bool
) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["place"]\n', one_visit=one_visit)
    clients = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    lines = [
        clients[0],
        *(re.sub(r"Hill|North|South", ("Hill", "North", "South")[k % 3], one) for k, one in enumerate(clients[1:])),
    ]
    (folder / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    joint = number(find(folder), "needs.mood.end.place.interaction")
    assert joint.quantity is Quantity.STATISTIC
    assert joint.df2 == 2  # three levels
    assert joint.df is not None
    assert joint.p_value == pytest.approx(stats.f.sf(joint.value, joint.df2, joint.df), rel=1e-12)


def test_a_level_knows_its_name_and_what_would_give_it_away(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", '[needs]\nmoderators = ["harm"]\n', n=120))
    effect = number(found, "needs.mood.end.harm.yes.difference")
    assert (effect.named, effect.label) == ("harm: yes", "Low mood (0-63), End: adjusted difference, harm: yes")
    assert effect.key is not None
    sister = effect.key.but(category="no")
    compared, shrunken = (
        found[str(effect.key.but(what=what, category=level))]
        for what, level in (("interaction", ""), ("shrunken", "yes"))
    )
    assert [set(told) for told in (*compared.tells, *shrunken.tells)] == [{effect.key, sister}] * 2
    assert effect.how is not None
    assert (effect.how.estimator, effect.how.structure) == ("mmrm", "unstructured")


def test_a_level_that_is_not_estimated_tells_the_cause_and_no_count(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", '[needs]\nmoderators = ["place"]\n'))
    rare = found["needs.mood.end.place.hill.difference"]
    assert isinstance(rare, NotEstimable)
    assert (rare.cause, rare.n, rare.named) == ("too few", None, "place: Hill")


@pytest.mark.parametrize("people", [(4, 0), (4, 4), (18, 0), (18, 4)], ids=str)
def test_beside_a_level_that_few_have_nothing_leaves_that_tells_whether_it_was_estimated(
    tmp_path: Path, people: tuple[int, int]
) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["district"]\n', n=150)
    head, *rows = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    places = ["Quay"] * people[0] + ["Moor"] * people[1]
    places += [("East", "West", "Vale")[place % 5 % 3] for place in range(len(rows) - len(places))]
    lines = [f"{head},district", *(f"{row},{place}" for row, place in zip(rows, places, strict=True))]
    (folder / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    registry = registry_of(needs.analyse(read(folder)))
    assert isinstance(registry["needs.mood.end.district.quay.difference"], NotEstimable) == (people[0] < 10)
    released = release(registry, Disclosure()).registry
    of_district = {one.key.what for one in released.values() if one.key and one.key.subject == "district"}
    assert of_district == {"difference"}


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


@pytest.mark.parametrize("flip", [False, True])
def test_the_picture_draws_each_effect_on_the_row_of_its_level(tmp_path: Path, *, flip: bool) -> None:
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["harm", "age"]\n', n=120, flip=flip)
    registry, plan = registry_of(needs.analyse(read(folder))), read(folder).plan
    figure = draw(registry, plan)
    assert figure is not None
    for chart, measure in zip(figure.axes, plan.primary_measures, strict=True):
        assert isinstance(chart, Chart)
        assert chart.heading.text.startswith(f"{plan.measure_names[measure]}: ")
        raw, shrunken = (
            [one for one in registry.where(measure=measure, what=what) if isinstance(one, Estimate)]
            for what in ("difference", "shrunken")
        )
        marks = figure.axes[0].marks["y"]  # type: ignore[attr-defined]
        rows = dict(zip(marks.labels, marks.at, strict=True))
        assert list(rows) == ["Harm: no", "Harm: yes", *(f"Age at its {name}" for name in AGES)]
        assert points_of(chart, "o") == sorted((one.value, rows[_capital(one.named)]) for one in raw)
        assert points_of(chart, "^") == sorted(
            (one.value, rows[_capital(one.named)] - SHRUNKEN_BELOW) for one in shrunken
        )


# --- Profiles --------------------------------------------------------------------------------------------------------


def test_people_like_a_profile_are_counted_by_arm(tmp_path: Path) -> None:
    table = '[[needs.profiles]]\nlabel = "Young, with harm"\nwhere = { age = [18, 35], harm = "yes" }\n'
    folder = make_study(tmp_path / "s", table)
    cohort, found = read(folder), find(folder)
    alike = (cohort.clients["age"] <= 35).to_numpy() & (cohort.clients["harm"] == "yes").to_numpy()
    for arm, mine in (("full", cohort.full), ("skills", ~cohort.full)):
        assert number(found, f"needs.profile.young_with_harm.{arm}.people").value == (alike & mine).sum()
        seen = alike & mine & ~np.isnan(cohort.scores("mood", "end"))
        assert number(found, f"needs.profile.young_with_harm.{arm}.seen").value == seen.sum()
    assert isinstance(found["needs.moderators"], NotEstimable)


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ('{ age = "old" }', "is a number"),
        ("{ harm = [1, 2] }", "has levels"),
        ('{ harm = "often" }', "check how it is written"),
    ],
)
def test_a_profile_that_fits_no_column_gives_a_reason(tmp_path: Path, where: str, reason: str) -> None:
    found = find(make_study(tmp_path / "s", f'[[needs.profiles]]\nlabel = "x"\nwhere = {where}\n'))
    refused = found["needs.profile.x.full.people"]
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


# --- Faults of the plan ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[needs]\nmoderators = ["completed"]\n', "not known when somebody starts"),
        ('[needs]\nmoderators = ["end_date"]\n', "not known when somebody starts"),
        ('[needs]\nmoderators = ["age", "Age"]\n', "twice"),
        ('[needs]\nmoderators = ["age"]\nat = { gender = [1, 2] }\n', "not one of the moderators"),
        ('[needs]\nmoderators = ["age"]\nat = { age = [30, 30] }\n', "a value twice"),
        ('[[needs.profiles]]\nlabel = "x"\nwhere = { age = [40, 20] }\n', "[lowest, highest]"),
        ('[[needs.profiles]]\nlabel = "x"\nwhere = { completed = "yes" }\n', "not known when somebody starts"),
        ('[[needs.profiles]]\nlabel = "x"\nwhere = { age = [1, 9] }\n' * 2, "the same label twice"),
        ("[precision]\npower = 1.2\n", "less than 1"),
    ],
)
def test_faults_of_the_plan_are_told(tmp_path: Path, table: str, sentence: str) -> None:
    folder = write_small_study(tmp_path / "s")
    (folder / "plan.toml").write_text((folder / "plan.toml").read_text() + table, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        outcomes.read_study(folder)
    assert sentence in str(caught.value)


def test_a_moderator_that_is_no_column_stops_the_reading(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s")
    (folder / "plan.toml").write_text((folder / "plan.toml").read_text() + '[needs]\nmoderators = ["sleep"]\n')
    with pytest.raises(DataError, match="sleep"):
        outcomes.read_study(folder)


def test_a_level_is_counted_by_those_seen_at_the_visit_as_the_rule_that_lets_it_be_told_counts_them(
    tmp_path: Path,
) -> None:
    """It printed who was in the model: 5 and 7 people of a level were told on one measure and refused on another."""
    folder = make_study(tmp_path / "s", '[needs]\nmoderators = ["harm"]\n')
    cohort, found = read(folder), find(folder)
    seen = ~np.isnan(cohort.scores("mood", "end")) & ~np.isnan(cohort.scores("mood", "start"))
    for level in ("no", "yes"):
        mine = seen & (cohort.clients["harm"] == level).to_numpy(bool)
        for what in ("difference", "shrunken"):
            told = number(found, f"needs.mood.end.harm.{level}.{what}")
            assert (told.n_full, told.n_skills) == ((mine & cohort.full).sum(), (mine & ~cohort.full).sum())
