"""A report may say what a second computation confirms: counted, kept, made again by `verify`, and never shared."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import outcomes
from forging import copy, faults, hide_traces, read, write_manifest
from outcomes import replication
from outcomes.audit.again import make_run_again
from outcomes.audit.manifest import ITSELF, WRITTEN_AGAIN
from outcomes.audit.verify import verify
from outcomes.cli import main
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outcomes.replication import Comparison
    from outcomes.runs import Run

pytestmark = pytest.mark.long  # whole studies, each computed twice

FORGED = "second in manifest.json is not what the study gives"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of a small study that says what a second computation found; its study lies two folders above."""
    home = tmp_path_factory.mktemp("second")
    return outcomes.report(write_small_study(home / "small"), out=home / "reports", independent=True)


def study_of(run: Run) -> Path:
    return run.folder.parents[2] / "small"


def status(verdict: Any, name: str) -> str:
    return next(check.status for check in verdict.checks if check.name == name)


def tell(folder: Path, second: dict[str, Any]) -> None:
    """Have a run tell of another second computation, on every page and in every digest."""
    manifest = {**read(folder / "manifest.json"), "second": second}
    again = make_run_again(read_registry(folder / "results.json"), manifest)
    assert again.is_whole
    for name, content in again.files.items():
        (folder / name).write_bytes(content)
    hide_traces(folder, second=second)


def test_every_estimate_is_counted_once_and_stands_in_the_annex_of_the_clinic_alone(told: Run) -> None:
    estimates = [one for one in told.registry.values() if isinstance(one, Estimate) and not one.key.of]
    kinds = told.second["kinds"]
    assert sum(kind["results"] for kind in kinds) == len(estimates)
    assert {kind["name"] for kind in kinds} == {one.key.analysis for one in estimates}
    left = [sum(int(said.rpartition(" ")[2]) for said in kind["left"]) for kind in kinds]
    assert all(
        kind["agree"] + kind["differ"] + count == kind["results"] for kind, count in zip(kinds, left, strict=True)
    )
    assert told.second["differing"] == []
    annex = (told.folder / "internal" / "annex.html").read_text(encoding="utf-8")
    assert all(f'manifest:second.kinds.{place}.agree">{kind["agree"]}<' in annex for place, kind in enumerate(kinds))
    for file in (told.folder / "share").rglob("*"):
        assert file.is_dir() or b"second.kinds" not in file.read_bytes()
    assert "second" not in read(told.folder / "share" / "manifest.json")


def test_the_edition_to_share_is_the_same_to_the_byte_without_it(told: Run) -> None:
    plain = outcomes.report(study_of(told), out=told.folder.parents[2] / "plain")
    mine, other = (
        {path.relative_to(run.folder).as_posix(): path.read_bytes() for path in (run.folder / "share").rglob("*.*")}
        for run in (told, plain)
    )
    assert mine == other
    assert not plain.second
    assert "was not computed a second time when it was written" in (plain.folder / "internal" / "annex.html").read_text(
        encoding="utf-8"
    )


def test_verify_makes_the_table_again_without_being_asked(told: Run) -> None:
    verdict = verify(told.folder, study=study_of(told))
    assert not faults(verdict)
    assert status(verdict, WRITTEN_AGAIN) == "equal"


@pytest.mark.parametrize("what", ["agree", "left", "roads", "kind gone"])
def test_a_forged_table_is_found_though_every_page_and_digest_is_made_with_it(
    told: Run, tmp_path: Path, what: str
) -> None:
    forged = copy(told.folder, tmp_path)
    second = read(forged / "manifest.json")["second"]
    place = next(place for place, kind in enumerate(second["kinds"]) if kind["agree"] > 1)
    kind = second["kinds"][place]
    if what == "agree":  # one more is said to have been there, and to agree
        kind |= {"results": kind["results"] + 1, "agree": kind["agree"] + 1}
    elif what == "left":  # and one that agrees not to have been checked
        kind |= {"agree": kind["agree"] - 1, "left": ["difference 1"]}
    elif what == "roads":
        kind["roads"] = ["a better way", *kind["roads"]]
    else:
        del second["kinds"][place]
    tell(forged, second)
    found = faults(verify(forged, study=study_of(told)))
    assert FORGED in found
    assert any("internal/annex.html" in fault for fault in found)


def test_without_the_study_the_table_is_not_checked_and_said_to_be(told: Run, tmp_path: Path) -> None:
    verdict = verify(copy(told.folder, tmp_path))
    assert verdict.exit_code == 2
    assert status(verdict, WRITTEN_AGAIN) == "not checked"


def test_an_edition_to_share_that_keeps_it_is_refused(told: Run, tmp_path: Path) -> None:
    share = copy(told.folder, tmp_path) / "share"
    write_manifest(share / "manifest.json", {**read(share / "manifest.json"), "second": told.second})
    verdict = verify(share)
    assert status(verdict, ITSELF) == "differs"
    assert any("second is no field of one" in fault for fault in faults(verdict))


def test_a_difference_found_while_writing_is_written_named_and_ends_in_one(
    told: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = replication.replicate
    wrong = "mmrm.mood.end.difference"

    def spoiled(*given: Any, **more: Any) -> Iterator[Comparison]:
        for one in real(*given, **more):
            first = dataclasses.replace(one.first, value=one.first.value + 1.0)
            yield dataclasses.replace(one, first=first) if one.first.id == wrong else one

    monkeypatch.setattr(replication, "replicate", spoiled)
    command = ["report", str(study_of(told)), "--out", str(tmp_path), "--independent", "--formats", "html"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 1
    assert "does not confirm 1 result:" in result.stderr
    (annex,) = tmp_path.glob("*/*/internal/annex.html")
    text = annex.read_text(encoding="utf-8")
    assert f'<span data-literal="manifest:second.differing.0">{wrong}</span>' in text
    assert "Do not rely on them" in text
