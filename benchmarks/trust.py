"""The questions of how far to trust the answer, on the example, beside imports; imputation beside R's mice and rbmi.

mice is run where R and mice are installed, on the same table; rbmi 1.2 was measured once, elsewhere: 7.3 s for 100
imputations of 172 clients.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from outcomes.methods import impute, mmrm
from processes import median_cpu_seconds, python, report

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
IMPORTS = "import pandas, statsmodels.api, scipy.stats, matplotlib.pyplot"
QUESTIONS = ("completion", "retention", "change", "balance", "missing", "confounding", "agreement")
RBMI_SECONDS = 7.3
MICE = """
suppressPackageStartupMessages(library(mice))
table <- read.csv("{file}")
set.seed(1)
before <- proc.time()
mice(table, m = 20, printFlag = FALSE)
cat(sum((proc.time() - before)[1:2]))
"""
# All that comes before is done first: what is timed is the questions themselves, with what they import.
ANSWER = f"""
import time
import outcomes
from outcomes.questions.catalogue import CATALOGUE
from outcomes.cohort import assemble
from outcomes.scoring import score_study
study = outcomes.read_study({str(ROOT / "data" / "example")!r})
cohort, found = assemble(study, score_study(study)), {{}}
spent = {{}}
for name, analysis in CATALOGUE.items():
    begun = time.process_time()
    for ask, given in ((analysis.analyse, (cohort,)), (analysis.conclude, (cohort, dict(found)))):
        if ask is not None:
            found |= {{outcome.id: outcome for outcome in ask(*given)}}
    spent[name] = time.process_time() - begun
print(" ".join(f"{{name}}={{seconds}}" for name, seconds in spent.items()))
"""


def main() -> None:
    """Print medians and ratios."""
    imports = median_cpu_seconds(python(IMPORTS))
    report(IMPORTS, imports, "s")
    runs = [answer() for _ in range(5)]
    for name in QUESTIONS:
        report(f"  {name}", statistics.median(run[name] for run in runs), "s")
    whole = statistics.median(sum(run[name] for name in QUESTIONS) for run in runs)
    report("all of these, on the example, 50 imputations", whole, "s")
    report("ratio", whole / imports, "×", goal="goal: at most 1")
    compare_with_mice()
    scores, by_visit, constant = trial(172, visits=4)
    seconds = median(lambda: complete(scores, by_visit, constant, draws=100))
    report("172 clients, 4 visits, 100 imputations", seconds, "s")
    report("rbmi over this", RBMI_SECONDS / seconds, "×", goal="goal: at least 10")


def answer() -> dict[str, float]:
    """Processor time of every question, in a process of its own [s]."""
    done = subprocess.run(python(ANSWER), capture_output=True, text=True, check=True)
    return {name: float(seconds) for name, seconds in (pair.split("=") for pair in done.stdout.split())}


def compare_with_mice() -> None:
    """Complete the same table of 500 × 12 twenty times, with gaps in all columns and with gaps in the visits alone."""
    rng = np.random.default_rng(1)
    table = rng.standard_normal((500, 12)) @ np.linalg.cholesky(0.5 * np.eye(12) + 0.5).T
    table[:, 0] = table[:, 0] > 0
    for words, first in (("one column whole, 11 visits with gaps", 1), ("arm, start, 5 covariates, 5 visits", 7)):
        gappy = table.copy()
        gappy[:, first:][rng.random((500, 12 - first)) < 0.2] = np.nan  # noqa: PLR2004  # a fifth
        by_visit = np.column_stack([np.ones(500), gappy[:, : min(first, 2)]])
        constant = gappy[:, 2:first]
        seconds = median(lambda: complete(gappy[:, first:], by_visit, constant, draws=20))  # noqa: B023  # called at once
        report(f"500 × 12, {words}: 20 imputations", seconds, "s")
        mice = run_mice(gappy)
        if mice is None:
            print("R with mice is not installed here; once, elsewhere, mice needed 8 s")
            continue
        report("  mice", mice, "s")
        report("  mice over this", mice / seconds, "×", goal="goal: at least 10")


def run_mice(table: np.ndarray) -> float | None:
    """Processor time that mice needs for 20 imputations by its own defaults [s]; None where there is no R or mice."""
    program = shutil.which("Rscript")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.csv"
        names = ",".join(f"v{k}" for k in range(table.shape[1]))
        np.savetxt(file, table, delimiter=",", header=names, comments="", fmt="%.6f")
        file.write_text(file.read_text().replace("nan", "NA"))
        done = subprocess.run([program, "-e", MICE.format(file=file)], capture_output=True, text=True, check=False)
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def complete(scores: np.ndarray, by_visit: np.ndarray, constant: np.ndarray, *, draws: int) -> impute.Completed:
    """Fit, draw and complete."""
    rng = np.random.default_rng(1)
    people = impute.to_people(scores=scores, by_visit=by_visit, constant=constant)
    fit = mmrm.fit_mmrm(scores=scores, by_visit=by_visit, constant=constant)
    return impute.complete_scores(
        people=people, draws=impute.draw_posterior(fit, people=people, draws=draws, rng=rng), rng=rng
    )


def trial(clients: int, *, visits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with drop-out, intercept, arm, start, and no covariates."""
    rng = np.random.default_rng(clients)
    full, start = rng.random(clients) < 0.5, rng.normal(20, 6, clients)  # noqa: PLR2004  # a coin
    scores = start[:, None] - full[:, None] + rng.normal(0, 4, (clients, 1)) + rng.normal(0, 4, (clients, visits))
    last = rng.integers(1, 2 * visits, clients)
    scores[np.arange(visits)[None, :] >= last[:, None]] = np.nan
    return scores, np.column_stack([np.ones(clients), full, start]), np.zeros((clients, 0))


def median(call: Callable[[], object], *, times: int = 7) -> float:
    """Median processor time of a call [s]."""
    call()
    spent = []
    for _ in range(times):
        begun = time.process_time()
        call()
        spent.append(time.process_time() - begun)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
