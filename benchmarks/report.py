"""The report in all formats: its cost beside the imports that any analysis would pay, and the size of its page."""

from __future__ import annotations

import tempfile
from pathlib import Path

from processes import BIN, median_cpu_seconds, median_seconds, python, report

EXAMPLE = Path(__file__).resolve().parent.parent / "data" / "example"
IMPORTS = "import pandas, statsmodels.api, scipy.stats, matplotlib.pyplot"
TIMES = 3


def main() -> None:
    """Print medians of processor time, their ratio, and sizes."""
    imports = median_cpu_seconds(python(IMPORTS), times=TIMES)
    with tempfile.TemporaryDirectory() as folder:
        command = [str(BIN / "outcomes"), "report", str(EXAMPLE), "--quiet", "--out", folder]
        whole = median_cpu_seconds(command, times=TIMES)
        waited = median_seconds(command, times=TIMES) / median_seconds(python(IMPORTS), times=TIMES)
        run = next(path for path in Path(folder, "example").iterdir() if path.is_dir())
        sizes = {name: (run / "internal" / name).stat().st_size / 1e6 for name in sorted(_formats(run))}
    report(IMPORTS.removeprefix("import "), imports, "s", goal="processor time")
    report("outcomes report data/example, both editions, all formats", whole, "s", goal="processor time")
    report("ratio", whole / imports, "×", goal="goal: at most 6")
    report("ratio of the times waited", waited, "×", goal="PDF and Word are written while the next edition is drawn")
    with tempfile.TemporaryDirectory() as folder:
        alone = [*command[:-1], folder, "--formats", "html"]
        report("ratio, HTML alone", median_cpu_seconds(alone, times=TIMES) / imports, "×", goal="goal: at most 4")
    for name, size in sizes.items():
        report(f"internal/{name}", size, "MB", goal="goal: at most 3" if name.endswith(".html") else "")


def _formats(run: Path) -> list[str]:
    return [path.name for path in (run / "internal").iterdir() if path.is_file()]


if __name__ == "__main__":
    main()
