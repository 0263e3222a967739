"""Write a run: answer the study, make every file, seal both manifests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcomes.errors import OutputNotWritableError
from outcomes.reporting.documents import REPORT
from outcomes.results.store import to_json
from outcomes.runs.files import EDITION_STEPS, make_files, with_texts
from outcomes.runs.folder import sweep, write_file, written_whole
from outcomes.runs.manifest import (
    complete_manifest,
    describe_run,
    list_outputs,
    recall_editions,
    recall_locks,
    seal_shared,
)
from outcomes.runs.names import EDITIONS, FORMATS, INTERNAL, MANIFEST, PAPERS, SHARE
from outcomes.study.files import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry
    from outcomes.study.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has been written.

    Attributes
    ----------
    folder : Path
    registry : Registry
        All results, exact, with their texts.
    plan : Plan
    swept : int
        Drafts of runs that were stopped before they had finished, found and removed [count].
    released : mapping
        What the ledger of editions says: whether this one is held back, and what is the matter with the ledger.
    second : mapping
        What a second computation found, as `outcomes.replication.describe_second` gives it; empty where none was asked
        for.
    """

    folder: Path
    registry: Registry
    plan: Plan
    swept: int = 0
    released: Mapping[str, Any] = field(default_factory=dict)

    second: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = FORMATS

    @property
    def page(self) -> Path:
        """The report for inside the clinic, in the first of the formats that it was written in."""
        return self.folder / INTERNAL / REPORT.file(next(one for one in PAPERS if one in self.formats))


def count_steps(*, independent: bool = False) -> int:
    """Count the steps of which `write_run` tells."""
    from outcomes.pipeline import STEPS

    return STEPS + 2 + int(independent) + EDITION_STEPS * len(EDITIONS)


def write_run(
    study: Study,
    *,
    out: Path,
    formats: tuple[str, ...] = FORMATS,
    tell: Callable[[str], None] | None = None,
    keep: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
    independent: bool = False,
) -> Run:
    """Answer a study and write its run.

    Parameters
    ----------
    study : Study
    out : Path
        Folder of all reports; the run is written to `out/<study>/<run>/`.
    formats : tuple of str
        At least one of html, pdf and docx; with png, figures are PNG too. Tables and figures as SVG are always written.
    tell : callable, optional
        Called with a phrase before each step.
    keep : callable, optional
        Gives, of the manifest, what is kept of an earlier run: `outcomes.audit.earlier.keep_earlier`.
    independent : bool
        Whether all is computed a second time. What differs is written all the same, and said: a report that was not
        written would hide it.

    Raises
    ------
    OutputNotWritableError
        When the folder cannot be written; nothing is left behind.
    """
    from outcomes.pipeline import answer

    answers = answer(study, tell=tell)
    registry = with_texts(answers.registry, study.plan)
    home = out / name_of(study.folder)
    manifest = recall_locks(describe_run(study, answers, to_json(registry), formats), home)
    manifest = recall_editions(manifest, study)
    manifest = {**manifest, "before": keep(manifest)} if keep else manifest
    if independent:
        manifest = {**manifest, "second": _compute_again(study, registry, tell)}
    try:
        swept = sweep(out)
        with written_whole(home) as draft:

            def put(name: str, make: Callable[[], str | bytes]) -> None:
                write_file(draft.path / name, make())

            shared = make_files(registry, manifest, put, tell)
            share = draft.path / SHARE
            write_file(share / MANIFEST, seal_shared(shared.manifest, list_outputs(share)))
            whole = complete_manifest(draft.path, manifest, study.folder, home / manifest["run"])
            write_file(draft.path / MANIFEST, whole)
            final = draft.settle(manifest["run"])
    except OSError as fault:
        raise OutputNotWritableError(str(home), fault.strerror or type(fault).__name__) from fault
    said = manifest["released"]
    second = manifest.get("second", {})
    return Run(
        folder=final, registry=registry, plan=study.plan, swept=swept, released=said, second=second, formats=formats
    )


def _compute_again(study: Study, registry: Registry, tell: Callable[[str], None] | None) -> dict[str, Any]:
    """Compute all a second time, from the study's tables up, and give what the run keeps of it."""
    from outcomes.replication import describe_second, read_people, replicate

    if tell is not None:
        tell("computing everything a second time")
    return describe_second(list(replicate(read_people(study), registry, further=True)))
