"""All that the edition to share holds, in every format, read as an attacker would: no digest, no exact number."""

from __future__ import annotations

import io
import json
import math
import re
import shutil
import struct
import subprocess
import zipfile
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest

import outcomes
from outcomes.release.known import NO_RULE
from outcomes.release.rounding import decimals_of_step, step_for
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from small_study import PLAN, write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outcomes.results.registry import Registry

LONG = re.compile(r"(?<![\w.])-?\d+\.\d{5,}(?:e-?\d+)?")
CERTAINTY = ("standard error", "degrees of freedom")  # before a number
PREFIX = 12


@pytest.fixture(scope="module", params=["small", "few", "example"])
def run(request: pytest.FixtureRequest, root: Path, small_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a run of sixty people, one of thirty with a rare level, and one of the example."""
    if request.param == "small":
        return small_run
    home = tmp_path_factory.mktemp("share")
    if request.param == "example":
        return outcomes.report(outcomes.read_study(root / "data" / "example"), out=home).folder
    study = write_small_study(home / "few", n=44, seed=11)
    clients = (study / "clients.csv").read_text(encoding="utf-8").replace(",man,", ",other,", 3)
    (study / "clients.csv").write_text(clients, encoding="utf-8")
    (study / "plan.toml").write_text(PLAN.replace("range = [0, 63]", "range = [0, 100]"), encoding="utf-8")
    return outcomes.report(outcomes.read_study(study), out=home / "out").folder


@pytest.fixture(scope="module")
def exact(run: Path) -> Registry:
    return read_registry(run / "results.json")


@pytest.fixture(scope="module")
def shared(run: Path) -> Registry:
    return read_registry(run / "share" / "results.json")


@pytest.fixture(scope="module")
def texts(run: Path) -> dict[str, str]:
    """Everything that a reader of any format could find, by file."""
    found = {}
    for path in (run / "share").rglob("*"):
        if path.suffix == ".docx":
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as opened:
                parts = [opened.read(name) for name in opened.namelist() if name.endswith((".xml", ".rels"))]
            found[path.name] = b" ".join(parts).decode()
        elif path.suffix == ".pdf":
            found[path.name] = text_of_pdf(path)
        elif path.suffix == ".png":
            assert set(chunks_of(path.read_bytes())) <= {"IHDR", "pHYs", "IDAT", "IEND"}  # points alone, and no text
        elif path.is_file():
            text = path.read_text(encoding="utf-8")
            found[str(path.relative_to(run))] = re.sub(r"data:image/[^\"')]*", "", text)
    assert {".html", ".csv", ".docx", ".pdf", ".svg", ".json"} <= {name[name.rindex(".") :] for name in found}
    return found


def chunks_of(png: bytes) -> Iterator[str]:
    """Name the parts of a PNG."""
    place = 8  # behind the signature
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        yield png[place + 4 : place + 8].decode()
        place += 12 + length  # length, name and check sum


def text_of_pdf(path: Path) -> str:
    """Give the text of a PDF, and what it says of itself."""
    with pikepdf.open(path) as pdf:
        about = str(pdf.docinfo)
    tool = shutil.which("pdftotext")
    if tool is None:  # the PDF is written from the page, which is read here as well
        return about
    said = subprocess.run([tool, str(path), "-"], capture_output=True, check=True, text=True)  # noqa: S603  # our own file
    return about + said.stdout


def digests_of(run: Path) -> set[str]:
    """Digests of what was read: of each file, of what a result was computed from, and the name of the run."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    rows = json.loads((run / "results.json").read_text(encoding="utf-8"))["results"]
    whole = {file["sha256"] for file in manifest["files"]} | {row["provenance"]["digest"] for row in rows}
    return {digest[:PREFIX] for digest in whole} | {manifest["run"]}


def test_no_file_to_share_holds_a_digest_of_the_data(run: Path, texts: dict[str, str]) -> None:
    assert len(digests_of(run)) > 3
    found = {(name, one) for name, text in texts.items() for one in digests_of(run) if one in text}
    assert not found


def test_no_file_to_share_tells_a_standard_error_or_degrees_of_freedom(texts: dict[str, str], shared: Registry) -> None:
    for outcome in shared.values():
        if isinstance(outcome, Estimate) and not outcome.id.startswith("evidence."):
            assert outcome.se is None, outcome.id
            assert outcome.df is None, outcome.id
    for name, text in texts.items():
        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text))
        assert not re.search(rf"(?:{'|'.join(CERTAINTY)}) \d", plain), name
        assert not re.search(r"data-literal=\"[^\"]*#(?:se|df)\"", text), name


