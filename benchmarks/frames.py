"""How long the package takes to import, and what a call on a frame costs beside the same call on arrays.

Wall time, medians of nine. `import outcomes` over the bare start of Python; `outcomes.mmrm` and `outcomes.ancova` over
the methods behind them, whose arrays are there already.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

import outcomes
from outcomes.methods import mmrm
from outcomes.methods.ancova import fit_ancova

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 9
VISITS = [4, 12, 24]


def median(call: Callable[[], object]) -> float:
    """Median wall time of a call [seconds]; the first is not counted."""
    call()
    spent = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begun)
    return statistics.median(spent)


def main() -> None:
    """Time and print."""
    bare, whole = (
        median(lambda code=code: subprocess.run([sys.executable, "-c", code], check=True))
        for code in ("pass", "import outcomes")
    )
    print(f"import outcomes {whole * 1e3:.0f} ms, bare Python {bare * 1e3:.0f} ms: {whole / bare:.2f} times")
    for n in (200, 20_000):
        rng = np.random.default_rng(1)
        arm, base = np.arange(n) % 2, rng.normal(30, 5, n)
        scores = base[:, None] + rng.normal(0, 3, (n, 3)) + arm[:, None]
        scores[rng.random((n, 3)) < 0.15] = np.nan  # noqa: PLR2004  # a usual share not seen
        people = pd.DataFrame({"client_id": np.arange(n), "arm": arm, "base": base, "y": scores[:, 2]})
        long = pd.concat([people.assign(visit=visit, y=scores[:, place]) for place, visit in enumerate(VISITS)])
        seen = ~np.isnan(scores).all(axis=1)
        by_visit = np.column_stack([np.ones(n), arm, base])

        def arrays(seen: Any = seen, scores: Any = scores, by_visit: Any = by_visit) -> object:
            fit = mmrm.fit_mmrm(scores=scores[seen], by_visit=by_visit[seen])
            return [fit.contrast(np.eye(9)[place], method="kenward-roger") for place in (3, 4, 5)]

        one = median(arrays)
        other = median(lambda long=long: outcomes.mmrm(long, score="y", baseline="base"))
        print(f"mmrm, {n} people: arrays {one * 1e3:.1f} ms, frame {other * 1e3:.1f} ms: {other / one:.2f} times")
        last = people.dropna()
        full, y = last["arm"].to_numpy() == 1, last["y"].to_numpy()
        one = median(
            lambda y=y, full=full, last=last: fit_ancova(
                scores=y, full=full, covariates=last[["base"]].to_numpy(), names=["base"]
            )
        )
        other = median(lambda last=last: outcomes.ancova(last, score="y", baseline="base"))
        print(f"ancova, {n} people: arrays {one * 1e3:.2f} ms, frame {other * 1e3:.2f} ms: {other / one:.2f} times")


if __name__ == "__main__":
    main()
