"""Two runs side by side: nothing, data, plan or code changed, and the results say so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import forging
import outcomes
from outcomes.audit.diff import diff
from outcomes.cli import main
from small_study import spoil, write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("data") / "small")


@pytest.fixture(scope="module")
def before(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outcomes.report(study, out=tmp_path_factory.mktemp("before")).folder


def test_the_same_study_twice_differs_in_nothing(study: Path, before: Path, tmp_path: Path) -> None:
    found = diff(before, outcomes.report(study, out=tmp_path).folder)
    assert (found.causes, found.changes, found.exit_code) == ((), (), 0)
    assert found.same > 100


def test_one_score_changes_its_results_and_the_data_is_named(before: Path, tmp_path: Path) -> None:
    other = write_small_study(tmp_path / "small")
    spoil(other, "scores.csv", 2, "score", "1")
    found = diff(before, outcomes.report(other, out=tmp_path / "out").folder)
    assert found.causes == ("Data: scores.csv is another, of as many rows.",)
    changed = {change.id for change in found.changes}
    assert "mmrm.mood.end.difference" in changed
    assert "completion.crude.difference" not in changed
    assert found.exit_code == 1


def test_a_key_of_the_plan_is_named(before: Path, tmp_path: Path) -> None:
    other = write_small_study(tmp_path / "small")
    plan = (other / "plan.toml").read_text(encoding="utf-8").replace("worthwhile = 5", "worthwhile = 6")
    (other / "plan.toml").write_text(plan + "[confidence]\nlevel = 0.9\n", encoding="utf-8")
    run = outcomes.report(other, out=tmp_path / "out").folder
    found = diff(before, run)
    assert found.causes == ("Plan: measures.mood.worthwhile is another.", "Plan: confidence.level is another.")
    said = CliRunner().invoke(main, ["diff", str(before), str(run)])
    assert said.exit_code == 1
    assert "2 of the causes above can have done it" in said.stdout
    assert json.loads(CliRunner().invoke(main, ["diff", str(before), str(run), "--json"]).stdout)["causes"]
    skill = [change for change in found.changes if change.id.startswith("mmrm.skill.end")]
    assert {change.causes for change in skill} == {
        ("Plan: confidence.level is another.",)
    }  # of mood alone is the other


def changed_copy(run: Path, to: Path, name: str, change: Callable[[dict[str, Any]], None]) -> Path:
    """Copy a run and change its results, without a word to its manifest."""
    copied = forging.copy(run, to)
    content = forging.read(copied / "results.json")
    change(next(row for row in content["results"] if row["id"] == name))
    (copied / "results.json").write_text(json.dumps(content), encoding="utf-8")
    return copied


def test_a_result_edited_by_hand_is_not_blamed_on_the_machine(before: Path, tmp_path: Path) -> None:
    run = changed_copy(before, tmp_path, "mmrm.mood.end.difference", lambda row: row.update(value=1.0, text="1 point"))
    found = diff(before, run)
    assert found.causes == ("Hand: results.json of the second run was changed after it was written.",)
    (change,) = found.changes
    assert change.causes == found.causes
    assert "went from" in found.to_text()
    assert "to 1 point, because of this: Hand" in found.to_text()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("label", "Another", "what it is called"),
        ("method", "guessed", "how it was computed"),
        ("notes", ["x"], "its notes"),
    ],
)
def test_another_label_method_or_note_is_a_change(
    before: Path, tmp_path: Path, field: str, value: Any, says: str
) -> None:
    run = changed_copy(before, tmp_path, "mmrm.mood.end.difference", lambda row: row.update({field: value}))
    found = diff(before, run)
    assert [change.fields for change in found.changes] == [(field,)]
    assert f"as before; {says} changed" in found.to_text()


def test_another_disclosure_minimum_shows_in_the_edition_to_share_alone_and_is_its_cause(
    before: Path, tmp_path: Path
) -> None:
    other = write_small_study(tmp_path / "small")
    with (other / "plan.toml").open("a", encoding="utf-8") as plan:
        plan.write("[disclosure]\nminimum_count = 25\n")
    found = diff(before, outcomes.report(other, out=tmp_path / "out").folder)
    assert found.changes
    assert {change.edition for change in found.changes} == {"share"}
    assert {change.causes for change in found.changes} == {("Plan: disclosure.minimum_count is another.",)}
    assert "Of the results in the edition to share" in found.to_text()


def test_what_a_verdict_is_read_from_is_told_first_in_words_and_rows_are_counted(before: Path, tmp_path: Path) -> None:
    other = write_small_study(tmp_path / "small")
    lines = (other / "scores.csv").read_text(encoding="utf-8").splitlines()
    (other / "scores.csv").write_text("\n".join(lines[:-2]) + "\n", encoding="utf-8")
    found = diff(before, outcomes.report(other, out=tmp_path / "out").folder)
    assert found.causes == ("Data: scores.csv is another, with 2 rows fewer.",)
    told = [line for line in found.to_text().splitlines() if " went from " in line]
    assert found.changes[0].is_main
    assert told[0].startswith(found.changes[0].label)
    assert told[0].endswith(f"[{found.changes[0].id}]")


def test_other_code_is_named(before: Path, study: Path, tmp_path: Path) -> None:
    run = outcomes.report(study, out=tmp_path).folder
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    manifest["software"] |= {"code": "0123456789abcdef", "numpy": "1.0"}
    forging.write_manifest(run / "manifest.json", manifest)
    causes = diff(before, run).causes
    assert [cause.split(" ")[:2] for cause in causes] == [["Code:", "code"], ["Version:", "numpy"]]


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two people's moods at the end are entered otherwise, and one person's skill at the start; study and run."""
    home = tmp_path_factory.mktemp("mended")
    other = write_small_study(home / "small")
    rows = (other / "scores.csv").read_text(encoding="utf-8").splitlines()
    moods = [number for number, row in enumerate(rows, start=1) if ",end,mood," in row][:2]
    skill = next(number for number, row in enumerate(rows, start=1) if ",start,skill," in row)
    for number in moods:
        spoil(other, "scores.csv", number, "score", "0")
    spoil(other, "scores.csv", skill, "score", "4.00")
    return other, outcomes.report(other, out=home / "out").folder


