"""People of a programme that is neither of the two: in no table and no comparison, and counted in the report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import outcomes
from examined import check_study
from outcomes.cli import main
from outcomes.errors import PlanError
from outcomes.results.store import to_json
from outcomes.study.read import read_study
from small_study import write_small_study

if TYPE_CHECKING:
    from outcomes.study.model import Study

WAITING = 'left_out = ["waiting list"]'


def with_others(study: Path, *, planned: bool = True) -> Path:
    """Add three people of another programme, with scores of two of them."""
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    if planned:
        (study / "plan.toml").write_text(plan.replace("[visits]", f"{WAITING}\n[visits]", 1), encoding="utf-8")
    with (study / "clients.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"W{number},waiting list,,,\n" for number in range(3))
    with (study / "scores.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"W{number},start,mood,60\n" for number in range(2))
    return study


def numbers_of(study: Study) -> list[dict[str, object]]:
    results: list[dict[str, object]] = json.loads(to_json(outcomes.analyse(study)))["results"]
    return [{name: value for name, value in one.items() if name != "provenance"} for one in results]


def test_they_are_in_no_table_and_no_fault_is_found_in_what_is_theirs(tmp_path: Path) -> None:
    plain, study = write_small_study(tmp_path / "plain", n=24), with_others(write_small_study(tmp_path / "more", n=24))
    read, before = read_study(study), read_study(plain)
    assert read.others == 3
    assert read.clients.equals(before.clients)
    assert read.scores.astype(str).equals(before.scores.astype(str))
    assert [one.code for one in check_study(study)] == [one.code for one in check_study(plain)]


def test_without_the_key_they_stop_the_study_and_the_message_names_it(tmp_path: Path) -> None:
    study = with_others(write_small_study(tmp_path / "more", n=24), planned=False)
    (found,) = [one for one in check_study(study) if one.level == "STOP"]
    assert found.code == "E218"
    assert "left_out" in found.fix


def test_a_programme_that_is_compared_cannot_be_left_out(tmp_path: Path) -> None:
    study = with_others(write_small_study(tmp_path / "more", n=24))
    plan = study / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace('["waiting list"]', '["full"]'), encoding="utf-8")
    with pytest.raises(PlanError, match="cannot be left out"):
        read_study(study)


@pytest.mark.long
def test_the_report_counts_them_and_computes_what_it_would_without_them(tmp_path: Path) -> None:
    plain, study = write_small_study(tmp_path / "plain", n=24), with_others(write_small_study(tmp_path / "more", n=24))
    words = ["report", str(study), "--out", str(tmp_path / "reports"), "--formats", "html", "--quiet"]
    run = Path(CliRunner().invoke(main, words).stdout.strip()).parents[1]
    assert numbers_of(outcomes.read_study(study)) == numbers_of(outcomes.read_study(plain))
    told = "of a programme that is neither of the two"
    assert told in (run / "internal" / "annex.html").read_text(encoding="utf-8")
    assert not [page.name for page in (run / "share").glob("*.html") if told in page.read_text(encoding="utf-8")]
    assert json.loads((run / "manifest.json").read_text(encoding="utf-8"))["left_out"][0]["n_others"] == 3
