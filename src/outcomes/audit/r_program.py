"""Have R compute the estimates of a run from its study, with the program that the run carries.

This is the one place where the package starts another program: `Rscript`, found on the path, on a file whose bytes are
those that this package writes. It is started only where a person asks for it, without a shell, and reads two files.
"""

from __future__ import annotations

import csv
import dataclasses
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from outcomes.audit.verdict import Check, judge
from outcomes.errors import StudyForRunNotFoundError
from outcomes.replication.program import make_pool_program
from outcomes.runs.files import find_published, program_of
from outcomes.runs.names import RESULTS
from outcomes.study.published import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

R_PROGRAM = "estimates, computed again by R"
MINUTES = 15
AGREES, DIFFERS = 0, 1  # how the program ends; anything else is that it stopped
NO_R = "Rscript was not found: R with its packages nlme and survival computes them."
STOPPED = "The R program stopped before its end."


def check_in_r(run: Path, study: Path | None, manifest: Mapping[str, Any]) -> Check:
    """Have R compute the estimates of a run, where its study is at hand.

    What is carried out is written anew from the plan: the copy in the run may have been changed. It is compared as each
    file is.
    """
    if study is None:
        return _not_checked(str(StudyForRunNotFoundError(manifest["study"])))
    with TemporaryDirectory() as scratch:
        program = Path(scratch) / "program.R"
        program.write_text(program_of(manifest), encoding="utf-8")
        if (published := find_published(manifest)) is not None:
            (Path(scratch) / EVIDENCE).write_bytes(published)
        return check_by_r(program, study, run / RESULTS)


def check_pool_in_r(run: Path) -> Check:
    """Have R compute the estimates of a pooled run from the clinics' files in it, with the program written anew."""
    with TemporaryDirectory() as scratch:
        program = Path(scratch) / "program.R"
        program.write_text(make_pool_program(), encoding="utf-8")
        return check_by_r(program, run, run / RESULTS)


def check_by_r(program: Path, study: Path, results: Path) -> Check:
    """Run the R program of a run and say what it found.

    Parameters
    ----------
    program : Path
        The R program.
    study : Path
        Folder of the study; of a pooled run the run itself.
    results : Path
        What the run stored.

    Returns
    -------
    Check
        Not checked where R is not there, or stopped; else how many estimates agree, and what differs.
    """
    rscript = shutil.which("Rscript")
    if rscript is None:
        return _not_checked(NO_R)
    with TemporaryDirectory() as scratch:
        table = Path(scratch) / "agreement.csv"
        command = [rscript, "--vanilla", *map(str, (program, study, results, table))]
        try:
            answer = subprocess.run(command, capture_output=True, check=False, timeout=60 * MINUTES)
        except subprocess.TimeoutExpired:
            return _not_checked(f"R was not done in {MINUTES} minutes.")
        if answer.returncode not in (AGREES, DIFFERS) or not table.is_file():
            return _not_checked(STOPPED)
        with table.open(encoding="utf-8", newline="") as rows:
            check = read_agreement(csv.DictReader(rows))
    # the last line is the program's own count: it is shown, and decides nothing
    last = answer.stdout.decode("utf-8", "replace").rstrip().rpartition("\n")[2]
    return dataclasses.replace(check, name=f"{R_PROGRAM} ({last})")


def read_agreement(rows: Iterable[Mapping[str, str]]) -> Check:
    """Judge the table of agreement: a row for each statistic of each estimate that R computed."""
    faults = []
    compared = set()
    for row in rows:
        compared.add(row["id"])
        if row["agrees"] != "yes":
            faults.append(f"{row['id']}: {row['statistic']} is {row['run']} in the run and {row['here']} in R")
    return judge(R_PROGRAM, len(compared), faults)


def _not_checked(reason: str) -> Check:
    return Check(name=R_PROGRAM, status="not checked", count=0, faults=(reason,))
