"""Files of SPSS and Stata: codes with their labels, dates, and what the file itself calls missing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from examined import check_study
from outcomes.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pyreadstat = pytest.importorskip("pyreadstat", reason="pyreadstat, of the extra spss, is not installed")
ARMS = ("--arm", "121 and group=full", "--arm", "Group only=skills")
PEOPLE = 24


def write(place: Path) -> Path:
    """Write a table as a statistician keeps one: codes of arms with labels, 99 for what is missing."""
    numbers = np.arange(1, PEOPLE + 1)
    frame = pd.DataFrame(
        {
            "study_id": [f"S{number:02d}" for number in numbers],
            "programme": (numbers % 2 + 1).astype(float),
            "sex": (numbers % 3 // 2 + 1).astype(float),
            "start_date": [dt.date(2024, 1, 1) + dt.timedelta(days=int(number)) for number in numbers],
            **{f"phq9_{item}_pre": (numbers * item % 4).astype(float) for item in range(1, 10)},
            **{f"phq9_{item}_post": (numbers * item % 3).astype(float) for item in range(1, 10)},
        }
    )
    frame.loc[3, "phq9_1_post"] = 99.0 if place.suffix == ".sav" else np.nan
    answers = {0: "Not at all", 1: "Several days", 2: "More than half the days", 3: "Nearly every day"}
    labels: dict[str, Any] = {
        "programme": {1: "121 and group", 2: "Group only"},
        "sex": {1: "woman", 2: "man"},
        **{name: answers for name in frame if name.startswith("phq9")},
    }
    if place.suffix == ".sav":
        pyreadstat.write_sav(frame, str(place), variable_value_labels=labels, missing_ranges={"phq9_1_post": [99]})
    else:
        pyreadstat.write_dta(frame, str(place), variable_value_labels=labels)
    return place


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("name", ["table.sav", "table.dta"])
def test_a_file_becomes_a_study_by_the_labels_of_its_arms_and_the_codes_of_its_answers(
    tmp_path: Path, name: str
) -> None:
    words = ["import", str(write(tmp_path / name)), "--out", str(tmp_path / "mine"), *ARMS]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    clients, items = rows_of(tmp_path / "mine" / "clients.csv"), rows_of(tmp_path / "mine" / "items" / "phq9.csv")
    assert [row["arm"] for row in clients] == ["skills", "full"] * (PEOPLE // 2)
    assert clients[0]["start_date"] == "2024-01-02"
    assert {row["gender"] for row in clients} == {"woman", "man"}
    assert len(items) == 2 * PEOPLE
    first = next(row for row in items if row["client_id"] == "S04" and row["visit"] == "post")
    assert first["q01"] == ""
    assert first["q02"] == str(4 * 2 % 3)
    assert not [one for one in check_study(tmp_path / "mine") if one.level == "STOP"]


def test_a_file_that_is_none_is_named_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "table.sav").write_text("id,arm\n1,A\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["import", str(tmp_path / "table.sav"), "--propose"])
    assert done.exit_code == 1
    assert "not the file that its ending says" in done.output


def test_without_the_extra_the_message_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = write(tmp_path / "table.sav")
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    done = CliRunner().invoke(main, ["import", str(place), "--propose"])
    assert done.exit_code == 1
    assert "outcomes[spss]" in done.output