def test_no_file_to_share_holds_an_exact_number(texts: dict[str, str], exact: Registry, shared: Registry) -> None:
    published = {repr(number) for outcome in shared.values() if not_ours(outcome.id) for number in numbers_of(outcome)}
    raw = {
        f"{number:.9g}"
        for outcome in exact.values()
        if not not_ours(outcome.id)
        for number in numbers_of(outcome)
        if number != round(number, 4)
    }
    assert raw
    for name, text in texts.items():
        if name.endswith(".svg"):  # of which the places are a drawing's
            continue
        found = {number for number in LONG.findall(text) if number not in published}
        assert not {number for number in found if f"{float(number):.9g}" in raw}, name


def not_ours(name: str) -> bool:
    return name.startswith("evidence.") and not name.endswith("local")


def numbers_of(outcome: object) -> list[float]:
    limits = getattr(outcome, "limits", None) or ()
    numbers = [getattr(outcome, name, None) for name in ("se", "df", "p_value")]
    value = getattr(outcome, "value", None)
    series = [number for name in ("at", "low", "high") for number in getattr(outcome, name, ())]
    values = list(value) if isinstance(value, tuple) else [value]
    return [float(number) for number in (*values, *numbers, *series, *limits) if number is not None]


def test_every_count_to_share_is_a_multiple(run: Path, shared: Registry, texts: dict[str, str]) -> None:
    multiple = plan_of(run)["disclosure"]["round_to"]
    for outcome in shared.values():
        if outcome.id.startswith("evidence."):
            continue
        counts: list[Any] = [getattr(outcome, name) for name in ("n", "n_full", "n_skills")]
        quantity = outcome.id.rsplit(".", 1)[-1]
        if isinstance(outcome, Estimate) and (outcome.unit in {"people", "records"} or quantity == "observations"):
            counts.append(outcome.value)
        assert not [count for count in counts if count is not None and count % multiple], outcome.id
    ours = re.sub(r'<p id="n-evidence.*?</p>', "", texts["share/annex.html"], flags=re.DOTALL)  # others' are published
    page = re.sub(r"<[^>]+>", "", ours)
    assert not [count for count in re.findall(r"(\d+) people[:;.]", page) if int(count) % multiple]


def plan_of(run: Path) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["plan"]
    return plan


def test_a_standard_deviation_has_two_figures(shared: Registry) -> None:
    found = [shared.record(name) for name in shared if name.endswith((".sd", "_sd"))]
    ours = [record for record in found if isinstance(record.outcome, Estimate)]
    assert ours
    for record in ours:
        assert isinstance(record.outcome, Estimate)
        assert record.outcome.value == float(f"{record.outcome.value:.2g}")
        assert len(re.sub(r"\D", "", record.text).lstrip("0")) <= 2, record.text


def test_an_estimate_and_its_limits_stand_at_two_figures_of_half_the_width(shared: Registry, exact: Registry) -> None:
    judged = 0
    for name, outcome in shared.items():
        first = exact[name]
        if not_ours(name) or not isinstance(outcome, Estimate) or not isinstance(first, Estimate):
            continue
        if (
            first.limits is None
            or outcome.limits is None
            or first.unit == "ratio"
            or first.limits[0] == first.limits[1]
        ):
            continue
        step = step_for((first.limits[1] - first.limits[0]) / 2)
        for number in (outcome.value, *outcome.limits):
            assert number == pytest.approx(round(number, decimals_of_step(step)), abs=1e-12), name
        # and no limit changes its side of no difference
        if first.unit not in {"share", "share_difference"}:
            sides = [math.copysign(1, limit) for limit in first.limits if limit]
            assert sides == [math.copysign(1, limit) for limit in outcome.limits], name
        judged += 1
    assert judged > 20


def test_nothing_of_these_studies_lacks_a_rule(run: Path) -> None:
    page = read_books(run, "share")
    assert NO_RULE not in page


def test_a_run_that_was_coarsened_verifies(run: Path) -> None:
    verdict = outcomes.verify(run)
    assert not [check for check in verdict.checks if check.status == "differs"], verdict.to_text()
