"""The site names every public call, and every example of a docstring runs and gives what it says."""

from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path

import pytest

import outcomes
from outcomes.study.of_frames import make_study

ROOT = Path(__file__).parents[2]
CALLS = {name: getattr(outcomes, name) for name in outcomes.__all__ if name not in {"study", "Fit"}}


def test_the_reference_names_every_public_call() -> None:
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    named = set(re.findall(r"auto(?:function|class):: outcomes\.(\w+)$", page, re.MULTILINE))
    assert named >= set(outcomes.__all__) - {"study"}
    assert "outcomes.study.of_frames.make_study" in page


def test_every_call_on_a_frame_has_an_example() -> None:
    own = {name: call for name, call in CALLS.items() if call.__module__.startswith("outcomes.frames")}
    assert len(own) == 11
    assert not [name for name, call in own.items() if ">>> " not in (inspect.getdoc(call) or "")]
    assert not [name for name, call in CALLS.items() if not inspect.getdoc(call)]


def test_the_calls_and_their_types_are_seen_before_anything_is_imported() -> None:
    assert set(outcomes.__all__) <= set(dir(outcomes))
    assert callable(outcomes.study)


@pytest.mark.long
@pytest.mark.parametrize("call", [*CALLS.values(), make_study], ids=lambda call: call.__name__)
def test_an_example_of_a_docstring_runs(call) -> None:
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in finder.find(inspect.unwrap(call), call.__name__, globs={"outcomes": outcomes}):
        runner.run(test)
    assert runner.failures == 0
