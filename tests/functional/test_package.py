"""What is installed: the package says its version and its types, and brings the example along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import outcomes
from outcomes.errors import StudyNotFoundError
from outcomes.study import example

COMMAND = str(Path(sys.executable).parent / "outcomes")


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, built by its backend as it is installed: nothing is fetched."""
    out = tmp_path_factory.mktemp("wheel")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(out)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)  # noqa: S603  # ours
    return out / done.stdout.split()[-1]


def test_the_version_is_that_of_the_project(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert outcomes.__version__ == project["version"]
    with pytest.raises(AttributeError):
        outcomes.__versions__  # noqa: B018  # the question is the test


def test_a_wheel_holds_the_package_its_types_and_every_table_of_the_example_once(root: Path, wheel: Path) -> None:
    source, study = root / "src" / "outcomes", root / "data" / "example"
    expected = {f"outcomes/{path.relative_to(source).as_posix()}" for path in source.rglob("*") if path.is_file()}
    tables = {f"outcomes/example/{path.relative_to(study).as_posix()}" for path in study.rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as opened:
        names = [name for name in opened.namelist() if ".dist-info/" not in name]
        assert len(names) == len(set(names))
        assert set(names) == {name for name in expected | tables if "__pycache__" not in name}
        assert {"outcomes/py.typed", "outcomes/example/plan.toml", "outcomes/example/scores.csv"} <= set(names)
        table = opened.read("outcomes/example/clients.csv")
    assert table == (study / "clients.csv").read_bytes()


def test_an_installed_package_finds_its_example_and_has_the_code_of_its_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(tmp_path / "site")
    code = (
        "import sys\nsys.path.insert(0, 'site')\nfrom outcomes.study.example import find_example\n"
        "from outcomes.runs.software import name_software\nfrom outcomes.cli import main\n"
        "print(find_example())\nprint(name_software()['code'])\nmain(['check'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    from outcomes.runs.software import name_software

    place, digest, *told = done.stdout.splitlines()
    assert Path(place).resolve() == (tmp_path / "site" / "outcomes" / "example").resolve()
    assert digest == name_software()["code"]
    # the example has something to look at and nothing to mend: an ERROR would head the findings and end in 1
    assert [line.split()[0] for line in told if line.startswith(("ERROR", "CHECK"))] == ["CHECK"]
    assert done.returncode == 0
    assert "synthetic" in done.stderr


def test_a_checkout_reads_the_example_where_it_lies(root: Path) -> None:
    assert example.find_example() == root / "data" / "example"


def test_without_a_study_the_example_is_reported_from_any_folder(root: Path, tmp_path: Path) -> None:
    done = subprocess.run([COMMAND, "check"], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    assert done.returncode == 0
    assert "synthetic" in done.stderr
    assert "synthetic" not in done.stdout
    words = [COMMAND, "check", str(root / "data" / "example")]
    named = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    assert done.stdout == named.stdout
    assert named.stderr == ""


def test_a_plan_in_the_current_folder_goes_before_the_example(small_study: Path) -> None:
    done = subprocess.run([COMMAND, "check"], cwd=small_study, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    assert done.stderr == ""


def test_an_installation_without_the_example_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "a" / "b" / "outcomes"
    shutil.copytree(Path(os.fspath(outcomes.__file__)).parent / "core", package)
    monkeypatch.setattr(example, "files", lambda _: package)
    with pytest.raises(StudyNotFoundError, match="example"):
        example.find_example()


def test_to_import_the_package_loads_next_to_nothing(tmp_path: Path) -> None:
    """Neither of ours nor of Python's: typing or contextlib alone take longer than all of it."""
    code = "import os; before = set(sys.modules); import outcomes; print(*sorted(set(sys.modules) - before))"
    words = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path)  # noqa: S603  # ours
    ours = {one for one in done.stdout.split() if one.partition(".")[0] == "outcomes"}
    assert ours == {"outcomes", "outcomes.core", "outcomes.core.threads", "outcomes.study", "outcomes.study.upstairs"}
    assert set(done.stdout.split()) - ours <= {"__future__", "types"}
