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
    for clients in (200, 2_000, 8_000, 20_000, 200_000, 1_000_000):
        scores, by_visit, constant = simulate(clients)
        gathered = mmrm.moments(scores=scores, by_visit=by_visit, constant=constant)
        copying, passing, fitting = medians(
            lambda: (scores.copy(), by_visit.copy(), constant.copy()),  # noqa: B023  # called at once
            lambda: mmrm.moments(scores=scores, by_visit=by_visit, constant=constant),  # noqa: B023
            lambda: infer(gathered),  # noqa: B023
        )
        report(f"{clients:>9,} clients: the pass", 1000 * passing, "ms")
        report(
            f"{clients:>9,} clients: the pass over copying its arrays", passing / copying, "×", goal="goal: at most 20"
        )
        report(f"{clients:>9,} clients: fit and Kenward–Roger at every visit", 1000 * fitting, "ms")
        if clients in PEER_SECONDS:
            goal = {200: 15, 2_000: 150, 20_000: 1_500}[clients]
            report(
                f"{clients:>9,} clients: mmrm over pass, fit and inference",
                PEER_SECONDS[clients] / (passing + fitting),
                "×",
                goal=f"goal: at least {goal:,}",
            )
    few, many = (mmrm.moments(**named(simulate(clients))) for clients in (200, 1_000_000))
    fit, later, refits = medians(lambda: infer(few), lambda: infer(many), lambda: refit(named(simulate(200))))
    report("2,000 bootstrap refits over one fit, 200 clients", refits / fit, "×", goal="goal: at most 150")
    report("fit at 1,000,000 clients over fit at 200", later / fit, "×", goal="goal: at most 2")


def named(arrays: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[str, np.ndarray]:
    """Give the arrays their names."""
    return dict(zip(("scores", "by_visit", "constant"), arrays, strict=True))


def refit(arrays: dict[str, np.ndarray]) -> mmrm.Bootstrap:
    """Fit two thousand samples of the clients."""
    return mmrm.bootstrap(**arrays, covariance="unstructured", replicates=2_000, rng=np.random.default_rng(1))


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


def medians(*calls: Callable[[], object], least: float = 2.0) -> list[float]:
    """Median time of each call [s]; they take turns, for two seconds at least, so that all see the machine alike.

    A call of microseconds is repeated within its turn until it has taken a millisecond or so.
    """
    repeats = [max(1, int(1e-3 / min(clock(call, 1) for _ in range(3)))) for call in calls]
    times: list[list[float]] = [[] for _ in calls]
    start = time.perf_counter()
    while len(times[0]) < 5 or time.perf_counter() - start < least:  # noqa: PLR2004  # a median needs a few
        for call, count, own in zip(calls, repeats, times, strict=True):
            own.append(clock(call, count))
    return [statistics.median(own) for own in times]


def clock(call: Callable[[], object], count: int) -> float:
    """Time of one of some calls, of the processor, so that what else runs on the machine does not count [s]."""
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


if __name__ == "__main__":
    main()
