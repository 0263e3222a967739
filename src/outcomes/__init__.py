"""Compare two ways of delivering DBT, and trace every printed number back to the files.

    study = outcomes.read_study("data/example")      # validated frames: study.clients, study.scores
    results = outcomes.analyse(study)                # results["ancova.dts.end.difference"], results.table("outcomes")
    run = outcomes.report(study, out="reports")      # what the command writes; run.folder
    outcomes.verify(run.folder)                      # recompute it and make every file again

Importing the package loads nothing heavy: pandas comes with the first study. Linear algebra runs in one thread during a
call, unless OPENBLAS_NUM_THREADS, MKL_NUM_THREADS or OMP_NUM_THREADS says how many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.core.threads import in_one_thread

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from outcomes.audit.verdict import Verdict
    from outcomes.notebook import Results
    from outcomes.runs import Run
    from outcomes.study.model import Finding, Study

__all__ = ["analyse", "check", "compare_visits", "read_study", "report", "verify"]


def __getattr__(name: str) -> str:
    """Give `__version__`, which pyproject.toml states and the installation knows."""
    if name == "__version__":
        from importlib.metadata import version

        return version("outcomes")
    raise AttributeError(name)


@in_one_thread()
def read_study(folder: str | Path) -> Study:
    """Read and validate a study folder.

    Raises
    ------
    OutcomesError
        With every fault of plan and tables at once.
    """
    from outcomes.study.read import read_study as read

    return read(folder)


@in_one_thread()
def check(folder: str | Path) -> tuple[Finding, ...]:
    """Give every finding about a study folder, STOP, CHECK or NOTE, without analysing anything."""
    from outcomes.pipeline import check as examine

    return examine(folder)


@in_one_thread()
def analyse(study: Study) -> Results:
    """Answer every question of the plan; each result under its id, with the text a report prints."""
    from outcomes.notebook import Results
    from outcomes.pipeline import answer
    from outcomes.runs import with_texts

    return Results(with_texts(answer(study).registry, study.plan), study.plan)


@in_one_thread()
def report(study: Study | str | Path, out: str | Path = "reports") -> Run:
    """Write a run folder: results, manifest, the report for the clinic and the edition to share."""
    from pathlib import Path

    from outcomes.runs import write_run

    return write_run(read_study(study) if isinstance(study, str | Path) else study, out=Path(out))


@in_one_thread()
def verify(
    run: str | Path, study: str | Path | None = None, *, independent: bool = False, in_r: bool = False
) -> Verdict:
    """Check a run: recompute its values from the study, make every file again and compare it byte for byte."""
    from pathlib import Path

    from outcomes.audit.verify import verify as check

    return check(Path(run), study=None if study is None else Path(study), independent=independent, in_r=in_r)


@in_one_thread()
def compare_visits(frame: pd.DataFrame, **columns: Any) -> pd.DataFrame:
    """Compare two arms at every visit of a long table; see `outcomes.questions.outcomes.frame.compare_visits`."""
    from outcomes.questions.outcomes.frame import compare_visits as compare

    return compare(frame, **columns)
