"""A study's own instrument is read from its folder, held to what shipped ones are held to, named, and verified."""

from __future__ import annotations

import json
import shutil
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import outcomes
from filled_book import fill_book
from outcomes.cli import main
from outcomes.core.digests import seal
from outcomes.errors import DataError, PlanError
from outcomes.instruments import list_instruments
from outcomes.plan.definition import DefinitionFaultsError, read_definition
from outcomes.pooling.agreement import find_differences, make_agreement
from outcomes.runs.manifest import digest_of
from outcomes.study.files import open_files
from outcomes.study.locking import lock_study
from small_study import PLAN, write_small_study

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = """\
id = "sleep4"
name = "Sleep diary of this clinic, 4 questions"
citation = "Made by this clinic for these tests"
domain = "other"
better = "lower"
n_items = 4
answers = [0, 3]
reversed_items = [2]
default_score = "total"
licence = "The clinic's own."
[key]
status = "unchecked"
[scores.total]
rule = "sum"
range = [0, 12]
status = "project default"
[missing]
maximum_missing = 1
status = "project default"
source = "Agreed in the clinic."
"""
MEASURE = """\
[measures.sleep]
label = "Sleep"
domain = "other"
role = "secondary"
better = "lower"
range = [0, 12]
instrument = "sleep4"
[adjust]"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = write_small_study(tmp_path_factory.mktemp("own") / "small")
    (study / "plan.toml").write_text(PLAN.replace("[adjust]", MEASURE), encoding="utf-8")
    (study / "instruments").mkdir()
    (study / "instruments" / "sleep4.toml").write_text(DEFINITION, encoding="utf-8")
    rng = np.random.default_rng(3)
    clients = pd.read_csv(study / "clients.csv")["client_id"]
    rows = [
        [client, visit, *(str(one) if rng.random() > 0.05 else "" for one in rng.integers(0, 4, 4))]
        for client in clients
        for visit in ("start", "end")
    ]
    (study / "items").mkdir()
    table = pd.DataFrame(rows, columns=["client_id", "visit", "q01", "q02", "q03", "q04"])
    table.to_csv(study / "items" / "sleep4.csv", index=False)
    return study


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    return outcomes.report(folder, out=folder.parent / "reports").folder


def test_its_answers_are_scored_by_its_key(folder: Path) -> None:
    answers = pd.read_csv(folder / "items" / "sleep4.csv")
    turned = answers[["q01", "q02", "q03", "q04"]].assign(q02=3 - answers["q02"])
    by_hand = (turned.mean(axis=1) * 4).where(turned.notna().sum(axis=1) >= 3)
    scored = outcomes.read_study(folder).frame().query("measure == 'sleep' and visit != 'mid'")
    wanted = dict(zip(zip(answers["client_id"], answers["visit"], strict=True), by_hand, strict=True))
    ours = [wanted[client, visit] for client, visit in zip(scored["client_id"], scored["visit"], strict=True)]
    assert scored["score"].notna().sum() > 50
    np.testing.assert_allclose(scored["score"], ours, rtol=1e-15)  # the same sums in another order


def test_manifest_and_report_name_it_with_its_digest_and_the_edition_to_share_holds_no_definition(
    folder: Path, run: Path
) -> None:
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    digest = digest_of(folder / "instruments" / "sleep4.toml")
    assert {one["name"]: one["sha256"] for one in manifest["files"]}["instruments/sleep4.toml"] == digest
    assert manifest["plan"]["instruments"]["sleep4"]["reversed_items"] == [2]
    annex = (run / "internal" / "annex.html").read_text(encoding="utf-8")
    assert digest in annex
    assert "Instruments of the study's own" in annex.replace("&#39;", "'").replace("’", "'")
    assert "Sleep diary of this clinic, 4 questions" in annex
    shared = json.loads((run / "share" / "manifest.json").read_text(encoding="utf-8"))
    assert shared["plan"]["instruments"] == {}
    assert "Made by this clinic" not in (run / "share" / "annex.html").read_text(encoding="utf-8")
    results = json.loads((run / "results.json").read_text(encoding="utf-8"))["results"]
    (one,) = [one for one in results if one["id"] == "mmrm.sleep.end.difference"]
    assert "instruments/sleep4.toml" in one["provenance"]["files"]


def test_a_run_is_verified_with_it_and_not_with_another(folder: Path, run: Path, tmp_path: Path) -> None:
    assert outcomes.verify(run, folder).exit_code == 0
    other = shutil.copytree(folder, tmp_path / "small")
    (other / "instruments" / "sleep4.toml").write_text(DEFINITION.replace("[2]", "[3]"), encoding="utf-8")
    faults = [fault for check in outcomes.verify(run, other).checks for fault in check.faults]
    assert any("instruments/sleep4.toml is not as it was" in fault for fault in faults)
    assert any("plan in manifest.json" in fault for fault in faults)
    assert any("sleep" in fault and "difference" in fault for fault in faults)


def test_a_forged_definition_in_the_manifest_is_found(folder: Path, run: Path, tmp_path: Path) -> None:
    forged = shutil.copytree(run, tmp_path / "forged")
    manifest = json.loads((forged / "manifest.json").read_text(encoding="utf-8"))
    manifest["plan"]["instruments"]["sleep4"]["reversed_items"] = []
    text = json.dumps(seal({**manifest, "digest": None}), indent=1, ensure_ascii=False) + "\n"
    (forged / "manifest.json").write_text(text, encoding="utf-8")
    verdict = outcomes.verify(forged, folder)
    assert verdict.exit_code == 1
    assert any("plan in manifest.json" in fault for check in verdict.checks for fault in check.faults)


def test_the_program_for_r_carries_its_key_and_none_of_its_texts(run: Path) -> None:
    program = (run / "audit" / "program.R").read_text(encoding="utf-8")
    assert '"sleep4" = r"-----(' in program
    assert "reversed_items = [2]" in program
    assert "Made by this clinic" not in program


def test_frames_a_part_and_another_plan_keep_it(folder: Path) -> None:
    study = outcomes.read_study(folder)
    raw = tomllib.loads((folder / "plan.toml").read_text(encoding="utf-8"))
    made = outcomes.study(
        clients=pd.read_csv(folder / "clients.csv"),
        scores=pd.read_csv(folder / "scores.csv"),
        items={"sleep4": pd.read_csv(folder / "items" / "sleep4.csv")},
        plan=raw,
        instruments={"sleep4": tomllib.loads(DEFINITION)},
        folder=folder.parent,
    )
    again = [made, study.with_plan(raw), study.with_plan(study.plan), study.where(gender="woman")]
    assert all(one.plan.instruments == study.plan.instruments for one in again)
    assert all("instruments/sleep4.toml" in [file.name for file in one.files] for one in again)
    pd.testing.assert_frame_equal(made.frame(), study.frame())
    by_plan = outcomes.study(
        clients=pd.read_csv(folder / "clients.csv"), scores=pd.read_csv(folder / "scores.csv"), plan=study.plan
    )
    assert by_plan.plan.instruments == study.plan.instruments


def test_a_workbook_has_it_in_the_folder_beside_it(folder: Path, tmp_path: Path) -> None:
    book = fill_book(folder, tmp_path / "small.xlsx")
    with pytest.raises(PlanError, match="no instrument is called 'sleep4'"):
        outcomes.read_study(book)
    shutil.copytree(folder / "instruments", tmp_path / "small.outcomes" / "instruments")
    study = outcomes.read_study(book)
    pd.testing.assert_frame_equal(study.frame(), outcomes.read_study(folder).frame())
    assert "instruments/sleep4.toml" in [file.name for file in study.files]


def test_a_lock_holds_it(folder: Path, tmp_path: Path) -> None:
    study = shutil.copytree(folder, tmp_path / "small")
    _, lock = lock_study(study, again=False)
    assert lock.plan.instruments["sleep4"].reversed_items == (2,)
    (study / "instruments" / "sleep4.toml").write_text(DEFINITION.replace("[2]", "[3]"), encoding="utf-8")
    _, again = lock_study(study, again=True)
    assert len(again.entries) == 2


def test_clinics_that_pool_agree_on_it(folder: Path, tmp_path: Path) -> None:
    study = shutil.copytree(folder, tmp_path / "small")
    plan = PLAN.replace("[adjust]", MEASURE.replace("secondary", "primary"))
    (study / "plan.toml").write_text(plan, encoding="utf-8")
    one = outcomes.read_study(study)
    agreement = make_agreement(one, name="pool", clinics=("a", "b", "c"), threshold=None, merges={})
    assert find_differences(agreement, one.plan) == []
    (study / "instruments" / "sleep4.toml").write_text(DEFINITION.replace("[2]", "[3]"), encoding="utf-8")
    assert find_differences(agreement, outcomes.read_study(study).plan) == ["instruments.sleep4.reversed_items"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("range = [0, 12]", "range = [0, 16]", "a declared range is not the one that the rule gives"),
        ("[2]", "[5]", "an item number is outside the form"),
        ("[0, 3]", "[3, 0]", "the answers do not run from the lowest to the highest"),
        ('domain = "other"', 'domain = "sleep"', "unknown domain"),
        ('better = "lower"', 'better = "down"', "must be 'higher' or 'lower'"),
        ('id = "sleep4"', 'id = "sleep5"', "is not the name of the file"),
        ('default_score = "total"', 'default_score = "sum"', "the default score is not defined"),
        ('"sum"', '"mean_of_subscales"', "there are none"),
        ('licence = "The clinic\'s own."\n', "", "is missing"),
        (
            "n_items = 4",
            "n_items = 4\nnitems = 4",
            "is not a key of the definition of an instrument; did you mean n_items",
        ),
        ("n_items = 4", "n_items = four", "is not valid TOML here"),
        ("[key]", "[subscales.one]\nitems = [1, 2, 3, 4]\n[key]", "subscale_scores does not say how they are scored"),
        ("maximum_missing = 1", "maximum_missing = -1", "must be greater than or equal to 0"),
        ('"sum"', '"sum"\nitems = [1, 1, 2]', "a score names an item twice"),
        ('"sum"', '"sum"\nsubscales = ["nights"]', "a subscale that is not defined"),
    ],
)
def test_a_definition_with_a_fault_is_told_with_its_file_and_nothing_is_read(
    folder: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    study = shutil.copytree(folder, tmp_path / "small")
    assert old in DEFINITION
    (study / "instruments" / "sleep4.toml").write_text(DEFINITION.replace(old, new, 1), encoding="utf-8")
    found = outcomes.check(study)
    assert {(one.level, one.code, one.file) for one in found} == {("STOP", "E298", "instruments/sleep4.toml")}
    assert any(said in one.rule for one in found)
    with pytest.raises(DataError, match=r"instruments/sleep4\.toml"):
        outcomes.read_study(study)


def test_a_shipped_instrument_cannot_be_defined_anew(folder: Path, tmp_path: Path) -> None:
    study = shutil.copytree(folder, tmp_path / "small")
    (study / "instruments" / "phq_9.toml").write_text(DEFINITION.replace("sleep4", "phq_9"), encoding="utf-8")
    (found,) = outcomes.check(study)
    assert "comes with the program" in found.rule


def test_what_tells_somebody_in_a_definition_is_stopped_and_one_that_nobody_uses_is_told(
    folder: Path, tmp_path: Path
) -> None:
    study = shutil.copytree(folder, tmp_path / "small")
    spoilt = DEFINITION.replace("Agreed in the clinic.", "Ask anna.smith@example.org.")
    (study / "instruments" / "sleep4.toml").write_text(spoilt, encoding="utf-8")
    (study / "instruments" / "diet4.toml").write_text(DEFINITION.replace("sleep4", "diet4"), encoding="utf-8")
    found = outcomes.check(study)
    (told,) = [one for one in found if one.code == "E309"]
    assert (told.level, told.file) == ("STOP", "instruments/sleep4.toml")
    assert "anna" not in repr(found)
    assert [one.level for one in found if one.file == "instruments/diet4.toml"] == ["CHECK"]


def test_the_plan_itself_defines_none(folder: Path, tmp_path: Path) -> None:
    study = shutil.copytree(folder, tmp_path / "small")
    text = (study / "plan.toml").read_text(encoding="utf-8")
    (study / "plan.toml").write_text(f'{text}[instruments.x]\nid = "x"\n', encoding="utf-8")
    with pytest.raises(PlanError, match=r"instruments: is no key of the plan"):
        outcomes.read_study(study)


@pytest.mark.parametrize("name", list_instruments())
def test_shipped_definitions_meet_what_own_ones_are_held_to(name: str) -> None:
    folder = resources.files("outcomes.instruments") / "definitions"
    text = (folder / f"{name}.toml").read_text(encoding="utf-8")
    raw: dict[str, Any] = tomllib.loads(text)
    if {"table", "talking_therapies"} & raw.keys():  # goals, and a convention of one country: for the program alone
        return
    own = text.replace(f'id = "{name}"', f'id = "own_{name}"', 1)
    assert read_definition(own.encode(), f"own_{name}").instrument.n_items == raw["n_items"]
    with pytest.raises(DefinitionFaultsError):
        read_definition(text.encode(), name)


def write_source(path: Path, names: tuple[str, ...], rows: list[list[object]]) -> Path:
    pd.DataFrame(rows, columns=["ID", "Programme", *names]).to_csv(path, index=False)
    return path


WIDE = [f"Sleep4_{number} {visit}" for visit in ("pre", "post") for number in range(1, 5)]


@pytest.mark.parametrize("out", ["study", "study.xlsx"])
@pytest.mark.parametrize("stem", ["Sleep4_", "Q"])
def test_an_import_finds_its_items_and_takes_its_key_and_range(tmp_path: Path, out: str, stem: str) -> None:
    names = tuple(one.replace("Sleep4_", stem) for one in WIDE)
    rows = [[f"P{n:02d}", "AB"[n % 2], *((n + place) % 4 for place in range(len(names)))] for n in range(24)]
    source = write_source(tmp_path / "export.csv", names, rows)
    home = tmp_path / ("study.outcomes" if out.endswith(".xlsx") else out)
    (home / "instruments").mkdir(parents=True)
    (home / "instruments" / "sleep4.toml").write_text(DEFINITION, encoding="utf-8")
    said = ("import", str(source), "--out", str(tmp_path / out), "--arm", "A=full", "--arm", "B=skills")
    for _ in range(2):  # and again over its own result
        done = CliRunner().invoke(main, said)
        assert done.exit_code == 0, done.stderr
        assert "as answers to sleep4 at pre" in done.stderr
    files = open_files(tmp_path / out)
    plan = tomllib.loads(b"".join(files.source("plan.toml").blocks()).decode())
    found = plan["measures"]["sleep4"]
    assert (found["instrument"], found["range"], found["better"]) == ("sleep4", [0, 12], "lower")
    assert files.items() == ["sleep4"]


def test_a_definition_that_is_none_stops_the_import_before_anything_is_written(tmp_path: Path) -> None:
    source = write_source(tmp_path / "export.csv", ("DERS16 pre",), [["P1", "A", 3]])
    (tmp_path / "study" / "instruments").mkdir(parents=True)
    (tmp_path / "study" / "instruments" / "sleep4.toml").write_text("id = 3", encoding="utf-8")
    done = CliRunner().invoke(main, ["import", str(source), "--out", str(tmp_path / "study"), "--arm", "A=full"])
    assert done.exit_code != 0
    assert "E298" in done.stderr
    assert sorted(one.name for one in (tmp_path / "study").iterdir()) == ["instruments"]
