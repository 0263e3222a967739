"""Verifying the example, beside the report itself: from the study, by a second engine too, and by R where it is."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from processes import BIN, median_cpu_seconds, report

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "data" / "example"
OUTCOMES = str(BIN / "outcomes")
TIMES = 1  # the ratios are of one run: each of these takes a minute of processor time or more


def main() -> None:
    """Print medians of processor time, and their ratios to the report's."""
    with tempfile.TemporaryDirectory() as folder:
        study = Path(folder) / "study"  # of its own: a report adds to the ledger beside the study
        shutil.copytree(EXAMPLE, study)
        out = Path(folder) / "reports"
        formats = ["--formats", "html,pdf,docx"]
        written = median_cpu_seconds(
            [OUTCOMES, "report", str(study), *formats, "--quiet", "--out", str(out)], times=TIMES
        )
        report("outcomes report data/example, all formats", written, "s")
        run = next(out.rglob("manifest.json")).parent
        verify = [OUTCOMES, "verify", str(run), "--study", str(study)]
        again = median_cpu_seconds(verify, times=TIMES)
        report("ratio of verify --study", again / written, "×", goal="goal: at most 1.5")
        second = median_cpu_seconds([*verify, "--independent"], times=TIMES)
        report("ratio of verify --study --independent", second / written, "×", goal="goal: at most 3")
        if shutil.which("Rscript"):
            by_r = median_cpu_seconds([*verify, "--r"], times=1)
            report("verify --study --r", by_r - again, "s", goal="goal: R itself at most 90 s")


if __name__ == "__main__":
    main()
