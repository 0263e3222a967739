"""A pooled run: the files of the clinics, what they tell together, the page; made from the files and nothing else."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from outcomes.core.digests import seal
from outcomes.errors import OutputNotWritableError
from outcomes.pooling.agreement import FEWEST_CLINICS, read_agreement
from outcomes.pooling.contribution import read_contribution
from outcomes.pooling.refusals import PoolRefusedError
from outcomes.pooling.results import AGREEMENT_FILE, name_file, pool_contributions
from outcomes.replication.program import make_pool_program
from outcomes.reporting.documents import REPORT
from outcomes.results.store import to_json
from outcomes.runs.folder import sweep, write_file, written_whole
from outcomes.runs.manifest import list_outputs, name_run, to_text
from outcomes.runs.names import MANIFEST, POOLED, R_PROGRAM, RESULTS
from outcomes.runs.software import name_machine, name_software, name_source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from outcomes.pooling.agreement import Agreement
    from outcomes.pooling.contribution import Contribution
    from outcomes.results.registry import Registry

SCHEMA = 1
PAGE, PDF = REPORT.file("html"), REPORT.file("pdf")
FORMATS = ("html", "pdf", "png")


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledRun:
    """A pooled run that has been written.

    Attributes
    ----------
    folder : Path
    registry : Registry
    """

    folder: Path
    registry: Registry

    @property
    def page(self) -> Path:
        """Its page."""
        return self.folder / PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a pool is made from: agreement and contributions, and the bytes of their files by name in the run."""

    agreement: Agreement
    contributions: tuple[Contribution, ...]
    files: Mapping[str, bytes]


def read_inputs(agreement: Path, files: Sequence[Path]) -> Inputs:
    """Read an agreement and the contributions made under it.

    Raises
    ------
    AgreementError, PoolRefusedError
    """
    agreed = read_agreement(agreement)
    found = [read_contribution(path, agreed) for path in files]
    faults = []
    clinics = [one.clinic for one in found]
    twice = sorted({clinic for clinic in clinics if clinics.count(clinic) > 1})
    faults += [f"{clinic} contributed twice: a pool takes one contribution of each clinic." for clinic in twice]
    if len(set(clinics)) < FEWEST_CLINICS:
        faults.append(
            f"There are contributions of {len(set(clinics))} clinics: at least {FEWEST_CLINICS} are needed, since of "
            "two each could work out the other."
        )
    if faults:
        raise PoolRefusedError(faults)
    ordered = sorted(zip(found, files, strict=True), key=lambda pair: pair[0].clinic)
    content = {AGREEMENT_FILE: agreement.read_bytes()}
    content |= {name_file(one.clinic): path.read_bytes() for one, path in ordered}
    return Inputs(agreement=agreed, contributions=tuple(one for one, _ in ordered), files=content)


def make_registry(inputs: Inputs) -> Registry:
    """Pool, with the texts that a page prints."""
    from outcomes.runs.files import with_texts

    return with_texts(pool_contributions(inputs.agreement, inputs.contributions), inputs.agreement.plan)


def describe(inputs: Inputs, registry: Registry) -> dict[str, Any]:
    """Everything of the manifest that follows from the files and the code: no time, no place."""
    agreement = inputs.agreement
    files = [
        {"name": name, "rows": None, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in inputs.files.items()
    ]
    return {
        "schema": SCHEMA,
        "kind": POOLED,
        "run": name_run(to_json(registry), files),
        "name": agreement.name,
        "pool": agreement.digest,
        "clinics": [one.clinic for one in inputs.contributions],
        "n_clinics": len(inputs.contributions),
        "threshold": agreement.threshold,
        "merged": ["; ".join(one.content["counted_as_the_first_level"]) for one in inputs.contributions],
        "software": name_software(),
        "source": name_source(),
        "machine": name_machine(),
        "plan": agreement.plan.model_dump(mode="json"),
        "files": files,
        "formats": list(FORMATS),
    }


def make_files(registry: Registry, manifest: Mapping[str, Any], inputs: Inputs) -> dict[str, Callable[[], str | bytes]]:
    """Give every file of a pooled run but the manifest, each as what makes it."""
    from outcomes.pooling.page import make_page
    from outcomes.render.html.page import write_page
    from outcomes.render.raster import draw_slide
    from outcomes.render.tables import render_tables
    from outcomes.reporting.page import make_document

    page = make_page(registry, inputs.agreement.plan, manifest)

    def pdf() -> bytes:
        from outcomes.render.pdf import render_pdf

        return render_pdf(make_document(page), run=f"run {manifest['run']}")

    made: dict[str, Callable[[], str | bytes]] = {
        RESULTS: lambda: to_json(registry),
        PAGE: lambda: write_page(page),
        PDF: pdf,
        R_PROGRAM: make_pool_program,
    }
    made |= {f"tables/{name}.csv": lambda text=text: text for name, text in render_tables(registry).items()}  # type: ignore[misc]
    made |= {f"figures/{name}.svg": lambda svg=svg: svg for name, svg in page.pictures.items()}  # type: ignore[misc]
    made |= {f"figures/{name}.png": functools.partial(draw_slide, svg) for name, svg in page.pictures.items()}
    return made | {name: lambda content=content: content for name, content in inputs.files.items()}


def write_pool(inputs: Inputs, *, out: Path, tell: Callable[[str], None] | None = None) -> PooledRun:
    """Pool the clinics and write the run to `out/<name of the pool>/<run>/`.

    Raises
    ------
    OutputNotWritableError
        When the folder cannot be written; nothing is left behind.
    """
    say = tell or (lambda _: None)
    say("pooling")
    registry = make_registry(inputs)
    manifest = describe(inputs, registry)
    home = out / inputs.agreement.name
    say("writing")
    try:
        sweep(out)
        with written_whole(home) as draft:
            for name, make in make_files(registry, manifest, inputs).items():
                write_file(draft.path / name, make())
            created = datetime.now(UTC).isoformat(timespec="seconds")
            whole = seal({**manifest, "created": created, "outputs": list_outputs(draft.path)})
            write_file(draft.path / MANIFEST, to_text(whole))
            final = draft.settle(manifest["run"])
    except OSError as fault:
        raise OutputNotWritableError(str(home), fault.strerror or type(fault).__name__) from fault
    return PooledRun(folder=final, registry=registry)
