"""The architecture and the house rules as tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "outcomes"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE, LONGEST_FUNCTION = 350, 60
TEXT = {".py", ".md", ".toml", ".html", ".css", ".ipynb", ".yml", ".cfg", ".R", ".csv", ""}


def tracked_files() -> list[Path]:
    """Files of the project, whether or not this is a checkout of git."""
    skipped = {".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
    folders = [ROOT / name for name in ("src", "tests", "docs", "data", "notebooks", "benchmarks", ".ci")]
    inside = [path for folder in folders for path in folder.rglob("*") if not skipped & set(path.parts)]
    return [path for path in (*inside, *ROOT.glob("*")) if path.is_file()]


def test_every_import_runs_downstairs() -> None:
    answer = subprocess.run(  # noqa: S603  # a fixed command
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_holds_one_idea_in_short_functions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(ast.parse(text)), "a module begins with what it is"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            documented = (node.body[0].end_lineno or 0) - node.body[0].lineno if ast.get_docstring(node) else 0
            assert (node.end_lineno or 0) - node.lineno - documented <= LONGEST_FUNCTION, node.name


def test_no_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "common", "misc", "util", "tools"}
    assert not [path for path in SOURCE.rglob("*") if path.stem in drawers]


def test_nothing_of_one_machine_is_in_the_tree() -> None:
    machine = re.compile(r"(^|[^A-Za-z0-9_.])/(work|root|home/[a-z]+|tmp/[a-z])/?|files\.pythonhosted|pypi\.org/simple")
    found = []
    for path in tracked_files():
        if path.is_file() and path.suffix in TEXT and path != Path(__file__):
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.name}: {hit.group()}" for hit in machine.finditer(text)]
    assert not found


def test_the_lock_has_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_methods_take_keywords_only_and_have_no_default_for_a_choice() -> None:
    chosen = {"level", "penalised", "method", "clusters", "covariates", "family_size"}
    for path in sorted((SOURCE / "methods").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("fit_") and not node.args.args:
                pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                assert not [arg.arg for arg, default in pairs if default is not None and arg.arg in chosen], node.name


def test_every_analysis_of_the_design_is_in_the_catalogue() -> None:
    from outcomes.analyses.catalogue import CATALOGUE

    assert list(CATALOGUE) == [
        *("flow", "baseline", "outcomes", "completion", "retention", "change", "balance", "missing"),
        *("confounding", "agreement", "independent", "needs", "sessions", "costs", "evidence", "precision"),
    ]


def test_every_table_and_key_is_documented() -> None:
    from outcomes.plan.model import Plan
    from outcomes.study import tables

    data, plan = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("data.md", "plan.md"))
    described = [tables.CLIENTS, tables.SCORES, tables.ITEMS, *tables.OPTIONAL.values()]
    assert not [name for table in described for name in table if f"`{name}`" not in data]
    assert not [key for key in keys_of(Plan) if f"`{key}`" not in plan]


def keys_of(model: type) -> set[str]:
    keys: set[str] = set()
    for name, field in getattr(model, "model_fields", {}).items():
        keys.add(name)
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            keys |= keys_of(part) if hasattr(part, "model_fields") else set()
    return keys


def test_every_decision_and_method_page_is_linked_from_the_docs() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [*(ROOT / "docs" / "methods").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")]
    assert pages
    assert not [path.name for path in pages if path.name not in index]


# What could carry data away, or carry out what a file says.
FORBIDDEN_MODULES = {
    *("pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "subprocess", "pty", "ctypes", "code", "runpy"),
    *(
        "socket",
        "socketserver",
        "ssl",
        "http",
        "urllib",
        "ftplib",
        "smtplib",
        "poplib",
        "imaplib",
        "telnetlib",
        "xmlrpc",
    ),
    *("requests", "httpx", "aiohttp", "urllib3", "webbrowser", "yaml"),
}
FORBIDDEN_NAMES = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_CALLS = {"system", "popen", "execv", "execve", "spawnl", "read_pickle", "to_pickle"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_nothing_reaches_a_network_or_a_shell_or_carries_out_what_a_file_says(path: Path) -> None:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES]
        elif (
            isinstance(node, ast.ImportFrom)
            and node.level == 0
            and (node.module or "").split(".")[0] in FORBIDDEN_MODULES
        ):
            found.append(node.module or "")
        elif isinstance(node, ast.Call):
            if getattr(node.func, "id", "") in FORBIDDEN_NAMES or getattr(node.func, "attr", "") in FORBIDDEN_CALLS:
                found.append(ast.unparse(node.func))
            if any(keyword.arg in {"shell", "allow_pickle"} for keyword in node.keywords):
                found.append(ast.unparse(node.func))
    assert not found
