"""The notebooks are seven, in order, need nothing but the package, and are committed with what they gave."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
REFERENCE = ROOT / "tests" / "reference"
READERS = {"open", "Path", "read_text", "read_bytes", "load", "genfromtxt", "loadtxt"}


def codes(path: Path) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def trees(path: Path) -> list[ast.Module]:
    return [ast.parse("".join(cell["source"])) for cell in codes(path)]


def stated(name: str, variable: str) -> Any:
    """What a notebook writes out as `variable = …`."""
    path = next(path for path in NOTEBOOKS if path.stem == name)
    found = [
        ast.literal_eval(node.value)
        for tree in trees(path)
        for node in tree.body
        if isinstance(node, ast.Assign) and [getattr(one, "id", None) for one in node.targets] == [variable]
    ]
    assert len(found) == 1
    return found[0]


def stored(file: str) -> Any:
    return json.loads((REFERENCE / file).read_text(encoding="utf-8"))


def test_they_are_seven_and_numbered_in_order() -> None:
    assert [path.name[:3] for path in NOTEBOOKS] == [f"0{number}-" for number in range(1, 8)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_the_package_and_nothing_inside_it(path: Path) -> None:
    for tree in trees(path):
        for node in ast.walk(tree):
            named = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in named if name.startswith("outcomes.")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_what_it_gave_and_no_error(path: Path) -> None:
    cells = codes(path)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert all(cell["execution_count"] for cell in cells)
    assert outputs
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_reads_no_file_so_that_it_runs_wherever_the_package_is_installed(path: Path) -> None:
    called = {
        getattr(node.func, "id", getattr(node.func, "attr", ""))
        for tree in trees(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    texts = [node.value for tree in trees(path) for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    # who makes a folder of its own reads what it wrote there
    assert not called & READERS or "mkdtemp" in called
    assert not [text for text in texts if isinstance(text, str) and re.search(r"\.\./|tests/", text)]


def test_what_r_gave_stands_in_the_notebook_as_it_was_stored() -> None:
    rows = (REFERENCE / "mmrm" / "data" / "repeated.csv").read_text(encoding="utf-8").split()
    assert stated("02-repeated-measures", "REPEATED").split() == rows
    assert stated("02-repeated-measures", "NLME") == stored("mmrm/gls.json")["unstructured"]


def test_what_simulations_gave_stands_in_the_notebooks_as_it_was_stored() -> None:
    recovered = stored("example/recovery.json")["results"]
    columns = stated("03-for-whom", "COLUMNS")
    for name, row in stated("03-for-whom", "RECOVERED").items():
        assert row == [round(recovered[name][column], 3) for column in columns]
    for words, row in stated("03-for-whom", "ERRORS").items():
        measure, level = words.split(", ")
        at = f"needs.{measure}.end.self_harm_history.{level}"
        assert row == [round(recovered[f"{at}.{what}"]["error of true"], 3) for what in ("difference", "shrunken")]
    slopes = stored("dose/dose.json")["slopes"]["ders16"]
    for name, slope in stated("04-sessions-and-costs", "LARGE").items():
        assert slope == round(slopes[name]["slope"], 4)
