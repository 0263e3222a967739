"""The architecture and the house rules as tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
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
    return [path for path in (*inside, *ROOT.glob("*")) if path.is_file() and path.name != ".git"]


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


def test_the_floors_that_contributors_read_are_those_that_imports_are_held_to() -> None:
    read = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (floors,) = re.findall(r"^    (.+ › .+)$", read, re.MULTILINE)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert floors.split(" › ") == next(one["layers"] for one in contracts if one["type"] == "layers")


def test_what_contributors_are_told_to_imitate_is_there() -> None:
    read = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = {name for name in re.findall(r"`([\w./-]+/[\w./-]*)`", read) if "NAME" not in name and name[0] != "."}
    assert len(paths) > 30
    assert not {name for name in paths if not (SOURCE / name).exists() and not (ROOT / name).exists()}
    named = re.findall(r"`(\w+)` (?:in|of) `(?!docs)([\w./]+\.py)`", read)
    assert len(named) > 5
    assert not [name for name, path in named if name not in (SOURCE / path).read_text(encoding="utf-8")]


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


def read_lock(name: str) -> set[str]:
    """Give the packages of a lock, each with its version and all its hashes."""
    return set(re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip()))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_has_hashes_and_no_address(name: str) -> None:
    packages = read_lock(name)
    assert packages
    assert not [one for one in packages if "--hash=sha256:" not in one or "://" in one]


def test_what_a_report_needs_is_a_part_of_what_the_tests_need_at_the_same_versions() -> None:
    light, whole = read_lock("requirements.lock"), read_lock("requirements-test.lock")
    assert light < whole
    names = {one.partition("==")[0] for one in light}
    assert not names & {"jupyterlab", "playwright", "mypy", "pytest", "pyreadstat"}


def test_the_program_imports_nothing_that_it_does_not_declare() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["spss"]]
    named = {"docx": "python-docx", "lxml": "python-docx", "pydantic_core": "pydantic"}  # with which the others come
    imported = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    outside = {named.get(one, one) for one in imported} - sys.stdlib_module_names - {"outcomes"}
    assert outside <= {re.split(r"[<>=]", one)[0] for one in declared} | {"IPython"}  # asked for where it is there


def test_every_code_of_an_error_is_explained_once() -> None:
    stated = "".join((SOURCE / name).read_text(encoding="utf-8") for name in ("errors.py", "pooling/refusals.py"))
    codes = re.findall(r'^    code\b.*= "(E\d+)"', stated, re.MULTILINE)
    explained = tomllib.loads((SOURCE / "study" / "codes.toml").read_text(encoding="utf-8"))
    assert len(codes) > 20
    assert not set(codes) - set(explained) - {"E100"}


def test_methods_take_keywords_only_and_have_no_default_for_a_choice() -> None:
    chosen = {"level", "penalised", "method", "clusters", "covariates", "family_size"}
    for path in sorted((SOURCE / "methods").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("fit_") and not node.args.args:
                pairs = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                assert not [arg.arg for arg, default in pairs if default is not None and arg.arg in chosen], node.name


def test_every_analysis_of_the_design_is_in_the_catalogue() -> None:
    from outcomes.questions.catalogue import CATALOGUE

    assert list(CATALOGUE) == [
        *("flow", "baseline", "waiting", "outcomes", "kinds", "run_chart", "completion", "retention", "change"),
        *("events", "harms", "balance", "missing"),
        *("confounding", "verdict", "influence", "agreement", "independent", "needs", "sessions", "diary", "costs"),
        *("evidence", "precision"),
    ]


def test_the_catalogue_lists_every_question_section_and_figure() -> None:
    from outcomes.questions.catalogue import CATALOGUE

    folders = {path.parent.name for path in SOURCE.glob("questions/*/analysis.py")}
    assert set(CATALOGUE) == folders
    for question in CATALOGUE.values():
        folder = SOURCE / "questions" / question.name
        assert question.analyse or question.conclude, question.name
        if (folder / "section.py").exists():
            section = question.load("section")
            assert hasattr(section, "make_section" if question.title else "list_blocks"), question.name
            assert question.chapter, f"{question.name} has a section that stands in no chapter"
        drawn = {path.stem for path in folder.glob("*.py") if "\ndef draw(" in path.read_text(encoding="utf-8")}
        assert set(question.figures.values()) == drawn, question.name


def test_every_table_and_key_is_documented() -> None:
    from outcomes.plan.definition import Definition
    from outcomes.plan.model import Plan
    from outcomes.study.schemas import TABLES

    pages = ("data.md", "plan.md", "instruments.md")
    data, plan, own = ((ROOT / "docs" / name).read_text(encoding="utf-8") for name in pages)
    assert not [name for table in TABLES.values() for name in table.columns if f"`{name}`" not in data]
    assert not [key for key in keys_of(Plan, but="instruments") if f"`{key}`" not in plan]
    assert not [key for key in keys_of(Definition) if key not in own]


def test_the_tables_of_the_docs_are_those_of_the_schemas() -> None:
    from outcomes.study.describe import describe_tables
    from outcomes.study.schemas import TABLES

    page = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    assert [name for name in TABLES if f"<!-- table {name}:" not in page] == []
    assert page == describe_tables(page), "study/schemas.py and docs/data.md differ: run `make docs-tables`"


def keys_of(model: type, *, but: str = "") -> set[str]:
    keys: set[str] = set()
    for name, field in getattr(model, "model_fields", {}).items():
        if name == but:
            continue
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
    *("socket", "socketserver", "ssl", "http", "urllib", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib"),
    *("requests", "httpx", "aiohttp", "urllib3", "webbrowser", "yaml", "xmlrpc", "asyncio", "multiprocessing"),
    *("jsonpickle", "pip", "builtins", "codeop", "imp", "_pickle", "_socket", "_posixsubprocess"),
}
FORBIDDEN_NAMES = {"eval", "exec", "compile", "__import__", "import_module", "run_path", "run_module"}
FORBIDDEN_CALLS = {
    *("system", "popen", "startfile", "posix_spawn", "posix_spawnp", "fork", "forkpty"),
    *(f"{begin}{end}" for begin in ("exec", "spawn") for end in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")),
    *("read_pickle", "to_pickle", "read_sql", "read_clipboard", "ProcessPoolExecutor", "urlopen"),
}
FORBIDDEN_ATTRIBUTES = (
    FORBIDDEN_CALLS | FORBIDDEN_NAMES - {"compile"} | {"__builtins__", "__globals__", "__subclasses__"}
)
FORBIDDEN_PARTS: tuple[tuple[type[ast.AST], str, set[str]], ...] = (
    (ast.Attribute, "attr", FORBIDDEN_ATTRIBUTES),
    (ast.Name, "id", FORBIDDEN_NAMES | {"__builtins__", "__loader__", "__spec__"}),
    (ast.keyword, "arg", {"shell", "allow_pickle"}),
)


def find_forbidden(source: str) -> list[str]:
    """Name what a module does that could carry data away, or carry out what a file says."""
    return [found for node in ast.walk(ast.parse(source)) for found in forbidden_in(node)]


def forbidden_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name.split(".")[0] in FORBIDDEN_MODULES]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        module = node.module or ""
        names = [alias.name for alias in node.names if alias.name in FORBIDDEN_ATTRIBUTES]
        return [module] if module.split(".")[0] in FORBIDDEN_MODULES else names
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Parallel":
        hints = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        return [] if hints.get("prefer") == "'threads'" else ["Parallel"]  # whose processes speak in pickles
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr":
        words = {word.value for word in node.args[1:2] if isinstance(word, ast.Constant)}
        return sorted(words & FORBIDDEN_ATTRIBUTES)
    for kind, part, words in FORBIDDEN_PARTS:
        if isinstance(node, kind):
            return [getattr(node, part)] if getattr(node, part) in words else []
    return []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_nothing_reaches_a_network_or_a_shell_or_carries_out_what_a_file_says(path: Path) -> None:
    # The catalogue imports the modules of the folders that it lists, by names that stand in it and nowhere else.
    # One module starts R, where a person asks for it: without a shell, on a file that the package wrote itself.
    exceptions = {"catalogue.py": ["import_module"], "r_program.py": ["subprocess"]}
    allowed = exceptions.get(path.name, [])
    found = find_forbidden(path.read_text(encoding="utf-8"))
    assert [word for word in found if word not in allowed] == []
    assert len(found) <= 2 * len(allowed)  # it is imported once and called once


@pytest.mark.parametrize(
    "source",
    [
        "import pickle as numbers",
        "from os import system as say\nsay('x')",
        "import os\nrun = os.system\nrun('x')",
        "import os\nos.spawnlp(0, 'x')",
        "import os\nos.posix_spawn('x', [], {})",
        "from importlib import import_module as fetch\nfetch('socket')",
        "import importlib\nimportlib.import_module('socket')",
        "work = eval\nwork('1')",
        "list(map(eval, texts))",
        "frame.eval('a + b')",
        "import os\ngetattr(os, 'system')('x')",
        "import builtins\nbuiltins.exec('x')",
        "__builtins__['eval']('1')",
        "import numpy as np\nnp.load('x', allow_pickle=True)",
        "import pandas as pd\npd.read_pickle('x')",
        "import pandas.io.common as common\ncommon.urlopen('x')",
        "from multiprocessing import Pool",
        "from joblib import Parallel\nParallel(n_jobs=2)(work)",
        "from concurrent.futures import ProcessPoolExecutor",
        "import urllib.request",
        "().__class__.__base__.__subclasses__()",
    ],
)
def test_the_look_for_networks_and_shells_is_not_fooled(source: str) -> None:
    assert find_forbidden(source)


ARRAYS = {"NDArray", "ndarray", "DataFrame", "Series", "Categorical"}


@cache
def aliases_of_arrays() -> frozenset[str]:
    """Names of types that are arrays under another name."""
    found = set(ARRAYS)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_alias = isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation).endswith("TypeAlias")
            if is_alias and node.value is not None and found & words_of(node.value):
                found.add(ast.unparse(node.target))
    return frozenset(found)


def words_of(node: ast.AST) -> set[str]:
    """Every name in an annotation, whether it stands in quotes or not."""
    return set(re.findall(r"[A-Za-z_]\w*", ast.unparse(node)))


def shows_arrays(node: ast.ClassDef, arrays: frozenset[str]) -> bool:
    """Whether the repr that Python makes for a class would show what stands in an array."""
    made = [ast.unparse(one) for one in node.decorator_list if "dataclass" in ast.unparse(one)]
    made += [ast.unparse(one) for one in node.bases if "NamedTuple" in ast.unparse(one)]
    own = any(isinstance(one, ast.FunctionDef) and one.name == "__repr__" for one in node.body)
    shown = [one for one in node.body if isinstance(one, ast.AnnAssign) and "repr=False" not in ast.unparse(one)]
    holds = any(arrays & words_of(one.annotation) for one in shown)
    return bool(made) and holds and not own and not any("repr=False" in one for one in made)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_repr_shows_what_stands_in_an_array(path: Path) -> None:
    arrays = aliases_of_arrays()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    assert not [node.name for node in nodes if isinstance(node, ast.ClassDef) and shows_arrays(node, arrays)]


def test_every_test_that_is_said_to_be_long_is_there(root: Path) -> None:
    lines = (root / "tests" / "long.txt").read_text(encoding="utf-8").splitlines()
    named = [line.split("::") for line in lines if not line.startswith("#")]
    assert named == sorted(named)
    for file, test in named:
        if file.endswith(".ipynb"):  # a notebook is one test
            assert (root / file).is_file()
            continue
        assert f"def {test}(" in (root / file).read_text(encoding="utf-8"), f"{file} has no {test}"
