"""A stranger's script of twenty lines, with types, passes mypy's strict mode against what is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = '''\
"""What a stranger would write."""

from pathlib import Path

import pandas as pd

import outcomes


def compare(study_folder: Path, measure: str) -> pd.DataFrame:
    study = outcomes.read_study(study_folder)
    scores = study.frame().query(f"measure == '{measure}'")
    fit: outcomes.Fit = outcomes.mmrm(scores, score="score", baseline="baseline", covariates=["age"], at="end")
    estimate: float = fit.estimate
    p_value: float | None = fit.p_value
    print(fit.summary(), estimate, p_value, fit.n, dict(fit.dropped), fit.how.estimator)
    fit.plot()
    return pd.concat([fit.to_frame(), fit.contrasts("means").to_frame()])


south = outcomes.read_study(outcomes.example()).where(site="South")
results = outcomes.analyse(south)
table: pd.DataFrame = results.table("outcomes")
results.to_excel(Path("all.xlsx"))
run = outcomes.report(south, out="reports")
verdict = outcomes.verify(run.folder)
needed: int = int(outcomes.size(difference=0.5, sd=1.0).estimate)
compare(outcomes.example(), "dts").to_csv("dts.csv")
'''
WRONG = SCRIPT.replace("needed: int = int(", "needed: str = int(").replace('at="end"', 'when="end"')


def ask_mypy(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(script, encoding="utf-8")
    words = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache"), "script.py"]
    known = {name: value for name, value in os.environ.items() if name != "MYPYPATH"}
    return subprocess.run(words, cwd=folder, env=known, capture_output=True, text=True, check=False)  # noqa: S603  # ours


@pytest.mark.long
def test_a_strangers_script_passes_strict_and_one_with_faults_does_not(tmp_path: Path) -> None:
    right = ask_mypy(SCRIPT, tmp_path)
    assert right.returncode == 0, right.stdout
    wrong = ask_mypy(WRONG, tmp_path)
    assert wrong.returncode == 1
    assert 'Unexpected keyword argument "when"' in wrong.stdout
    assert "Incompatible types in assignment" in wrong.stdout
