"""Linear algebra in one thread during a call of the library, unless the user has said how many."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import outcomes
from outcomes.core import threads
from outcomes.core.threads import VARIABLES, in_one_thread

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import sys
import numpy as np, scipy.linalg
from threadpoolctl import threadpool_info, threadpool_limits
import outcomes, outcomes.pipeline

def threads():
    return sorted({one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"})

def answer(study, tell=None):
    print(during := threads())
    raise KeyError

outcomes.pipeline.answer = answer
study = outcomes.read_study(sys.argv[1])
before = threads()
for function in (outcomes.analyse, outcomes.report):
    try:
        function(study)
    except KeyError:
        pass
assert threads() == before, "the process is given back as it was"
print(before)
"""


def threads_during(study: Path, **stated: str) -> list[str]:
    """Give what a process sees in `analyse`, in `report` and outside, with what the user has stated."""
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES} | stated
    words = [sys.executable, "-c", SCRIPT, str(study)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment, cwd=study.parent)  # noqa: S603  # ours
    return done.stdout.splitlines()


cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def test_a_call_calculates_in_one_thread_and_gives_the_process_back(small_study: Path) -> None:
    assert threads_during(small_study)[:2] == ["[1]", "[1]"]


@pytest.mark.skipif(cores < 2, reason="one core gives one thread whatever is asked for")
@pytest.mark.parametrize("name", ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"])
def test_a_number_that_the_user_has_stated_holds(small_study: Path, name: str) -> None:
    assert threads_during(small_study, **{name: "2"})[:2] == ["[2]", "[2]"]
    assert threads_during(small_study, **{name: "1"})[:2] == ["[1]", "[1]"]


class Library:
    """Stands for a library of linear algebra on a machine of eight cores."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(threads.os, "sched_getaffinity", lambda _: range(8), raising=False)
        monkeypatch.setattr(threads.os, "cpu_count", lambda: 8)

    def is_limited(self, running: int, *, wanted: int = 1, kind: str = "openblas") -> bool:
        return threads._is_ours(kind, running, wanted)


def test_only_what_nobody_has_limited_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(monkeypatch)
    assert library.is_limited(8)
    assert not library.is_limited(3)  # somebody has asked for three of eight
    assert not library.is_limited(1)
    assert library.is_limited(4, kind="mkl")  # which begins as many threads as there are real cores
    assert not library.is_limited(2, wanted=2)


@pytest.mark.parametrize(
    ("stated", "then"),
    [
        ({}, None),
        ({"OMP_NUM_THREADS": "4,2"}, 4),
        ({"MKL_NUM_THREADS": "3"}, 3),
        ({"OPENBLAS_NUM_THREADS": "all"}, None),
    ],
)
def test_the_stated_number_is_read_as_the_libraries_read_it(
    monkeypatch: pytest.MonkeyPatch, stated: dict[str, str], then: int | None
) -> None:
    Library(monkeypatch)
    for name, value in stated.items():
        monkeypatch.setenv(name, value)
    assert threads._stated() == then


def test_calls_that_overlap_leave_the_process_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np  # noqa: F401
    import scipy.linalg  # noqa: F401

    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def running() -> set[int]:
        return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}

    with threadpool_limits(cores, user_api="blas"):
        first, second = in_one_thread(), in_one_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert running() == {1}  # the second is still calculating
        second.__exit__(None, None, None)
        assert running() == {cores}


def test_a_limit_around_the_call_is_kept(small_study: Path) -> None:
    with threadpool_limits(1, user_api="blas"):
        outcomes.read_study(small_study)
        assert {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"} == {1}
