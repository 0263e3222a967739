"""The command: how long a person waits for help, and for the report on the example, with its stages."""

from __future__ import annotations

import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from processes import BIN, median_seconds, python, report

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "data" / "example"
IMPORTS = "import pandas, statsmodels.api, scipy.stats, matplotlib.pyplot"


def main() -> None:
    """Print medians and ratios."""
    click, shown = (
        median_seconds(python("import click"), times=15),
        median_seconds([str(BIN / "outcomes"), "--help"], times=15),
    )
    report("import click", click, "s")
    report("outcomes --help", shown, "s")
    report("ratio", shown / click, "×", goal="goal: at most 1.5")
    imports = median_seconds(python(IMPORTS))
    with tempfile.TemporaryDirectory() as folder:
        whole = median_seconds([str(BIN / "outcomes"), "report", str(EXAMPLE), "--quiet", "--out", folder])
    report("import pandas, statsmodels.api, scipy.stats, matplotlib.pyplot", imports, "s")
    report("outcomes report data/example", whole, "s")
    report("ratio of the times waited", whole / imports, "×", goal="processor time: benchmarks/report.py")
    print_stages()


def print_stages() -> None:
    """Print how long each stage of one report takes, imports included where they first happen."""
    import outcomes
    from outcomes.runs import write_run

    stages: list[tuple[str, float]] = [("reading and checking", time.perf_counter())]
    study = outcomes.read_study(EXAMPLE)
    note: Callable[[str], None] = lambda phrase: stages.append((phrase, time.perf_counter()))  # noqa: E731  # one line
    with tempfile.TemporaryDirectory() as folder:
        write_run(study, out=Path(folder), tell=note)
    stages.append(("", time.perf_counter()))
    for (phrase, begun), (_, ended) in pairwise(stages):
        report(f"  stage: {phrase}", ended - begun, "s")


if __name__ == "__main__":
    main()
