"""A report against an earlier run: its numbers as they were printed, by the same rules, from released values alone."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest

import outcomes
from outcomes.audit.earlier import EARLIER_SCHEMA, HELD_BACK, OTHER_RULES, keep_earlier
from outcomes.results.store import read_registry
from outcomes.results.ways import main_key
from outcomes.runs import read_manifest
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Write a run of a small study, and one of the same people by a plan with another worthwhile difference."""
    home = tmp_path_factory.mktemp("before")
    study = write_small_study(home / "small")
    first = outcomes.report(study, out=home / "reports").folder
    plan = study / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    changed, count = re.subn(r"(?m)^worthwhile = .*$", "worthwhile = 0.123", text, count=1)
    assert count == 1
    plan.write_text(changed, encoding="utf-8")
    return first, outcomes.report(study, out=home / "reports", before=first).folder


def read(run: Path, edition: str) -> str:
    """Give the report of an edition."""
    return (run / edition / "report.html").read_text(encoding="utf-8")


def test_a_measure_of_the_same_rules_stands_beside_and_another_is_named(runs: tuple[Path, Path]) -> None:
    """By the text that the earlier run printed; of the other by the key of the plan."""
    first, second = runs
    rows = read_manifest(second)["before"]["internal"]["rows"]
    other = [one for one in rows if one["rules"]]
    unchanged = keep_earlier(first, read_manifest(first))["internal"]["rows"]
    same = [one for one in unchanged if one["what"] not in {"people", "completed"}]
    assert [one["rules"] for one in other] == [[f"measures.{other[0]['what']}.worthwhile"]]
    assert same
    registry, page = read_registry(first / "results.json"), read(second, "internal")
    for one in same:
        assert one["difference"] == registry.record(main_key(registry, one["what"], "end")).text
    assert "by other rules, so not set beside" in page
    assert f"measures.{other[0]['what']}.worthwhile is another." in page


def test_the_edition_to_share_shows_what_the_earlier_one_released(runs: tuple[Path, Path]) -> None:
    """And neither the name of a run nor a time."""
    first, second = runs
    page, kept = read(second, "share"), keep_earlier(first, read_manifest(first))
    registry = read_registry(first / "share/results.json")
    shown = [one for one in kept["share"]["rows"] if one.get("difference")]
    texts = {registry.record(name).text for name in registry}
    assert shown
    assert {one["difference"] for one in shown} <= texts
    assert kept["run"] not in page
    assert kept["run"] not in (second / "share/manifest.json").read_text(encoding="utf-8")


def test_both_editions_are_verified_without_the_earlier_run(runs: tuple[Path, Path], tmp_path: Path) -> None:
    """The run keeps what it shows; it is held to the earlier one where that lies there, else that is noted."""
    _, second = runs
    study = second.parents[2] / "small"
    beside = outcomes.verify(second, study)
    assert beside.exit_code == 0, beside.to_text()
    assert "what the earlier run found, as this one keeps it (1 compared)" in beside.to_text()
    alone = shutil.copytree(second, tmp_path / "alone")
    verdict = outcomes.verify(alone, study)
    assert verdict.exit_code == 0, verdict.to_text()
    assert "does not lie beside this one" in verdict.to_text()
    assert outcomes.verify(alone / "share").exit_code == 2


def test_a_number_of_the_earlier_run_that_was_changed_is_found(runs: tuple[Path, Path]) -> None:
    """On the page, and in the manifest where the earlier run lies beside."""
    _, second = runs
    forged = second.with_name("forged")
    shutil.copytree(second, forged)
    try:
        page = forged / "internal/report.html"
        row = next(
            one
            for one in read_manifest(second)["before"]["internal"]["rows"]
            if one.get("interval") and not one["rules"]
        )
        text = page.read_text(encoding="utf-8")
        begin = text.index('id="before"')
        page.write_text(text[:begin] + text[begin:].replace(row["difference"], "99 points", 1), encoding="utf-8")
        said = outcomes.verify(forged, second.parents[2] / "small").to_text()
        assert re.search(r"manifest:before\S+ is printed with another value", said)
    finally:
        shutil.rmtree(forged)


@pytest.mark.parametrize(
    ("change", "inside", "shared"),
    [
        ({"schema": 1}, EARLIER_SCHEMA, EARLIER_SCHEMA),
        ({"released": {"held": True}}, "", HELD_BACK),
        ({"disclosure": {"minimum_count": 3}}, "", OTHER_RULES),
    ],
)
def test_what_an_earlier_run_cannot_lend_is_named(
    runs: tuple[Path, Path], tmp_path: Path, change: dict[str, object], inside: str, shared: str
) -> None:
    """A run of schema 1, an edition that was held back, other rules of disclosure: no number, and the reason."""
    first, second = runs
    copy = shutil.copytree(first, tmp_path / "first")
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    for name, value in change.items():
        if name == "disclosure":
            manifest["plan"]["disclosure"] |= value
        elif isinstance(value, dict):
            manifest[name] |= value
        else:
            manifest[name] = value
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    kept = keep_earlier(copy, read_manifest(second))
    for edition, reason in (("internal", inside), ("share", shared)):
        assert kept[edition]["withheld"] == reason
        assert bool(kept[edition]["rows"]) is not bool(reason)
