"""Findings are told grouped, at three levels, each code with an explanation and an example."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outcomes.cli import main
from outcomes.study.explain import read_codes
from outcomes.study.model import Finding
from outcomes.study.sentences import to_groups
from small_study import spoil

if TYPE_CHECKING:
    from pathlib import Path


def finding(level: str, code: str, rows: tuple[int, ...], *, file: str = "scores.csv", more: int = 0) -> Finding:
    return Finding(level=level, code=code, file=file, rows=rows, more=more, rule="a rule", fix="A remedy.")  # type: ignore[arg-type]


def test_what_was_found_stands_once_above_all_places_where_it_was_found() -> None:
    findings = [
        finding("NOTE", "E228", (3,)),
        finding("STOP", "E213", (4, 5), more=7),
        finding("STOP", "E213", (9,), file="clients.csv"),
    ]
    assert list(to_groups(findings, explained=False)) == [
        "",
        "STOP  2 findings: nothing is computed before this is mended",
        "  E213  a rule",
        "        scores.csv, rows 4, 5 and 7 more",
        "        clients.csv, row 9",
        "        → A remedy.",
        "",
        "NOTE  1 finding: good to know",
        "  E228  a rule",
        "        scores.csv, row 3",
        "        → A remedy.",
        "",
        "outcomes explain CODE says more about each code.",
    ]


def test_nothing_to_mend_is_said_where_nothing_or_only_notes_were_found() -> None:
    assert list(to_groups([], explained=False)) == ["Nothing to mend."]
    assert next(to_groups([finding("NOTE", "E228", ())], explained=False)) == "Nothing to mend."


@pytest.mark.parametrize("code", [code for code in read_codes() if code >= "E200"])
def test_every_code_about_data_has_an_example(code: str) -> None:
    answer = CliRunner().invoke(main, ["explain", code])
    assert answer.exit_code == 0
    assert "Example: " in answer.output


def test_check_explains_on_demand_and_tells_programs_the_same(small_study: Path) -> None:
    spoil(small_study, "scores.csv", 4, "score", "2%")
    plain = CliRunner().invoke(main, ["check", str(small_study)])
    explained = CliRunner().invoke(main, ["check", str(small_study), "--explain"])
    told = CliRunner().invoke(main, ["check", str(small_study), "--json"])
    assert (plain.exit_code, explained.exit_code, told.exit_code) == (1, 1, 1)
    assert "percent" in plain.output
    assert "Example: 85% becomes 85" in explained.output
    assert "Example:" not in plain.output
    findings = [(one["level"], one["code"], one["rows"]) for one in json.loads(told.output)]
    assert findings == [("STOP", "E213", [4]), ("NOTE", "E312", [])]  # the note is of the evidence that is served


def test_the_package_tells_what_the_command_tells(small_study: Path) -> None:
    import outcomes

    assert {one.code for one in outcomes.check(small_study)} == {"E292", "E312"}


def test_what_the_scoring_audit_notices_is_told_by_check(root: Path, tmp_path: Path) -> None:
    import shutil

    import outcomes

    shutil.copytree(root / "data" / "example", tmp_path / "example")
    items = tmp_path / "example" / "items" / "dts.csv"
    header, *rows = items.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("q06")
    turned = [row.split(",") for row in rows]
    for cells in turned:
        cells[place] = cells[place] and str(6 - int(cells[place]))
    items.write_text("\n".join([header, *map(",".join, turned)]) + "\n", encoding="utf-8")
    found = {(one.level, one.code, one.file) for one in outcomes.check(tmp_path / "example")}
    assert ("CHECK", "E283", "items/dts.csv") in found
