"""All results of many studies in one file, and what differs between two: for changes that must change nothing.

    .venv/bin/python tests/frozen_results.py write before.json            # then change the code
    .venv/bin/python tests/frozen_results.py write after.json --jobs 2
    .venv/bin/python tests/frozen_results.py compare before.json after.json --allow needs.mood. --ignore text

The studies are the example, those in the folder of `--studies` where it is there, and one of each awkward kind. Only
what analysts may use is used, and only the columns of the first results.json are kept, so that files written by later
code can be compared with earlier ones. It is no benchmark: it times nothing, and `make bench` runs every program beside
the others without arguments. It stands beside the studies that it uses.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The order of a sum over threads is not always the same.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

import outcomes
from awkward_studies import KINDS, awkward_study, kind_of
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("OUTCOMES_SHARED", ROOT.parent / "shared"))  # as the tests find it
CELLS = (
    *("kind", "label", "value", "unit", "se", "df", "p_value", "low", "high", "level", "n", "n_full", "n_skills"),
    *("method", "notes", "text", "reason"),
)
CURVE = ("axis", "at", "value", "low", "high", "people")
PROVENANCE = ("analysis", "question", "files")
FIELDS = (*CELLS, *(f"curve.{name}" for name in CURVE), *(f"provenance.{name}" for name in PROVENANCE))
# What is said of a study as a whole: its files are others; it fails, or fails otherwise; a result is in one file only.
WHOLE = ("study", "error", "id")
PARENTS = ("curve", "provenance")
WIDEST = 70  # of a cell that is shown


@dataclass(frozen=True, slots=True)
class Source:
    """A study by name: a folder, or the seed of one that is made."""

    name: str
    folder: Path | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a result that is not the same in both files."""

    study: str
    field: str
    id: str
    before: Any
    after: Any


def main(words: Sequence[str] | None = None) -> int:
    """Write or compare; 1 when anything differs."""
    given = make_parser().parse_args(words)
    return write(given) if given.command == "write" else compare(given)


def make_parser() -> argparse.ArgumentParser:
    """Make the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("write", help="compute everything and write it")
    one.add_argument("out", type=Path)
    one.add_argument("--studies", type=Path, default=SHARED / "studies", help="folder of more studies")
    one.add_argument("--jobs", type=int, default=1, help="processes")
    two = commands.add_parser("compare", help="say field by field what differs")
    two.add_argument("before", type=Path)
    two.add_argument("after", type=Path)
    two.add_argument("--tolerance", type=float, default=1e-9, help="relative, of numbers")
    two.add_argument("--near-zero", type=float, default=0.0, help="numbers no further apart than this are the same")
    two.add_argument("--ignore", nargs="+", default=[], choices=(*WHOLE, *PARENTS, *FIELDS), metavar="FIELD")
    two.add_argument(
        "--allow", action="append", default=[], metavar="ID-PREFIX", help="ids that may differ; repeatable"
    )
    two.add_argument("--examples", type=int, default=3, help="shown for each field of a study")
    return parser


def write(given: argparse.Namespace) -> int:
    """Compute all results of all studies and write them."""
    from joblib import Parallel, delayed

    begun, store = time.perf_counter(), {}
    sources = list(find_sources(given.studies))
    frozen = Parallel(n_jobs=given.jobs, return_as="generator")(delayed(freeze)(source) for source in sources)
    for source, (content, seconds) in zip(sources, frozen, strict=True):
        store[source.name] = content
        what = content["error"] or f"{len(content['results'])} results"
        print(f"{seconds:6.1f} s  {source.name}: {what}", flush=True)
    given.out.write_text(json.dumps({"studies": store}, separators=(",\n", ": "), allow_nan=False) + "\n", "utf-8")
    results = sum(len(content["results"]) for content in store.values())
    print(f"{len(store)} studies, {results} results in {time.perf_counter() - begun:.0f} s")
    return 0


def find_sources(studies: Path) -> Iterator[Source]:
    """Name every study that is to be computed."""
    yield Source("example", folder=ROOT / "data" / "example")
    if studies.is_dir():
        for plan in sorted(studies.rglob("plan.toml")):
            yield Source(f"studies/{plan.parent.relative_to(studies).as_posix()}", folder=plan.parent)
    else:
        print(f"skipped: there is no folder {os.path.relpath(studies)}")
    for seed in range(len(KINDS)):
        yield Source(f"awkward/{kind_of(seed)}", seed=seed)


def freeze(source: Source) -> tuple[dict[str, Any], float]:
    """Give all results of a study, or the code under which it fails, and the seconds that it took."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = source.folder or awkward_study(source.seed or 0, Path(name) / "study")
        content: dict[str, Any] = {"study": digest(folder), "error": None, "results": {}}
        try:
            content["results"] = to_rows(outcomes.analyse(outcomes.read_study(folder)))
        except OutcomesError as fault:
            content["error"] = fault.code
        except Exception as fault:  # noqa: BLE001  # a crash is a result as well, and the other studies go on
            content["error"] = type(fault).__name__
    return content, time.perf_counter() - begun


