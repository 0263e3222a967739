"""Planning from a study's data: each ingredient against its own arithmetic, the plan's words, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from outcomes.cohort import assemble
from outcomes.methods.mixed import GROUP, THERAPIST, fit_mixed
from outcomes.methods.sample_size import people_for_difference
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.precision import analysis as precision
from outcomes.questions.precision.nuisance import gather
from outcomes.results.outcome import Curve, Estimate, NotEstimable
from outcomes.scoring import score_study
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.cohort import Cohort
    from outcomes.results.outcome import Outcome

CLUSTERS = 'skills_group = "group_id"\ntherapist = "therapist_id"\n'


def make_study(folder: Path, *, clusters: bool = True, table: str = "", n: int = 120, spread: float = 0.0) -> Path:
    """A small study; with groups of both arms and therapists of the full one, who may differ by `spread` points."""
    write_small_study(folder, n=n, seed=4)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    if clusters:
        plan = plan.replace("[adjust]\n", f"[adjust]\n{CLUSTERS}")
        head, *rows = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
        lines = [f"{head},group_id,therapist_id"]
        for place, row in enumerate(rows):
            therapist = f"T{place // 2 % 9}" if ",full," in row else ""
            lines.append(f"{row},G{place // 2 % 12},{therapist}")
        (folder / "clients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        if spread:
            _spread_therapists(folder, spread)
    (folder / "plan.toml").write_text(plan + table, encoding="utf-8")
    return folder


def _spread_therapists(folder: Path, spread: float) -> None:
    head, *rows = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    shifted = [head]
    for row in rows:
        client, visit, measure, score = row.split(",")
        place = int(client[1:]) - 1
        moved = float(score)
        if visit == "end" and measure == "mood" and place % 2:
            moved = float(np.clip(moved + spread * (place // 2 % 9 - 4), 0, 63))
        shifted.append(f"{client},{visit},{measure},{moved:g}")
    (folder / "scores.csv").write_text("\n".join(shifted) + "\n", encoding="utf-8")


def read(folder: Path) -> Cohort:
    study = outcomes.read_study(folder)
    return assemble(study, score_study(study))


def find(folder: Path) -> dict[str, Outcome]:
    return {outcome.id: outcome for outcome in precision.analyse(read(folder))}


def number(found: dict[str, Outcome], name: str) -> Estimate:
    outcome = found[name]
    assert isinstance(outcome, Estimate), outcome
    return outcome


def test_the_ingredients_are_those_of_the_data(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s")
    cohort, found = read(folder), find(folder)
    start, end = cohort.scores("mood", "start"), cohort.scores("mood", "end")
    seen, full = ~np.isnan(start) & ~np.isnan(end), cohort.full
    assert number(found, "precision.mood.dropout").value == pytest.approx(1 - seen.mean())
    assert number(found, "precision.mood.skills.dropout").value == pytest.approx(1 - seen[~full].mean())
    centred = [
        np.concatenate([scores[seen & arm] - scores[seen & arm].mean() for arm in (full, ~full)])
        for scores in (start, end)
    ]
    correlation = float(centred[0] @ centred[1] / np.linalg.norm(centred[0]) / np.linalg.norm(centred[1]))
    assert number(found, "precision.mood.baseline_correlation").value == pytest.approx(correlation)


def test_the_standard_error_of_the_plan_is_the_sum_over_people_groups_and_therapists(tmp_path: Path) -> None:
    """From the variance components themselves: people 1/n, groups (m₁/n₁ − m₀/n₀)², therapists (m/n₁)²."""
    occasion = Occasion(read(make_study(tmp_path / "s", spread=1.2)), "mood", "end")
    data = gather(occasion, read_covariates(occasion.cohort))
    iccs = {"group": 0.04, "therapist": 0.15}
    design = data.design(iccs)
    full, used = data.full[data.used], data.used
    groups, therapists = (data.labels[kind][used] for kind in ("group", "therapist"))
    n_full, n_skills = full.sum(), (~full).sum()
    between = sum(
        ((groups[full] == one).sum() / n_full - (groups[~full] == one).sum() / n_skills) ** 2 for one in set(groups)
    )
    nested = sum(((therapists[full] == one).sum() / n_full) ** 2 for one in set(therapists[full]))
    people = (1 - 0.04 - 0.15) / n_full + (1 - 0.04) / n_skills
    left = data.sd**2 * (1 - data.correlation.value**2) / (1 - data.explained)
    expected = left * (people + 0.04 * between + 0.15 * nested)
    assert design.se(len(data.full)) ** 2 == pytest.approx(expected)


def test_therapists_who_differ_are_seen_and_need_more_people(tmp_path: Path) -> None:
    alike, unlike = (find(make_study(tmp_path / f"s{spread}", spread=spread)) for spread in (0.0, 1.5))
    icc = number(unlike, "precision.mood.icc_therapist")
    assert icc.value > 0.1
    assert any("very uncertain" in note for note in icc.notes)
    needed = [number(one, "precision.mood.end.clients_needed").value for one in (alike, unlike)]
    assert needed[1] > needed[0]


def test_a_likeness_is_the_share_of_the_variance_that_lies_between(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s", spread=1.5)
    cohort, found = read(folder), find(folder)
    start, end = cohort.scores("mood", "start"), cohort.scores("mood", "end")
    seen = ~np.isnan(start) & ~np.isnan(end)
    groups, therapists = (
        cohort.clients[name].where(cohort.clients[name].notna(), "").to_numpy(dtype=object)[seen]
        for name in ("group_id", "therapist_id")
    )
    full = cohort.full[seen]
    fit = fit_mixed(
        scores=end[seen, None],
        by_visit=np.column_stack([np.ones(seen.sum()), full, start[seen]]),
        constant=None,
        full=full,
        groups=groups,
        therapists=therapists,
        covariance="unstructured",
        by_arm=False,
    )
    total = fit.residual[0][0, 0] + fit.variances[GROUP] + fit.variances[THERAPIST]
    for kind, effect in (("group", GROUP), ("therapist", THERAPIST)):
        assert number(found, f"precision.mood.icc_{kind}").value == pytest.approx(fit.variances[effect] / total)


def test_a_likeness_at_the_boundary_is_zero_and_says_so(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s"))
    at_zero = [
        outcome
        for kind in ("group", "therapist")
        if isinstance(outcome := found[f"precision.mood.icc_{kind}"], Estimate) and outcome.value == 0
    ]
    assert at_zero
    assert all("At the boundary" in outcome.notes[0] for outcome in at_zero)


def test_without_groups_and_therapists_people_stand_for_themselves(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s", clusters=False))
    for kind in ("group", "therapist"):
        assert isinstance(found[f"precision.mood.icc_{kind}"], NotEstimable)
    detectable = number(found, "precision.mood.end.detectable")
    assert detectable.df == detectable.n - 3


def test_a_likeness_and_a_power_of_the_plan_replace_those_of_the_data(tmp_path: Path) -> None:
    table = "[precision]\npower = 0.9\nicc_therapist = 0.2\n"
    plain, stated = find(make_study(tmp_path / "a")), find(make_study(tmp_path / "b", table=table))
    assert number(stated, "precision.mood.icc_therapist").value == number(plain, "precision.mood.icc_therapist").value
    needed = number(stated, "precision.mood.end.clients_needed")
    assert needed.value > number(plain, "precision.mood.end.clients_needed").value
    assert "intraclass correlation of therapists as the plan states it" in needed.method


def test_a_study_of_just_the_people_needed_would_detect_just_the_worthwhile_difference(tmp_path: Path) -> None:
    occasion = Occasion(read(make_study(tmp_path / "s")), "mood", "end")
    design = gather(occasion, read_covariates(occasion.cohort)).design({"group": None, "therapist": None})
    people = people_for_difference(design=design, difference=5.0, level=0.95, power=0.8)
    assert design.detectable(people, level=0.95, power=0.8) == pytest.approx(5.0)


def test_the_curve_falls_and_passes_through_the_people_needed(tmp_path: Path) -> None:
    found = find(make_study(tmp_path / "s"))
    curve = found["precision.mood.end.curve"]
    assert isinstance(curve, Curve)
    assert all(one >= other for one, other in zip(curve.value, curve.value[1:], strict=False))
    needed = number(found, "precision.mood.end.clients_needed").value
    assert np.interp(5.0, curve.at, curve.value) == pytest.approx(needed, rel=0.05)


def test_without_a_worthwhile_difference_only_the_detectable_one_is_told(tmp_path: Path) -> None:
    folder = make_study(tmp_path / "s")
    plan = (folder / "plan.toml").read_text(encoding="utf-8").replace("worthwhile = 5\n", "")
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    found = find(folder)
    assert isinstance(found["precision.mood.end.curve"], Curve)
    assert number(found, "precision.mood.end.detectable").value > 0
    for what in ("clients_needed", "clients_needed_equivalence"):
        refused = found[f"precision.mood.end.{what}"]
        assert isinstance(refused, NotEstimable)
        assert "worthwhile" in refused.reason


def test_equivalence_is_that_of_the_main_comparison(tmp_path: Path) -> None:
    results = outcomes.analyse(outcomes.read_study(make_study(tmp_path / "s")))
    main, found = results["mmrm.mood.end.difference"], results["precision.mood.end.equivalence"]
    assert isinstance(main, Estimate)
    assert isinstance(found, Estimate)
    assert (found.value, found.se, found.df) == (main.value, main.se, main.df)
    assert found.interval is not None
    assert found.interval.level == pytest.approx(0.9)
    inside = found.interval.low > -5 and found.interval.high < 5
    assert (found.p_value < 0.05) == inside
    assert found.notes[0].startswith("The interval lies" if inside else "The interval does not lie")
