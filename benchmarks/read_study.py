"""Reading and checking 1,000,000 scores against pandas merely reading the same files: time and memory.

The two are timed in one process each, after the imports, as the best of several runs of the processor's time: another
program on the machine then lengthens neither.
"""

from __future__ import annotations

import csv
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from processes import peak_megabytes, python, report

CLIENTS, VISITS, MEASURES = 50_000, ("start", "v1", "v2", "v3", "v4"), ("a", "b", "c", "d")


def main() -> None:
    """Print medians and ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_large_study(folder)
        size = sum(path.stat().st_size for path in folder.glob("*.csv")) / 2**20
        merely = f"[pd.read_csv(r'{folder}/' + name) for name in ('clients.csv', 'scores.csv')]"
        whole = f"outcomes.read_study(r'{folder}')"
        plain, checked = best_seconds(merely), best_seconds(whole)
        report(f"pandas reads {size:.0f} MB", plain, "s")
        report("outcomes reads and checks them", checked, "s")
        report("ratio", checked / plain, "×", goal="goal: at most 4")
        quote_everything(folder)
        plain, checked = best_seconds(merely), best_seconds(whole)
        report("ratio where every cell is quoted", checked / plain, "×", goal="goal: at most 4")
        memory = peak_megabytes(f"{IMPORTS}; {whole}") - peak_megabytes(IMPORTS)
        report("memory beyond the interpreter with its imports", memory, "MB")
        report("ratio to the size of the files", memory / size, "×", goal="goal: at most 6")


IMPORTS = "import pandas as pd, pandera.pandas, pydantic, outcomes.study.read"


def best_seconds(code: str, *, times: int = 5) -> float:
    """Least processor time of a piece of Python over several runs in one process, its imports not counted [s]."""
    program = (
        f"import time; {IMPORTS}\nbest = 1e9\nfor _ in range({times}):\n start = time.process_time()\n {code}\n"
        " best = min(best, time.process_time() - start)\nprint(best)"
    )
    return float(subprocess.run(python(program), capture_output=True, text=True, check=True).stdout)


def quote_everything(folder: Path) -> None:
    """Put quotation marks around every cell of both tables."""
    for name in ("clients.csv", "scores.csv"):
        pd.read_csv(folder / name, dtype=str).to_csv(folder / name, index=False, quoting=csv.QUOTE_ALL)


def write_large_study(folder: Path) -> None:
    """Write 1,000,000 scores of 50,000 clients."""
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
