"""Two editions of one study: what differs by fewer people than the minimum is held back, and a run can be replayed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

import outcomes
from outcomes.audit.editions import EDITIONS
from outcomes.release.edition import HELD
from outcomes.release.ledger import KEY_FILE, LEDGER_FILE, count_differing, read_ledger
from outcomes.results.store import read_registry
from outcomes.runs.write import write_run
from small_study import without_published, write_small_study

if TYPE_CHECKING:
    from pathlib import Path


def report(study: Path) -> Path:
    return write_run(outcomes.read_study(study), out=study.parent / "out", formats=("html",)).folder


def said_by(run: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["released"]
    return said


def drop(study: Path, clients: set[str]) -> None:
    for name in ("clients.csv", "scores.csv"):
        lines = (study / name).read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if line.split(",")[0] not in clients]
        (study / name).write_text("\n".join(kept) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    study = without_published(write_small_study(tmp_path_factory.mktemp("editions") / "small", n=64, seed=3))
    return study, report(study)


@pytest.fixture
def copy(first: tuple[Path, Path], tmp_path: Path) -> Path:
    shutil.copytree(first[0], tmp_path / "small")
    return tmp_path / "small"


def test_an_edition_leaves_an_entry_of_which_nobody_without_the_key_can_test_a_guess(first: tuple[Path, Path]) -> None:
    study, run = first
    ledger = read_ledger(study)
    assert ledger is not None
    assert [one.name for one in ledger.entries] == [said_by(run)["entry"]]
    assert len(ledger.entries[0].marks) == 64
    key = (study / KEY_FILE).read_text(encoding="ascii").strip()
    for path in (path for path in run.rglob("*") if path.is_file()):
        assert key.encode() not in path.read_bytes(), path.name
    for path in (path for path in (run / "share").rglob("*") if path.is_file()):
        assert said_by(run)["entry"].encode() not in path.read_bytes(), path.name
    names = {file["name"] for file in json.loads((run / "manifest.json").read_text(encoding="utf-8"))["files"]}
    assert not {KEY_FILE, LEDGER_FILE} & names
    assert outcomes.verify(run, study).exit_code == 0


@pytest.mark.parametrize("how", ["one client less", "one score another"])
def test_an_edition_that_differs_by_one_client_is_held_back(copy: Path, how: str) -> None:
    if how == "one client less":
        drop(copy, {"P007"})
    else:
        lines = (copy / "scores.csv").read_text(encoding="utf-8").splitlines()
        lines[5] = ",".join([*lines[5].split(",")[:-1], "2.50" if ",skill," in lines[5] else "31"])
        (copy / "scores.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = report(copy)
    assert said_by(run)["held"]
    assert not [one for one in read_registry(run / "share" / "results.json").values() if getattr(one, "n", None)]
    assert HELD in (run / "share" / "manifest.json").read_text(encoding="utf-8")
    ledger = read_ledger(copy)
    assert ledger is not None
    assert len(ledger.entries) == 1  # it was not released
    assert outcomes.verify(run, copy).exit_code == 0


def test_an_edition_that_differs_by_enough_people_is_told(copy: Path) -> None:
    drop(copy, {f"P{number:03d}" for number in range(1, 9)})
    run = report(copy)
    assert not said_by(run)["held"]
    ledger = read_ledger(copy)
    assert ledger is not None
    assert count_differing(*(one.marks for one in ledger.entries)) == 8
    assert outcomes.verify(run, copy).exit_code == 0
    drop(copy, {"P020"})  # near to the second alone
    assert len(said_by(report(copy))["near"]) == 1


def test_the_same_study_again_is_told_again(copy: Path, first: tuple[Path, Path]) -> None:
    run = report(copy)
    assert said_by(run) == said_by(first[1])


@pytest.mark.parametrize("damage", ["entry out", "key out", "file garbled"])
def test_a_run_is_not_called_equal_where_its_ledger_is_not_there(copy: Path, damage: str) -> None:
    drop(copy, {f"P{number:03d}" for number in range(1, 9)})
    run = report(copy)
    path = copy / LEDGER_FILE
    if damage == "entry out":
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**content, "entries": content["entries"][1:]}), encoding="utf-8")
    elif damage == "key out":
        (copy / KEY_FILE).unlink()
    else:
        path.write_text("{", encoding="utf-8")
    verdict = outcomes.verify(run, copy)
    assert verdict.exit_code == 2
    assert [check.status for check in verdict.checks if check.name == EDITIONS] == ["not checked"]


def test_a_run_that_leaves_an_earlier_edition_out_is_found(copy: Path) -> None:
    drop(copy, {f"P{number:03d}" for number in range(1, 9)})
    run = report(copy)
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    study = outcomes.read_study(copy)
    from outcomes.audit.editions import check_editions

    assert [check.status for check in check_editions(study, manifest)] == ["equal"]
    forged = {**manifest, "released": {**manifest["released"], "used": []}}
    assert [check.status for check in check_editions(study, forged)] == ["differs"]
    forged = {**manifest, "released": {**manifest["released"], "held": True}}
    assert [check.status for check in check_editions(study, forged)] == ["differs"]


def test_where_the_folder_cannot_be_written_the_edition_is_told_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = write_small_study(tmp_path / "small", n=48, seed=4)
    monkeypatch.setattr("outcomes.release.ledger.open_ledger", lambda _: None)
    run = report(study)
    assert said_by(run)["fault"]
    assert not said_by(run)["held"]
    verdict = outcomes.verify(run, study)
    assert verdict.exit_code == 2
