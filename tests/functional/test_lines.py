"""The page of lines beside other programs: counted, no other program needs fewer, and what can be run here is run."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.power import TTestIndPower

import outcomes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lines.md").read_text(encoding="utf-8")
SNIPPET = re.compile(
    r"^(?P<who>[^\n:;]+?)(?:; (?P<state>run|not run))?:\n\n```(?:python|r)\n(?P<code>.*?)```", re.DOTALL | re.MULTILINE
)
LONGEST = 120  # as the source of the project: a line is no paragraph


class Snippet(NamedTuple):
    who: str
    state: str | None
    code: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.code.splitlines() if line.strip() and not line.lstrip().startswith("#")]


QUESTIONS = {
    title: [Snippet(*found.group("who", "state", "code")) for found in SNIPPET.finditer(body)]
    for title, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
}


def one_of(title: str, who: str) -> Snippet:
    return next(one for one in QUESTIONS[title] if one.who == who)


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the page loads, and what its lines are about."""
    found: dict[str, Any] = {"outcomes": outcomes, "pd": pd, "smf": smf, "TTestIndPower": TTestIndPower}
    begin = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert begin is not None
    exec(begin[1], found)  # noqa: S102  # ours: the page's first lines
    return found


def test_the_table_is_what_is_counted() -> None:
    rows = []
    for title, (ours, *others) in QUESTIONS.items():
        told = "; ".join(f"{one.who} {len(one.lines)}, {one.state}" for one in others) or "none"
        rows.append(f"| {title} | {len(ours.lines)} | {told} |")
    table = PAGE.partition("| question | outcomes | others |\n|---|---|---|\n")[2].partition("\n\n")[0]
    assert table.splitlines() == rows


def test_there_are_twelve_and_no_other_program_needs_fewer_lines() -> None:
    assert len(QUESTIONS) == 12
    for ours, *others in QUESTIONS.values():
        assert ours.who == "outcomes"
        assert all(one.state is not None for one in others)
        assert not [one.who for one in others if len(one.lines) < len(ours.lines)]
        assert max(len(line) for one in (ours, *others) for line in one.lines) <= LONGEST


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_line_of_ours_answers(title: str, names: dict[str, Any]) -> None:
    fit = eval(QUESTIONS[title][0].code, names)  # noqa: S307  # ours
    assert isinstance(fit, outcomes.Fit)
    assert math.isfinite(fit.estimate)


def test_statsmodels_gives_the_same_where_it_has_the_same(names: dict[str, Any]) -> None:
    """statsmodels 0.15; least squares in closed form, so to rounding, and Cox to where either stops climbing."""
    arm = "arm[T.full]"
    ours, theirs = (eval(one_of("ANCOVA, HC3", who).code, names) for who in ("outcomes", "statsmodels"))  # noqa: S307
    assert (ours.estimate, ours.se) == pytest.approx((theirs.params[arm], theirs.bse[arm]), rel=1e-10)
    ours, theirs = (eval(one_of("Cox", who).code, names) for who in ("outcomes", "statsmodels"))  # noqa: S307
    place = theirs.model.exog_names.index(arm)
    assert (math.log(ours.estimate), ours.se) == pytest.approx((theirs.params[place], theirs.bse[place]), rel=1e-6)
    ours, an_arm = (eval(one_of("Sample size", who).code, names) for who in ("outcomes", "statsmodels"))  # noqa: S307
    assert ours.estimate == 2 * math.ceil(an_arm)
