"""The committed simulation of verdicts holds what it promises, is what the documentation says, and comes out again."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
RESULTS = json.loads((HERE / "simulation.json").read_text(encoding="utf-8"))
ERRORS = 3.3  # Monte-Carlo standard errors
NOMINAL = {
    "wrong: better, in a family": ("studies", 0.05),
    "wrong: better or leans": ("comparisons", 0.05),
    "wrong: worthwhile": ("comparisons", 0.025),
    "wrong: too small": ("comparisons", 0.025),
}
EARNED = ("better_worthwhile", "better_less", "better_open", "too_small", "leans_less", "leans", "does_not_tell")
TRUTHS = {"none": "none", "half": "half of worthwhile", "worthwhile": "worthwhile", "twice": "twice worthwhile"}


def highest(nominal: float, sets: float) -> float:
    """Give the highest rate that is the nominal one within Monte-Carlo error."""
    return nominal + ERRORS * math.sqrt(nominal * (1 - nominal) / sets)


@pytest.mark.parametrize("kind", RESULTS["errors"])
def test_the_main_interval_errs_no_more_often_than_it_says(kind: str) -> None:
    found = RESULTS["errors"][kind]
    assert found["main"] <= highest(0.05, found["sets"])
    assert kind.startswith("shared") or found["by people"] > highest(0.05, found["sets"])  # which is why it is not main


@pytest.mark.parametrize("kind", RESULTS["verdicts"])
@pytest.mark.parametrize("truth", TRUTHS)
def test_no_verdict_is_wrong_more_often_than_it_says(kind: str, truth: str) -> None:
    found = RESULTS["verdicts"][kind][truth]
    for what, (of, nominal) in NOMINAL.items():
        # each data set is read twice, with the arms exchanged, which says nothing new where there is no difference
        assert found.get(what, 0) / found[of] <= highest(nominal, found[of] / 2), what


def test_a_larger_study_earns_the_strongest_words_more_often() -> None:
    sizes = {kind: RESULTS["verdicts"][kind]["twice"] for kind in RESULTS["verdicts"]}
    for arrangement in ("shared", "nested"):
        shares = [
            one.get("better_worthwhile", 0) / one["comparisons"] for kind, one in sizes.items() if arrangement in kind
        ]
        assert shares[0] < shares[-1]


def row_of_errors(kind: str) -> str:
    found = RESULTS["errors"][kind]
    arrangement, groups = kind.split(", ")
    where = "in all" if arrangement == "shared" else "in each arm"
    rates = " | ".join(f"{100 * found[name]:.1f}%" for name in ("main", "by people", "by group"))
    return f"| {arrangement} | {groups} {where} | {found['people']} | {rates} |"


def row_of_verdicts(kind: str, truth: str) -> str:
    found: dict[str, Any] = RESULTS["verdicts"][kind][truth]
    arrangement, per_arm = kind.split(", ")
    earned = " | ".join(f"{100 * found.get(name, 0) / found['comparisons']:.0f}" for name in EARNED)
    wrong = " | ".join(f"{100 * found.get(name, 0) / found[of]:.1f}" for name, (of, _) in NOMINAL.items())
    return f"| {arrangement} | {per_arm} | {TRUTHS[truth]} | {earned} | {wrong} |"


def test_the_tables_of_the_documentation_are_those_of_the_results(root: Path) -> None:
    said = (root / "docs" / "validation.md").read_text(encoding="utf-8")
    assert all(row_of_errors(kind) in said for kind in RESULTS["errors"])
    assert all(row_of_verdicts(kind, truth) in said for kind in RESULTS["verdicts"] for truth in TRUTHS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", RESULTS["verdicts"])
def test_a_part_of_the_simulation_comes_out_again(kind: str) -> None:
    sys.path.insert(0, str(HERE))
    from simulate import simulate_verdicts

    arrangement, per_arm = kind.split(", ")
    again = simulate_verdicts(arrangement, int(per_arm), block=0)
    for truth, counts in again.items():
        whole = Counter(RESULTS["verdicts"][kind][truth])
        assert all(counts[name] <= whole[name] for name in counts)  # it is the first block of what was counted
        for name in EARNED:
            share = whole[name] / whole["comparisons"]
            spread = math.sqrt(max(share * (1 - share), 0.01) / (counts["comparisons"] / 2))
            assert counts[name] / counts["comparisons"] == pytest.approx(share, abs=2 * ERRORS * spread)


@pytest.mark.slow
def test_the_errors_of_the_main_interval_come_out_again() -> None:
    sys.path.insert(0, str(HERE))
    from simulate import simulate_errors

    again = simulate_errors("nested", 3)
    # a data set or two may fall on the other side of a limit on another machine's linear algebra
    assert again == pytest.approx(RESULTS["errors"]["nested, 3"], abs=2 / again["sets"])
