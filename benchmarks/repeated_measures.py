"""The repeated-measures engine: the pass, the fit, Kenward–Roger, as the number of clients grows; one thread.

Peers, as measured once on data made the same way, elsewhere: R's mmrm 0.3.18 (Satterthwaite) 0.2 s for 200 clients,
2.9 s for 2,000, 37 s for 20,000, no result for 200,000; nlme::gls 1.5 s and 25 s for the first two. Below some 8,000
clients the arrays lie in the cache of a core, and a copy takes a few microseconds: see docs/methods/mmrm.md.
"""

from __future__ import annotations

import os
import statistics
import time
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from outcomes.methods import mmrm
from processes import report

if TYPE_CHECKING:
    from collections.abc import Callable

VISITS, COVARIATES = 5, 8
PEER_SECONDS = {200: 0.2, 2_000: 2.9, 20_000: 37.0}


def main() -> None:
    """Print medians and ratios."""
    fits = {}
    for clients in (200, 2_000, 8_000, 20_000, 200_000, 1_000_000):
        scores, by_visit, constant = simulate(clients)
        copying = median(lambda: (scores.copy(), by_visit.copy(), constant.copy()))  # noqa: B023  # called at once
        passing = median(lambda: mmrm.moments(scores=scores, by_visit=by_visit, constant=constant))  # noqa: B023
        gathered = mmrm.moments(scores=scores, by_visit=by_visit, constant=constant)
        fits[clients] = median(lambda: infer(gathered))  # noqa: B023  # called at once
        report(f"{clients:>9,} clients: the pass", passing, "s")
        report(
            f"{clients:>9,} clients: the pass over copying its arrays", passing / copying, "×", goal="goal: at most 20"
        )
        report(f"{clients:>9,} clients: fit and Kenward–Roger at every visit", fits[clients], "s")
        if clients in PEER_SECONDS:
            goal = {200: 15, 2_000: 150, 20_000: 1_500}[clients]
            report(
                f"{clients:>9,} clients: mmrm over pass, fit and inference",
                PEER_SECONDS[clients] / (passing + fits[clients]),
                "×",
                goal=f"goal: at least {goal:,}",
            )
    scores, by_visit, constant = simulate(200)
    refits = median(
        lambda: mmrm.bootstrap(
            scores=scores,
            by_visit=by_visit,
            constant=constant,
            covariance="unstructured",
            replicates=2_000,
            rng=np.random.default_rng(1),
        )
    )
    report("2,000 bootstrap refits over one fit, 200 clients", refits / fits[200], "×", goal="goal: at most 150")
    report("fit at 1,000,000 clients over fit at 200", fits[1_000_000] / fits[200], "×", goal="goal: at most 2")


def infer(gathered: mmrm.Moments) -> list[float]:
    """Fit, and compare the arms at every visit."""
    fit = mmrm.fit_moments(gathered, covariance="unstructured")
    lines = np.eye(len(fit.beta))[VISITS : 2 * VISITS]
    return [fit.contrast(line, method="kenward-roger").p_value for line in lines]


def simulate(clients: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with drop-out, arm and baseline by visit, eight covariates with one effect."""
    rng = np.random.default_rng(clients)
    full, start = rng.random(clients) < 0.5, rng.normal(30, 8, clients)  # noqa: PLR2004  # a coin
    constant = rng.standard_normal((clients, COVARIATES))
    shared = rng.normal(0, 5, (clients, 1))
    scores = 0.5 * start[:, None] - full[:, None] + shared + rng.normal(0, 5, (clients, VISITS)) + constant[:, :1]
    last = rng.integers(1, VISITS + 3, clients)
    scores[np.arange(VISITS)[None, :] >= last[:, None]] = np.nan
    scores[rng.random(scores.shape) < 0.03] = np.nan  # noqa: PLR2004  # now and then a visit is missed
    return scores, np.column_stack([np.ones(clients), full, start]), constant


def median(call: Callable[[], object], *, least: float = 0.5) -> float:
    """Median time of a call, repeated for half a second at least [s]."""
    call()
    times: list[float] = []
    while len(times) < 3 or sum(times) < least:  # noqa: PLR2004  # a median needs three
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
