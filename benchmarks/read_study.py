"""Reading and validating a large study against pandas merely reading the same files: time and memory."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from processes import median_seconds, peak_megabytes, python, report

CLIENTS, VISITS, MEASURES = 100_000, ("start", "v1", "v2", "v3", "v4"), ("a", "b", "c", "d")


def main() -> None:
    """Print medians and ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_large_study(folder)
        size = sum(path.stat().st_size for path in folder.glob("*.csv")) / 2**20
        merely = f"import pandas as pd; [pd.read_csv(r'{folder}/' + n) for n in ('clients.csv', 'scores.csv')]"
        whole = f"import outcomes; outcomes.read_study(r'{folder}')"
        idle = "import pandas"
        ours = "import pandas, pandera.pandas, pydantic, outcomes.study.read"
        start, ready = median_seconds(python(idle)), median_seconds(python(ours))
        plain, checked = median_seconds(python(merely)), median_seconds(python(whole))
        report(f"pandas reads {size:.0f} MB, its import not counted", plain - start, "s")
        report("outcomes reads and validates them, its imports not counted", checked - ready, "s")
        report("ratio", (checked - ready) / (plain - start), "×", goal="goal: at most 4")
        report("ratio, whole processes", checked / plain, "×")
        memory = peak_megabytes(whole) - peak_megabytes(ours)
        report("memory beyond the interpreter with its imports", memory, "MB")
        report("ratio to the size of the files", memory / size, "×", goal="goal: at most 6")


def write_large_study(folder: Path) -> None:
    """Write 2,000,000 scores of 100,000 clients."""
    rng = np.random.default_rng(1)
    ids = np.array([f"C{number:06d}" for number in range(CLIENTS)])
    visits = "\n".join(f'{name} = {{ label = "{name}", week = {12 * place} }}' for place, name in enumerate(VISITS))
    measures = "\n".join(
        f'[measures.{name}]\nlabel = "{name}"\ndomain = "other"\nrole = "primary"\nbetter = "lower"\nrange = [0, 60]'
        for name in MEASURES
    )
    (folder / "plan.toml").write_text(
        'version = 1\ntitle = "large"\n[arms]\nfull = { value = "f", label = "F" }\n'
        'skills = { value = "s", label = "S" }\n'
        f'[visits]\n{visits}\nprimary = "v4"\n{measures}\n[adjust]\ncovariates = ["age"]\n',
        encoding="utf-8",
    )
    arms = rng.choice(["f", "s"], CLIENTS)
    pd.DataFrame({"client_id": ids, "arm": arms, "age": rng.integers(18, 70, CLIENTS)}).to_csv(
        folder / "clients.csv", index=False
    )
    per_client = len(VISITS) * len(MEASURES)
    dates = np.array(["2024-01-08", "2024-04-01", "2024-06-24", "2024-09-16", "2024-12-09"])
    pd.DataFrame(
        {
            "client_id": np.repeat(ids, per_client),
            "visit": np.tile(np.repeat(VISITS, len(MEASURES)), CLIENTS),
            "measure": np.tile(MEASURES, len(VISITS) * CLIENTS),
            "score": rng.integers(0, 61, CLIENTS * per_client),
            "date": np.tile(np.repeat(dates, len(MEASURES)), CLIENTS),
        }
    ).to_csv(folder / "scores.csv", index=False)


if __name__ == "__main__":
    main()
