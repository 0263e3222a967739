"""Linear algebra in one thread, unless the user has said otherwise.

Our matrices are as small as a study has visits and covariates: more threads wait for each other, which took four times
the processor time of a report. And sums that are split among threads can differ in the last digit between machines.
"""

from __future__ import annotations

import _thread
import os
import sys

# To import the package costs next to nothing: neither typing nor contextlib, which bring half of the library.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, TypeVar

    Given = ParamSpec("Given")
    Made = TypeVar("Made")

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

    lock = _thread.allocate_lock()
    calls = 0
    before: tuple[tuple[Any, int], ...] = ()  # libraries that were limited, and how many threads each had
    libraries: tuple[Any, ...] | None = None  # of linear algebra, once they were looked for


class in_one_thread:  # noqa: N801  # it stands as a function does: above a call, or in a `with`
    """Hold linear algebra to one thread during a call, and give the process back as it was.

    A number that the user has stated in the environment holds in place of one. A lower limit that was set around the
    call is left alone; one of as many threads as there are cores cannot be told from none.
    """

    def __enter__(self) -> None:
        with _Holding.lock:
            if _Holding.calls == 0:
                _Holding.before = _limit(_stated() or 1)
            _Holding.calls += 1

    def __exit__(self, *_: object) -> None:
        with _Holding.lock:
            _Holding.calls -= 1
            if _Holding.calls == 0:
                for library, threads in _Holding.before:
                    library.set_num_threads(threads)
                _Holding.before = ()

    def __call__(self, function: Callable[Given, Made]) -> Callable[Given, Made]:
        """Give a function that holds it whenever it is called."""

        def held(*args: Given.args, **kwargs: Given.kwargs) -> Made:
            with in_one_thread():
                return function(*args, **kwargs)

        for name in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
            setattr(held, name, getattr(function, name))
        held.__wrapped__ = function  # type: ignore[attr-defined]  # as functools.wraps does, for who asks how it is called
        return held


def _stated() -> int | None:
    """Give the number of threads that the user has stated; None where there is none that can be read."""
    texts = (os.environ.get(name, "").partition(",")[0].strip() for name in VARIABLES)
    return next((int(text) for text in texts if text.isdecimal() and int(text) > 0), None)


def _limit(wanted: int) -> tuple[tuple[Any, int], ...]:
    """Limit every library that would begin more threads, and nobody else has limited; give what each had before."""
    before = []
    for library in _find_libraries():
        threads = library.num_threads
        if threads is not None and _is_ours(library.internal_api, threads, wanted):
            before.append((library, threads))
            library.set_num_threads(wanted)
    return tuple(before)


def _find_libraries() -> tuple[Any, ...]:
    """Find the libraries of linear algebra, once: to look for them takes fifty times as long as a small regression."""
    if _Holding.libraries is not None:
        return _Holding.libraries
    import numpy as np  # noqa: F401  # a library must be loaded before it can be found
    import scipy.linalg  # noqa: F401  # it brings one of its own
    from threadpoolctl import ThreadpoolController

    found = tuple(one for one in ThreadpoolController().lib_controllers if one.user_api == "blas")
    _Holding.libraries = found
    return found


def _is_ours(internal_api: str, threads: int, wanted: int) -> bool:
    """Whether a library would begin more threads than are wanted, and nobody else has limited it."""
    if threads <= wanted:
        return False
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    was_lowered = internal_api == "openblas" and threads < min(cores, MOST_OF_OPENBLAS)
    return not was_lowered
