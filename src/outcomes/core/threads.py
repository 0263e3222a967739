"""Linear algebra in one thread, unless the user has said otherwise.

Our matrices are as small as a study has visits and covariates: more threads wait for each other, which took four times
the processor time of a report. And sums that are split among threads can differ in the last digit between machines.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where a user says how many threads: the libraries read these when they are loaded.
VARIABLES = (
    *("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "GOTO_NUM_THREADS"),
    "OMP_NUM_THREADS",
)
# OpenBLAS as numpy and scipy ship it begins no more threads than this, on however many cores.
MOST_OF_OPENBLAS = 64


def ask_for_one_thread() -> None:
    """Ask for one thread in a process that is ours and has not loaded numpy yet, unless the user has said otherwise."""
    if _stated() is None:
        os.environ["OPENBLAS_NUM_THREADS"] = "1"


class _Holding:
    """Calls that hold the limit now: the first sets it and the last lifts it, in whatever order they end."""

    lock = threading.Lock()
    calls = 0
    limit: Any = None


@contextlib.contextmanager
def in_one_thread() -> Iterator[None]:
    """Hold linear algebra to one thread during a call, and give the process back as it was.

    A number that the user has stated in the environment holds in place of one. A lower limit that was set around the
    call is left alone; one of as many threads as there are cores cannot be told from none.
    """
    with _Holding.lock:
        if _Holding.calls == 0:
            _Holding.limit = _limit(_stated() or 1)
        _Holding.calls += 1
    try:
        yield
    finally:
        with _Holding.lock:
            _Holding.calls -= 1
            if _Holding.calls == 0 and _Holding.limit is not None:
                _Holding.limit.restore_original_limits()
                _Holding.limit = None


def _stated() -> int | None:
    """Give the number of threads that the user has stated; None where there is none that can be read."""
    texts = (os.environ.get(name, "").partition(",")[0].strip() for name in VARIABLES)
    return next((int(text) for text in texts if text.isdecimal() and int(text) > 0), None)


def _limit(wanted: int) -> Any:
    """Limit every library that would begin more threads, and nobody else has limited; None where there is none."""
    import numpy as np  # noqa: F401  # a library must be loaded before it can be limited
    import scipy.linalg  # noqa: F401  # it brings one of its own
    from threadpoolctl import ThreadpoolController

    controller = ThreadpoolController()
    ours = [library["filepath"] for library in controller.info() if _is_ours(library, wanted)]
    return controller.select(filepath=ours).limit(limits=wanted) if ours else None


def _is_ours(library: dict[str, Any], wanted: int) -> bool:
    if library["user_api"] != "blas" or library["num_threads"] <= wanted:
        return False
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    was_lowered = library["internal_api"] == "openblas" and library["num_threads"] < min(cores, MOST_OF_OPENBLAS)
    return not was_lowered