def test_with_both_studies_at_hand_whose_scores_changed_is_told_of_each_result(
    study: Path, before: Path, mended: tuple[Path, Path]
) -> None:
    found = diff(before, mended[1], (study, mended[0]))
    told = {change.id: change.because for change in found.changes if change.edition == "internal"}
    assert told["mmrm.mood.end.difference"] == "two people's scores at End changed"
    assert told["describe.mood.end.full.mean"] == "one person's scores at End changed"
    assert told["describe.skill.start.skills.mean"] == "one person's scores at Start changed"
    (cause,) = found.causes
    assert re.fullmatch(r"Data: .* of as many rows: (two|three) people's scores at Start and End changed\.", cause)
    line = next(line for line in found.to_text().splitlines() if "[mmrm.mood.end.difference]" in line)
    assert line.startswith("Low mood (0-63), End: adjusted difference went from ")
    assert line.endswith("because two people's scores at End changed [mmrm.mood.end.difference]")


def test_a_changed_row_is_the_cause_only_of_what_draws_on_it(
    study: Path, before: Path, mended: tuple[Path, Path], tmp_path: Path
) -> None:
    run = changed_copy(mended[1], tmp_path, "completion.full.share", lambda row: row.update(value=0.1, text="10%"))
    changes = diff(before, run, (study, mended[0])).changes
    found = {change.id: change for change in changes if change.edition == "internal"}
    assert [cause.split(":")[0] for cause in found["completion.full.share"].causes] == ["Hand"]
    assert len(found["mmrm.mood.end.difference"].causes) == 2


def test_a_study_that_is_no_longer_what_the_run_was_made_from_is_not_compared_row_by_row(
    before: Path, mended: tuple[Path, Path]
) -> None:
    found = diff(before, mended[1], (mended[0], mended[0]))
    assert found.causes == ("Data: scores.csv is another, of as many rows.",)
    assert not any(change.because for change in found.changes)


def test_no_row_and_no_id_of_a_client_stands_in_what_is_said(
    study: Path, before: Path, mended: tuple[Path, Path]
) -> None:
    words = ["diff", str(before), str(mended[1]), "--studies", str(study), str(mended[0])]
    for more in ([], ["--json"]):
        said = CliRunner().invoke(main, [*words, *more])
        assert said.exit_code == 1
        assert "scores at End changed" in said.stdout
        assert not re.search(r"\bP\d{3}\b", said.stdout)
