"""README is so today: what it names is there, and its figures are those of their proofs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from outcomes.cli.main import main

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_link_and_picture_leads_to_a_file() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []
    assert re.search(r"!\[[^\]]+\]\(tests/browser/screens/first-1280\.png\)", TEXT)


def test_every_command_and_every_target_of_make_is_there() -> None:
    commands = set(re.findall(r"(?:bin/|Scripts\\|`)outcomes ([a-z]+)", TEXT))
    assert {"report", "verify", "trace"} <= commands <= set(main.commands)
    targets = set(re.findall(r"(?:^    |`)make ([a-z-]+)", TEXT, re.MULTILINE))
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"report", "test"} <= targets <= known


def test_the_agreement_with_r_is_that_of_the_page_on_the_model() -> None:
    page = (ROOT / "docs" / "methods" / "mmrm.md").read_text(encoding="utf-8")
    assert "| **2e-13** |" in TEXT
    assert re.search(
        r"^\| estimate, .*seven models on two real trials \| R's mmrm 0\.3\.18.* \| 2e-13,", page, re.MULTILINE
    )


def test_the_coverage_is_that_of_the_kept_simulation() -> None:
    kept = json.loads((ROOT / "tests" / "reference" / "coverage" / "coverage.json").read_text(encoding="utf-8"))
    held = [100 * one["held"] for one in kept.values()]
    assert f"| **{min(held):.3g}% to {max(held):.3g}%** |" in TEXT


def test_as_many_files_are_forged_as_it_says() -> None:
    tree = ast.parse((Path(__file__).parent / "test_forged_runs.py").read_text(encoding="utf-8"))
    (cases,) = (
        one.value
        for one in ast.walk(tree)
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id == "FILES"
    )
    assert isinstance(cases, ast.Dict)
    said = re.search(r"\| \*\*(\d+)\*\* \| ways of forging a file", TEXT)
    assert said is not None
    assert int(said[1]) <= len(cases.keys)


@pytest.mark.parametrize("head", ["Begin", "Three figures, and their proof", "What it does not do"])
def test_it_has_what_a_landing_page_has(head: str) -> None:
    assert f"\n## {head}\n" in TEXT
