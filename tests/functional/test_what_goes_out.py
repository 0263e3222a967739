"""What leaves the program can do no harm: no network, no formula, no markup, no escape, no name made of data."""

from __future__ import annotations

import csv
import io
import socket
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import outcomes
from outcomes.cli import main
from outcomes.render.tables import FORMULA
from small_study import PLAN, write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "=1+1</title><script>alert(1)</script><img src=x onerror=alert(1)>'\"{{7*7}} %s 😀 مرحبا"


@pytest.fixture(scope="module")
def hostile_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a study whose every label and level is hostile."""
    study = write_small_study(tmp_path_factory.mktemp("data") / "small")
    label = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    plan = PLAN
    for text in (
        "A small synthetic study",
        "Full programme",
        "Skills group only",
        "Low mood (0-63)",
        "Skills use",
        "End",
    ):
        plan = plan.replace(f'"{text}"', f'"{label} {text}"')
    (study / "plan.toml").write_text(plan, encoding="utf-8")
    clients = (study / "clients.csv").read_text(encoding="utf-8").replace(",woman,", ',"<b>&woman</b>",')
    (study / "clients.csv").write_text(clients, encoding="utf-8")
    return study


@pytest.fixture(scope="module")
def hostile_run(hostile_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return outcomes.report(hostile_study, out=tmp_path_factory.mktemp("out")).folder


def test_a_report_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "the network was asked for"
        raise AssertionError(message)

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    run = outcomes.report(write_small_study(tmp_path / "small"), out=tmp_path / "out")
    assert outcomes.verify(run.folder, tmp_path / "small").exit_code == 0


def test_no_text_cell_of_a_table_is_a_formula(hostile_run: Path) -> None:
    tables = [*hostile_run.rglob("*.csv")]
    assert len(tables) > 10
    cells = [
        cell
        for path in tables
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
        for cell in row
        if not is_number(cell)
    ]
    assert any(cell.startswith("'=1+1") for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(FORMULA)]


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_markup_in_labels_and_levels_stays_text(hostile_run: Path) -> None:
    for edition in ("internal", "share"):
        page = read_books(hostile_run, edition)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>&woman" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "default-src 'none'" in page


def test_pictures_hold_outlines_and_no_text_of_a_label(hostile_run: Path) -> None:
    pictures = list(hostile_run.rglob("*.svg"))
    assert pictures
    assert not [path.name for path in pictures if "<script" in path.read_text(encoding="utf-8").lower()]


def test_names_of_files_come_from_ids(hostile_run: Path) -> None:
    names = [path.name for path in hostile_run.rglob("*")]
    assert all(name.replace(".", "").replace("_", "").replace("-", "").isalnum() and name.isascii() for name in names)


def test_a_run_of_hostile_labels_verifies(hostile_run: Path, hostile_study: Path) -> None:
    verdict = outcomes.verify(hostile_run, hostile_study)
    assert verdict.exit_code == 0, verdict.to_text()


def test_a_terminal_is_never_given_an_order(tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "small")
    text = (study / "clients.csv").read_text(encoding="utf-8").replace("age", "age,\x1b[31mred\u202e", 1)
    (study / "clients.csv").write_text(text, encoding="utf-8")
    for words in (
        ["check", str(study)],
        ["report", str(study), "--out", str(tmp_path / "out")],
        ["explain", "\x1b[2J"],
    ):
        answer = CliRunner().invoke(main, words, color=True)
        assert answer.exit_code in {1, 2}
        assert "\x1b" not in answer.output
        assert "\u202e" not in answer.output
