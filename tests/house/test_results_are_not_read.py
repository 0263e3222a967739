"""Nothing decides by reading a sentence or by taking an id apart: a walk through the syntax trees of the source.

What a result is stands in the fields of its key, its quantity, its cause and how it was computed. A sentence may be
reworded, and an id is how a key prints.
"""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "outcomes"
MODULES = sorted(SOURCE.rglob("*.py"))
SAID = frozenset({"reason", "method", "label", "note", "notes", "text"})  # what results say to people
LOOKED_FOR = frozenset({"startswith", "endswith", "find", "index", "count", "removeprefix", "removesuffix"})
MATCHED = frozenset({"search", "match", "fullmatch", "findall", "finditer", "sub", "split"})
CUT = frozenset({"split", "rsplit", "partition", "rpartition"})
AFFIXES = frozenset({"startswith", "endswith", "removeprefix", "removesuffix"})
PIECE = re.compile(r"^(?:\.[a-z_0-9]+)+\.?$|^(?:[a-z_0-9]+\.)+$")  # of an id, such as ".difference" or "change."
FILE = re.compile(r"\.(?:csv|toml|json|html|svg|png|pdf|docx|xlsx|xls|py|txt|md|lock|zip|key|css|js|typ|R)$")
PLAN_QUOTED = frozenset({"plan", "percent", "manifest"})  # a quoter is given the path of a key there, and no id
# Names of files, of keys of the plan and of modules have dots as well; these places cut those and no id.
OTHER_DOTS = {
    "audit/literal.py": "the path of a literal, such as plan:arms.full.label",
    "blocks/path.py": "the path of a key of the plan or the manifest",
    "instruments/reader.py": "the path of a key of a definition",
    "plan/lock.py": "the path of a key of the plan",
}


@cache
def families() -> frozenset[str]:
    """First words of the ids of the committed run."""
    stored = json.loads((ROOT / "reports" / "example" / "reference" / "results.json").read_text(encoding="utf-8"))
    return frozenset(row["id"].split(".")[0] for row in stored["results"])


def find_reading(tree: ast.AST) -> Iterator[int]:
    """Lines that compare, search or match what results say."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(map(is_said, sides)) and any(map(is_text, sides)):
                yield node.lineno
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = node.func.attr in LOOKED_FOR and is_said(node.func.value) and node.args
            matched = node.func.attr in MATCHED and any(map(is_said, node.args))
            if asked or matched:
                yield node.lineno


def find_surgery(tree: ast.AST, words: frozenset[str]) -> Iterator[int]:
    """Lines that spell, cut or match an id."""
    spelled = re.compile(rf"^(?:{'|'.join(sorted(words))})(?:\.[\w{{}}*%]+)+$")
    skipped = set(_not_code(tree))
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            given = _texts(node.args[0])
            cut = node.func.attr in CUT and given == ["."]
            affix = node.func.attr in AFFIXES and any(PIECE.match(one) and not FILE.search(one) for one in given)
            if cut or affix or node.func.attr in {"fnmatch", "fnmatchcase"}:
                yield node.lineno
        if isinstance(node, ast.JoinedStr):
            whole = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
            if spelled.match(whole) and not FILE.search(whole):
                yield node.lineno
        is_constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_constant and spelled.match(node.value) and not FILE.search(node.value):
            yield node.lineno


def is_said(node: ast.AST) -> bool:
    """Whether an expression is what a result says, or that in another case or without blanks."""
    if isinstance(node, ast.Attribute):
        return node.attr in SAID
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant) and node.slice.value in SAID
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"lower", "casefold", "strip"} and is_said(node.func.value)
    return False


def is_text(node: ast.AST) -> bool:
    """Whether an expression is a text written out, several of them, or a name in capitals for one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and node.value != ""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(map(is_text, node.elts))
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return isinstance(node, ast.JoinedStr) or (len(name) > 1 and name.isupper())


def _texts(node: ast.AST) -> list[str]:
    parts = [node, *getattr(node, "elts", [])]
    return [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def _not_code(tree: ast.AST) -> Iterator[int]:
    """Docstrings, paths of keys of the plan, and the pieces of formatted texts, which are judged as wholes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)
        if isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in node.values)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in PLAN_QUOTED:
            yield from (id(argument) for argument in node.args)


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_sentence_decides(path: Path) -> None:
    assert not list(find_reading(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path) not in OTHER_DOTS], ids=name_of)
def test_no_id_is_spelled_or_taken_apart(path: Path) -> None:
    if path.is_relative_to(SOURCE / "results") or path == SOURCE / "core" / "ids.py":
        return
    assert not list(find_surgery(ast.parse(path.read_text(encoding="utf-8")), families()))


@pytest.mark.parametrize(
    "source",
    [
        'x = "Firth" in outcome.notes',
        "if outcome.reason == FEW: pass",
        'if one.label.lower().startswith("age"): pass',
        're.search("infinity", row["method"])',
        'y = record.text in {"not estimable", "open"}',
    ],
)
def test_the_look_for_sentences_that_decide_is_not_fooled(source: str) -> None:
    assert list(find_reading(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        'words = outcome.id.split(".")',
        'if name.startswith("change."): pass',
        'start = name.removesuffix(".difference")',
        'get("mmrm.dts.end.difference")',
        'get(f"completion.{arm}.share")',
        'fnmatch.fnmatch(name, "mmrm.*")',
    ],
)
def test_the_look_for_ids_taken_apart_is_not_fooled(source: str) -> None:
    assert list(find_surgery(ast.parse(source), frozenset({"mmrm", "change", "completion"})))


@pytest.mark.parametrize(
    "source", ['open("results.json")', 'name.removesuffix(".csv")', '"missing"', "x = outcome.label"]
)
def test_names_of_files_and_plain_words_are_no_ids(source: str) -> None:
    tree = ast.parse(source)
    assert not list(find_reading(tree))
    assert not list(find_surgery(tree, frozenset({"missing", "outcomes"})))
