"""Plant mutants in what stands between methods and readers, and see whether the tests that reach them find them.

`make mutants` runs it: a seeded sample of places over the folders below, by cosmic-ray's operators and one of ours that
exchanges the arms. Each mutant is planted in a private copy of the source and held against the quickest tests that
reach its line. What survives is printed with its line; `docs/validation.md` says which of them change nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Queue
from typing import Any

import coverage
import parso
from cosmic_ray.ast import get_ast
from cosmic_ray.mutating import MutationVisitor
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("questions", "release", "render", "scoring", "cohort")
WORKERS = 2  # cores of the machine that runs it
# Pairs of operators that a person could confuse; bit operations and shifts would only crash.
ARITHMETIC = {"Add", "Sub", "Mul", "Div", "Pow"}
# Alone these are found by any test that reaches the line, or need to be told which name to replace.
LEFT_OUT = ("RemoveDecorator", "Variable", "ExceptionReplacer")
ARMS = "exchange arms"
# A kind is drawn first, then one of its operators: comparisons alone have eighty.
KINDS = ("BinaryOperator", "ComparisonOperator", "UnaryOperator", "Number", "AndWithOr", "AddNot", "ForLoop", ARMS)
MOST_TESTS, MOST_SECONDS = 120, 45.0  # held against one mutant: the quickest that reach its line
STARTING = 25.0  # seconds that pytest may take to start and to import, beside the tests themselves
EXCHANGED = {"full": "skills", "skills": "full"}


class ExchangeArms(Operator):
    """Ask for the other arm."""

    def mutation_positions(self, node: Any) -> Any:
        """Give the place of a text that is the word of an arm."""
        if isinstance(node, parso.python.tree.String) and node.value[1:-1] in EXCHANGED:
            yield (node.start_pos, node.end_pos)

    def mutate(self, node: Any, _: int) -> Any:
        """Put the other word there."""
        return parso.python.tree.String(f'"{EXCHANGED[node.value[1:-1]]}"', node.start_pos, prefix=node.prefix)

    @classmethod
    def examples(cls) -> tuple[()]:
        """Give none."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A place in a file, and what is done there.

    Attributes
    ----------
    file : str
        Relative to the package.
    operator : str
    occurrence : int
        Which of the operator's places in the file.
    line : int
    """

    file: str
    operator: str
    occurrence: int
    line: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Which tests reach a line, and how long each takes."""

    lines: dict[str, dict[int, frozenset[str]]]
    seconds: dict[str, float]

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Tests that reach the line of a mutant, the quickest first; of a line that runs on import, of its file."""
        of_file = self.lines.get(mutant.file, {})
        reached = of_file.get(mutant.line) or frozenset().union(*of_file.values())
        chosen: list[str] = []
        spent = 0.0
        for test in sorted(reached, key=lambda one: (self.seconds[one], one)):
            if len(chosen) == MOST_TESTS or (spent + self.seconds[test] > MOST_SECONDS and chosen):
                break
            chosen.append(test)
            spent += self.seconds[test]
        return chosen


def main() -> None:
    """Plant, and print how many survive."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sample", type=int, default=300)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path, default=ROOT / "tests" / "mutants" / "found.json")
    asked.add_argument("--reach", type=Path, help="a folder in which what tests reach is kept, or was")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as made:
        place = given.reach or Path(made)
        place.mkdir(parents=True, exist_ok=True)
        reach = find_reach(place)
        mutants = draw_sample(given.sample, seed=given.seed)
        fates = plant_all(mutants, reach, Path(made))
    survivors = [mutant for mutant, fate in zip(mutants, fates, strict=True) if fate in {"survived", "not reached"}]
    told = [asdict(mutant) | {"fate": fate} for mutant, fate in zip(mutants, fates, strict=True)]
    given.out.write_text(json.dumps({"seed": given.seed, "mutants": told}, indent=1) + "\n", encoding="utf-8")
    print(f"{len(survivors)} of {len(mutants)} mutants survive")


def find_reach(place: Path) -> Reach:
    """Run every test once, in two halves side by side, and read which lines each reached."""
    tests = sorted(path for path in (ROOT / "tests").glob("[!b]*/**/test_*.py") if "house" not in path.parts)
    halves = [tests[start::WORKERS] for start in range(WORKERS)]
    if not (place / "0.json").exists():
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(lambda number: _measure(place, number, halves[number]), range(WORKERS)))
    lines: dict[str, dict[int, set[str]]] = {}
    seconds: dict[str, float] = {}
    for number in range(WORKERS):
        told = json.loads((place / f"{number}.json").read_text(encoding="utf-8"))
        failed = set(told["failed"])  # these look at the digest of the source, or were skipped: they find everything
        seconds |= told["seconds"]
        data = coverage.CoverageData(str(place / f"{number}.coverage"))
        data.read()
        for path in data.measured_files():
            of_file = lines.setdefault(_within(path), {})
            for line, contexts in data.contexts_by_lineno(path).items():
                of_file.setdefault(line, set()).update(one for one in contexts if one and one not in failed)
    frozen = {file: {line: frozenset(tests) for line, tests in of.items() if tests} for file, of in lines.items()}
    return Reach(frozen, seconds)