def digest(folder: Path) -> str:
    """SHA-256 over the files of a study: results of two studies are not compared by mistake."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        whole.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    return whole.hexdigest()


def to_rows(results: Any) -> dict[str, dict[str, Any]]:
    """Give every result by id, each with the fields that the first results.json had."""
    rows = {}
    for name, cells in results.to_frame().to_dict("index").items():
        provenance = results.record(name).provenance
        curve = cells.get("curve")
        curve = curve if isinstance(curve, dict) else {}
        row = {field: plain(cells.get(field)) for field in CELLS}
        row |= {f"curve.{field}": plain(curve.get(field)) for field in CURVE}
        row |= {f"provenance.{field}": plain(getattr(provenance, field, None)) for field in PROVENANCE}
        # what a result has not is left out, so that a number that appears is a difference and an absent column is none
        rows[name] = {field: value for field, value in row.items() if value is not None}
    return rows


def plain(value: Any) -> Any:
    """Give a value as JSON has it; a frame's NaN is nothing."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(one) for one in value]
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def compare(given: argparse.Namespace) -> int:
    """Say what differs, by study and field."""
    before, after = (json.loads(path.read_text("utf-8"))["studies"] for path in (given.before, given.after))
    ignored = {field for field in (*WHOLE, *FIELDS) if field in given.ignore or field.split(".")[0] in given.ignore}
    found = [one for one in differences(before, after, given) if one.field not in ignored]
    allowed = [one for one in found if one.id and one.id.startswith(tuple(given.allow))]
    counted = [one for one in found if not (one.id and one.id.startswith(tuple(given.allow)))]
    tell(counted, examples=given.examples)
    both = sum(len(before[name]["results"].keys() & after[name]["results"].keys()) for name in before.keys() & after)
    print(f"{len(before.keys() & after)} studies and {both} results are in both files")
    if allowed:
        print(f"{len(allowed)} differences in {len({(one.study, one.id) for one in allowed})} results are allowed")
    print(f"{len(counted)} differences" if counted else "no difference")
    return 1 if counted else 0


def differences(before: dict[str, Any], after: dict[str, Any], given: argparse.Namespace) -> Iterator[Difference]:
    """Find what differs between two files."""
    for study in dict.fromkeys((*before, *after)):
        if study not in before or study not in after:
            yield Difference(study, "study", "", *("there" if study in one else "absent" for one in (before, after)))
            continue
        for field in ("study", "error"):
            if before[study][field] != after[study][field]:
                yield Difference(study, field, "", before[study][field], after[study][field])
        if before[study]["error"] or after[study]["error"]:
            continue  # that all results are gone has been said
        old, new = before[study]["results"], after[study]["results"]
        for name in dict.fromkeys((*old, *new)):
            if name not in old or name not in new:
                yield Difference(study, "id", name, *("there" if name in one else "absent" for one in (old, new)))
                continue
            for field in FIELDS:
                pair = old[name].get(field), new[name].get(field)
                if not same(*pair, relative=given.tolerance, absolute=given.near_zero):
                    yield Difference(study, field, name, *pair)


def same(one: Any, other: Any, *, relative: float, absolute: float) -> bool:
    """Whether two values are the same: numbers nearly, texts exactly, lists place by place."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            same(*pair, relative=relative, absolute=absolute) for pair in zip(one, other, strict=True)
        )
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (one, other)):
        return math.isclose(one, other, rel_tol=relative, abs_tol=absolute)
    return bool(one == other)


def tell(found: Iterable[Difference], *, examples: int) -> None:
    """Print differences by study and field, then their number by field over all studies."""
    by_study: dict[str, dict[str, list[Difference]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        by_study[one.study][one.field].append(one)
    totals: Counter[str] = Counter()
    for study, fields in by_study.items():
        print(study)
        for field, those in fields.items():
            totals[field] += len(those)
            print(f"  {field}: {len(those)}")
            for one in those[:examples]:
                print(f"    {one.id + ': ' if one.id else ''}{short(one.before, one.after)}")
    if totals:
        print("in all: " + ", ".join(f"{field} {count}" for field, count in totals.most_common()))


def short(before: Any, after: Any) -> str:
    """Show two values from the place on at which they part."""
    texts = [json.dumps(value, ensure_ascii=False) for value in (before, after)]
    alike = next((k for k, (one, other) in enumerate(zip(*texts, strict=False)) if one != other), 0)
    start = max(0, alike - WIDEST // 3) if max(map(len, texts)) > WIDEST else 0
    cut = [
        ("…" if start else "") + text[start : start + WIDEST] + ("…" if len(text) > start + WIDEST else "")
        for text in texts
    ]
    return f"{cut[0]} → {cut[1]}"


if __name__ == "__main__":
    sys.exit(main())
