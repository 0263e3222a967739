"""Compare two ways of delivering DBT, and trace every printed number back to the files.

    study = outcomes.read_study("data/example")      # validated frames: study.clients, study.scores
    study = outcomes.study(clients=…, scores=…, plan=…)  # the same of data frames
    results = outcomes.analyse(study)                # results["ancova.dts.end.difference"], results.table("outcomes")
    run = outcomes.report(study, out="reports")      # what the command writes; run.folder
    outcomes.verify(run.folder)                      # recompute it and make every file again

On any data frame: mmrm, ancova, logistic, negbin, gee, weighted, rmst, cox, meta, reliable_change, size.

Importing the package loads nothing heavy: pandas comes with the first study. Linear algebra runs in one thread during a
call, unless OPENBLAS_NUM_THREADS, MKL_NUM_THREADS or OMP_NUM_THREADS says how many.
"""

from __future__ import annotations

from outcomes.core.threads import in_one_thread
from outcomes.study.upstairs import UPSTAIRS

TYPE_CHECKING = False  # to import typing takes longer than the rest of this
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from outcomes.audit.verdict import Verdict
    from outcomes.frames import (
        Fit,
        ancova,
        cox,
        gee,
        logistic,
        meta,
        mmrm,
        negbin,
        reliable_change,
        rmst,
        size,
        weighted,
    )
    from outcomes.notebook import Results
    from outcomes.runs import Run
    from outcomes.study.model import Finding, Study
    from outcomes.study.of_frames import make_study as study

__all__ = [
    "Fit",
    "analyse",
    "ancova",
    "check",
    "cox",
    "example",
    "gee",
    "logistic",
    "meta",
    "mmrm",
    "negbin",
    "read_study",
    "reliable_change",
    "report",
    "rmst",
    "size",
    "study",
    "verify",
    "weighted",
]
# What is imported when it is first asked for: the calls on a data frame, and what they give.
_ON_FRAMES = frozenset(__all__) - {"analyse", "check", "example", "read_study", "report", "study", "verify"}


def __getattr__(name: str) -> Any:
    """Give what is imported only when it is asked for, and `__version__`, which the installation knows."""
    if name == "__version__":
        from importlib.metadata import version

        return version("outcomes")
    if name in _ON_FRAMES:
        from outcomes import frames

        return getattr(frames, name)
    raise AttributeError(name)


def __dir__() -> list[str]:
    """List what there is for a person, also what is not imported yet."""
    return sorted((*__all__, "__version__"))


def example() -> Path:
    """Give the folder of the example study that comes with the package; its data are synthetic."""
    from outcomes.study.example import find_example

    return find_example()


@in_one_thread()
def _lay_out(study: Study, rows: str) -> pd.DataFrame:
    from outcomes.frames.laid_out import lay_out

    return lay_out(study, rows)


UPSTAIRS.lay_out = _lay_out


@in_one_thread()
def read_study(folder: str | Path) -> Study:
    """Read and validate a study folder.

    Raises
    ------
    OutcomesError
        With every fault of plan and tables at once.
    """
    from pathlib import Path

    from outcomes.study.files import open_files
    from outcomes.study.read import read_opened

    return read_opened(open_files(Path(folder)))


@in_one_thread()
def check(folder: str | Path) -> tuple[Finding, ...]:
    """Give every finding about a study folder, STOP, CHECK or NOTE, without analysing anything."""
    from outcomes.pipeline import check as examine

    return examine(folder)


@in_one_thread()
def analyse(study: Study) -> Results:
    """Answer every question of the plan; each result under its id, with the text a report prints.

    Raises
    ------
    StudyChangedError
        Of a study that was changed after it had been read.
    """
    from outcomes.notebook import Results
    from outcomes.pipeline import answer
    from outcomes.runs import with_texts
    from outcomes.study.seal import require_sealed

    require_sealed(study)
    return Results(with_texts(answer(study).registry, study.plan), study.plan)


@in_one_thread()
def report(
    study: Study | str | Path,
    out: str | Path = "reports",
    *,
    before: str | Path | None = None,
    independent: bool = False,
) -> Run:
    """Write a run folder: results, manifest, the report for the clinic and the edition to share.

    `before` is the folder of an earlier run, whose main results are set beside these. With `independent` all is
    computed a second time, and the annex says what agrees; `second` of the run names what differs.

    Raises
    ------
    StudyChangedError
        Of a study that was changed after it had been read.
    """
    from pathlib import Path

    from outcomes.audit.earlier import make_keeper
    from outcomes.runs import write_run
    from outcomes.study.seal import require_sealed

    whole = read_study(study) if isinstance(study, str | Path) else study
    require_sealed(whole)
    keep = None if before is None else make_keeper(Path(before))
    return write_run(whole, out=Path(out), keep=keep, independent=independent)


@in_one_thread()
def verify(
    run: str | Path, study: str | Path | None = None, *, independent: bool = False, in_r: bool = False
) -> Verdict:
    """Check a run: recompute its values from the study, make every file again and compare it byte for byte."""
    from pathlib import Path

    from outcomes.audit.verify import verify as check

    return check(Path(run), study=None if study is None else Path(study), independent=independent, in_r=in_r)
