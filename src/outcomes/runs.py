"""One run folder: answer, release, render; written whole or not at all, and never over another run."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.errors import OutputNotWritableError, RunDamagedError, RunNotFoundError
from outcomes.registry import Registry
from outcomes.registry.store import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from outcomes.pipeline import Answers
    from outcomes.plan.model import Plan
    from outcomes.release import Hidden
    from outcomes.study.model import Study

MANIFEST = "manifest.json"
RESULTS = "results.json"
EDITIONS = ("internal", "share")
SCHEMA = 1
# Packages that could change a number or a picture.
NAMED_PACKAGES = (
    *("outcomes", "numpy", "pandas", "scipy", "statsmodels", "matplotlib", "pandera", "pydantic", "jinja2"),
    *("typst", "python-docx"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has been written.

    Attributes
    ----------
    folder : Path
    registry : Registry
        All results, exact, with their texts.
    plan : Plan
    """

    folder: Path
    registry: Registry
    plan: Plan

    @property
    def page(self) -> Path:
        """The report for inside the clinic."""
        return self.folder / "internal" / "report.html"


def write_run(study: Study, *, out: Path, tell: Callable[[str], None] | None = None) -> Run:
    """Answer a study and write its run.

    Parameters
    ----------
    study : Study
    out : Path
        Folder of all reports; the run is written to `out/<study>/<run>/`.
    tell : callable, optional
        Called with a phrase before each step.

    Raises
    ------
    OutputNotWritableError
        When the folder cannot be written; nothing is left behind.
    """
    from outcomes.pipeline import answer

    answers = answer(study, tell=tell)
    registry = with_texts(answers.registry, study.plan)
    results = to_json(registry)
    manifest = describe_run(study, answers, results)
    home = out / study.folder.resolve().name
    try:
        with _written_whole(home, manifest["run"]) as (draft, final):
            _write_files(draft, registry, manifest, study.plan, tell or (lambda _: None))
            _write_manifest(draft, manifest, study.folder, final)
    except OSError as fault:
        raise OutputNotWritableError(str(home), fault.strerror or type(fault).__name__) from fault
    return Run(folder=final, registry=registry, plan=study.plan)


def with_texts(registry: Registry, plan: Plan) -> Registry:
    """Give every record the text that a page prints for it."""
    from outcomes.render.format import format_outcome

    return Registry(
        dataclasses.replace(record, text=format_outcome(record.outcome, plan)) for record in registry.records()
    )


def describe_run(study: Study, answers: Answers, results: str) -> dict[str, Any]:
    """Everything of the manifest that follows from the study and the code: no time, no place."""
    digest = hashlib.sha256(results.encode())
    for file in study.files:
        digest.update(f"{file.sha256}  {file.name}\n".encode())
    return {
        "schema": SCHEMA,
        "run": digest.hexdigest()[:8],
        "study": study.folder.resolve().name,
        "software": name_software(),
        "plan": study.plan.model_dump(mode="json"),
        "files": [dataclasses.asdict(file) for file in study.files],
        "seed": study.plan.random.seed,
        "warnings": [dataclasses.asdict(finding) for finding in study.findings],
        "scoring": [dataclasses.asdict(finding) for finding in answers.scores.findings],
        "structure": [cluster.to_sentence() for cluster in answers.cohort.structure],
        "left_out": [dataclasses.asdict(left) for left in answers.cohort.left_out],
    }


