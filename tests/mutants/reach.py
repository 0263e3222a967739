"""A pytest plugin that records which tests reach which line, how long each took, and which failed.

Run by `plant.py` under coverage, on a copy of the source that has one comment more than the committed one.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import coverage
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS: Counter[str] = Counter()
FAILED: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Put what a test runs under its name."""
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.switch_context(item.nodeid)
    return (yield)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how long a test took, and whether it failed or was skipped."""
    SECONDS[report.nodeid] += report.duration
    if report.failed or report.skipped:
        FAILED.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write what was noted beside the coverage data."""
    told = {"seconds": SECONDS, "failed": sorted(FAILED)}
    Path(os.environ["REACH"]).write_text(json.dumps(told), encoding="utf-8")
