"""For whom, of a count and a yes/no: by hand where nothing else is adjusted for, and by a second computation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from kinds_study import write_kinds_study
from outcomes.cohort import assemble
from outcomes.questions.needs import analysis
from outcomes.replication.engine import replicate
from outcomes.replication.people import read_people
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outcomes.results.outcome import Outcome
    from outcomes.study import Study

SITES = ("North", "South", "East")


def write_with_sites(folder: Path, *, sites: int, covariates: str = '["age"]', start: bool = True) -> Study:
    """Write the study of kinds with a site for each client, in turn over pairs of clients."""
    folder = write_kinds_study(folder, n=120)
    lines = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{SITES[place // 2 % sites]}" for place, line in enumerate(lines[1:])]
    (folder / "clients.csv").write_text("\n".join([f"{lines[0]},site", *rows]) + "\n", encoding="utf-8")
    plan = (
        (folder / "plan.toml").read_text(encoding="utf-8").replace('covariates = ["age"]', f"covariates = {covariates}")
    )
    (folder / "plan.toml").write_text(f'{plan}[needs]\nmoderators = ["site", "age"]\n', encoding="utf-8")
    if not start:
        scores = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
        kept = [line for line in scores if ",start," not in line or ",mood," in line]
        (folder / "scores.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return outcomes.read_study(folder)


def ask(study: Study) -> Mapping[str, Outcome]:
    cohort = assemble(study, score_study(study))
    return {one.id: one for one in analysis.analyse(cohort) if one.key.measure in {"acts", "work"}}


def test_with_nothing_else_adjusted_for_a_level_has_the_ratio_and_the_difference_of_its_own_people(
    tmp_path: Path,
) -> None:
    study = write_with_sites(tmp_path / "study", sites=2, covariates="[]", start=False)
    found, cohort = ask(study), assemble(study, score_study(study))
    site = cohort.clients["site"].to_numpy()
    effects: dict[str, list[float]] = {"acts": [], "work": []}
    for level in SITES[:2]:
        for measure, found_by_hand in effects.items():
            values, mine = cohort.scores(measure, "end"), site == level
            means = [np.nanmean(values[mine & arm]) for arm in (cohort.full, ~cohort.full)]
            by_hand = means[0] / means[1] if measure == "acts" else means[0] - means[1]
            what = "rate_ratio" if measure == "acts" else "difference"
            one = found[f"needs.{measure}.end.site.{level.lower()}.{what}"]
            assert one.value == pytest.approx(by_hand, rel=1e-8)
            assert one.n == int((mine & ~np.isnan(values)).sum())
            assert sum(one.cells) == one.n
            found_by_hand.append(float(by_hand))
    north, south = effects["acts"]
    assert found["needs.acts.end.site.interaction"].value == pytest.approx(south / north, rel=1e-8)
    north, south = effects["work"]
    assert found["needs.work.end.site.interaction"].value == pytest.approx(south - north, rel=1e-8)


@pytest.mark.parametrize("sites", [2, 3])
def test_statsmodels_finds_the_same_at_every_level_and_value(tmp_path: Path, sites: int) -> None:
    study = write_with_sites(tmp_path / "study", sites=sites)
    found = ask(study)
    again = replicate(read_people(study), found, further=True)
    compared = [one for one in again if one.key.analysis == "needs" and one.has_road]
    asked = [one for one in found.values() if isinstance(one, Estimate) and one.key.what != "shrunken"]
    assert {one.key for one in compared} == {one.key for one in asked}
    for one in compared:
        assert one.second is not None, (one.key, one.reason)
        assert one.second.se is not None
        assert not list(one.differing()), one.key


def test_the_shrunken_lie_between_the_raw_ones_and_have_no_interval(tmp_path: Path) -> None:
    found = ask(write_with_sites(tmp_path / "study", sites=3))
    for measure, what in (("acts", "rate_ratio"), ("work", "difference")):
        raw = [found[f"needs.{measure}.end.site.{level.lower()}.{what}"].value for level in SITES]
        drawn = [found[f"needs.{measure}.end.site.{level.lower()}.shrunken"] for level in SITES]
        assert min(raw) - 1e-9 <= min(one.value for one in drawn) <= max(one.value for one in drawn) <= max(raw) + 1e-9
        assert all(one.interval is None for one in drawn)
    assert isinstance(found["needs.acts.end.site.interaction"], NotEstimable), "of three levels, one by one"
    assert isinstance(found["needs.acts.end.site.south.interaction"], Estimate)