def _within(path: str) -> str:
    """Path of a module within the package."""
    return path.rpartition("/outcomes/")[2]


def _measure(place: Path, number: int, tests: list[Path]) -> None:
    source = copy_source(place / f"source{number}")
    module = source / "outcomes" / "core" / "__init__.py"
    module.write_text(module.read_text(encoding="utf-8") + "# one comment more\n", encoding="utf-8")
    measured = place / f"{number}.coverage"
    words = ["-m", "coverage", "run", f"--data-file={measured}", f"--source={source}", "-m", "pytest", "-q", "-n", "0"]
    words += ["-p", "no:cacheprovider", "-p", "reach", *map(str, tests)]
    _run(words, source, 7200, REACH=str(place / f"{number}.json"))


def draw_sample(size: int, *, seed: int) -> list[Mutant]:
    """Draw places: a file by its length, an operator, one of its places there."""
    rng = random.Random(seed)  # noqa: S311  # a sample, no secret
    package = ROOT / "src" / "outcomes"
    files = sorted(path for folder in FOLDERS for path in (package / folder).rglob("*.py"))
    weights = [len(path.read_text(encoding="utf-8").splitlines()) for path in files]
    kinds = _operators_by_kind()
    drawn: dict[Mutant, None] = {}
    while len(drawn) < size:
        path = rng.choices(files, weights)[0]
        tree = get_ast(path.read_text(encoding="utf-8"))
        name = rng.choice(kinds[rng.choice(sorted(kinds))])
        places = list(_places(tree, operator_of(name)))
        if places:
            occurrence = rng.randrange(len(places))
            file = path.relative_to(package).as_posix()
            drawn[Mutant(file=file, operator=name, occurrence=occurrence, line=places[occurrence])] = None
    return list(drawn)


def _operators_by_kind() -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {ARMS: [ARMS]}
    for name in sorted(filter(_is_asked, operator_names())):
        kinds.setdefault(next((kind for kind in KINDS if kind in name), "other"), []).append(name)
    return kinds


def _is_asked(name: str) -> bool:
    if any(word in name for word in LEFT_OUT):
        return False
    _, _, pair = name.partition("ReplaceBinaryOperator_")
    return not pair or set(pair.split("_")) <= ARITHMETIC


def operator_of(name: str) -> Operator:
    """Operator under its name."""
    return ExchangeArms() if name == ARMS else get_operator(name)()


def _places(node: Any, operator: Operator) -> Any:
    """Lines of the places that an operator has in a tree, in the order in which it counts them."""
    yield from (start[0] for start, _ in operator.mutation_positions(node))
    for child in getattr(node, "children", ()):
        yield from _places(child, operator)


def plant_all(mutants: list[Mutant], reach: Reach, place: Path) -> list[str]:
    """Plant each in one of the copies, and say what became of it."""
    sources: Queue[Path] = Queue()
    for number in range(WORKERS):
        sources.put(copy_source(place / f"planted{number}"))

    def plant(mutant: Mutant) -> str:
        source = sources.get()
        try:
            begun = time.monotonic()
            fate = _plant(mutant, reach, source)
            print(
                f"{fate:12} {mutant.file}:{mutant.line} {mutant.operator} {time.monotonic() - begun:.0f} s", flush=True
            )
            return fate
        finally:
            sources.put(source)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(plant, mutants))


def _plant(mutant: Mutant, reach: Reach, source: Path) -> str:
    tests = reach.tests_of(mutant)
    if not tests:
        return "not reached"
    path = source / "outcomes" / mutant.file
    code = path.read_text(encoding="utf-8")
    changed = MutationVisitor.mutate_code(code, operator_of(mutant.operator), mutant.occurrence)
    if changed is None or changed == code:
        return "no change"
    path.write_text(changed, encoding="utf-8")
    try:
        limit = STARTING + 3 * sum(reach.seconds[test] for test in tests)
        words = ["-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
        return "survived" if _run(words, source, limit) == 0 else "found"
    finally:
        path.write_text(code, encoding="utf-8")


def copy_source(place: Path) -> Path:
    """Copy the package to where it may be changed; data and runs stay where they are."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ROOT / "src", place, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def _run(words: list[str], source: Path, seconds: float, **more: str) -> int:
    """Run Python on a copy of the source; what takes too long was found as well."""
    paths = os.pathsep.join((str(source), str(ROOT / "tests"), str(ROOT / "tests" / "mutants")))
    settings = {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=os.environ | settings | more,
            timeout=seconds,
            check=False,
            capture_output=True,
        )
    except subprocess.TimeoutExpired:
        return 1
    return done.returncode


if __name__ == "__main__":
    main()