def name_software() -> dict[str, str]:
    """Versions of what could change a number."""
    from importlib.metadata import version

    return {"python": platform.python_version()} | {name: version(name) for name in NAMED_PACKAGES}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a run.

    Raises
    ------
    RunNotFoundError
        When the folder is not a run.
    RunDamagedError
        When the manifest cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise RunNotFoundError(str(folder))
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if manifest["schema"] != SCHEMA:
            raise RunDamagedError(MANIFEST)
    except (ValueError, KeyError, TypeError) as fault:
        raise RunDamagedError(MANIFEST) from fault
    return manifest


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_files(
    draft: Path,
    registry: Registry,
    manifest: Mapping[str, Any],
    plan: Plan,
    tell: Callable[[str], None],
) -> None:
    from outcomes.release import release

    _write(draft / RESULTS, to_json(registry))
    tell("writing the report for the clinic")
    write_edition(draft, "internal", registry, manifest, plan)
    tell("writing the edition to share")
    released = release(registry, plan.disclosure)
    shared = with_texts(released.registry, plan)
    write_edition(draft, "share", shared, shared_manifest(manifest, released.hidden), plan)
    _write(draft / "share" / RESULTS, to_json(shared))


def shared_manifest(manifest: Mapping[str, Any], hidden: tuple[Hidden, ...]) -> dict[str, Any]:
    """Give the shared page what it may say: no row counts, no findings about rows, no exact structure."""
    files = [{**file, "rows": None, "size": None} for file in manifest["files"]]
    closed = {"files": files, "warnings": [], "scoring": [], "structure": [], "left_out": []}
    return {**manifest, **closed, "hidden": [dataclasses.asdict(one) for one in hidden]}


def write_edition(folder: Path, edition: str, registry: Registry, manifest: Mapping[str, Any], plan: Plan) -> None:
    """Write one edition: page, PDF, Word, tables, figures with the numbers behind them."""
    from outcomes.render.document import read_document
    from outcomes.render.figures import draw_figures
    from outcomes.render.page import render_page
    from outcomes.render.pdf import render_pdf
    from outcomes.render.tables import render_figure_tables, render_tables
    from outcomes.render.word import render_word

    home = folder / edition
    pictures = draw_figures(registry, plan)
    figures = {name: picture.svg for name, picture in pictures.items()}
    for name, svg in figures.items():
        _write(home / "figures" / f"{name}.svg", svg)
    for name, text in render_figure_tables(registry, {name: one.ids for name, one in pictures.items()}).items():
        _write(home / "figures" / f"{name}.csv", text)
    for name, text in render_tables(registry).items():
        _write(home / "tables" / f"{name}.csv", text)
    page = render_page(registry, plan, manifest, edition=edition, figures=figures)
    _write(home / "report.html", page)
    document = read_document(page)  # the content is written once, in the page
    _write(home / "report.pdf", render_pdf(document, run=manifest["run"]))
    _write(home / "report.docx", render_word(document, run=manifest["run"]))


def _write_manifest(draft: Path, manifest: dict[str, Any], study: Path, final: Path) -> None:
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    outputs = [{"name": path.relative_to(draft).as_posix(), "sha256": digest_of(path)} for path in files]
    whole = manifest | {
        "study_path": _path_beside(study, final),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "outputs": outputs,
    }
    _write(draft / MANIFEST, json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def _path_beside(study: Path, run: Path) -> str | None:
    """Path from the run to its study where both lie below the current folder; a path of a machine is never recorded."""
    here, there, place = Path.cwd().resolve(), study.resolve(), run.resolve()
    if there.is_relative_to(here) and place.is_relative_to(here):
        return Path(os.path.relpath(there, place)).as_posix()
    return None


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _written_whole(home: Path, name: str) -> Iterator[tuple[Path, Path]]:
    """Offer a draft folder, which becomes the final one in a single step, or vanishes."""
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=home))
    final = _free_name(home, name)
    try:
        yield draft, final
        draft.chmod(0o755)
        draft.rename(final)
    finally:
        if draft.exists():
            shutil.rmtree(draft, ignore_errors=True)


def _free_name(home: Path, name: str) -> Path:
    """Name that no run has: the same study answered again gets a number behind it."""
    names = [name, *(f"{name}-{number}" for number in range(2, 10_000))]
    return next(home / free for free in names if not (home / free).exists())
