"""An exact search over everything that an edition to share prints, of one edition: no count of people comes back.

It can succeed: pointed at what version 0.1.0 printed it recovers most counts. What it searches is `share/results.json`;
that no other file of the edition holds a finer number is held by `tests/functional/test_share_is_coarse.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import outcomes
from attack.search import (
    CHOICES,
    estimates,
    fits_coarse,
    fits_three_figures,
    narrow,
    print_as_version_010,
    search,
)
from awkward_mixtures import mixture
from awkward_studies import awkward_study
from kinds_study import write_kinds_study
from outcomes.pipeline import answer
from outcomes.plan.model import Disclosure
from outcomes.release import release
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from small_study import PLAN, write_small_study

if TYPE_CHECKING:
    from outcomes.results.registry import Registry

SHARED = Path(__file__).resolve().parents[3] / "shared" / "studies"


@pytest.fixture(scope="module")
def example(root: Path) -> Registry:
    return read_registry(root / "reports" / "example" / "reference" / "results.json")


def answers_of(folder: Path) -> tuple[Registry, Disclosure]:
    study = outcomes.read_study(folder)
    return answer(study).registry, study.plan.disclosure


def write_random_study(folder: Path, seed: int) -> Path:
    """Write a study of 10 to 40 people an arm, in which few have one of three levels."""
    rng = np.random.default_rng([2026, seed])
    study = write_small_study(folder, n=int(rng.integers(26, 80)), seed=seed)
    rows = (study / "clients.csv").read_text(encoding="utf-8").splitlines()
    for place in rng.choice(np.arange(1, len(rows)), size=int(rng.integers(1, 8)), replace=False):
        rows[place] = rows[place].replace(",man,", ",other,").replace(",woman,", ",other,")
    (study / "clients.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (study / "plan.toml").write_text(PLAN, encoding="utf-8")
    return study


def attack(exact: Registry, rules: Disclosure) -> dict[str, set[int]]:
    return search(estimates(release(exact, rules).registry.values()), exact, fits_coarse)


def truth_of(name: str, exact: Registry) -> int | None:
    """Give the true count that a name of the search stands for, where it is that of a result."""
    what, _, told = name.partition(": ")
    one = exact.get(told)
    if not isinstance(one, Estimate):
        return None
    n = next((many for many in (one.n, one.n_full, one.n_skills) if many), 0)
    happened = round(one.value * n) if one.unit == "share" else round(one.value)
    return {"with": happened, "level": happened, "people": n, "without": n - happened, "count": happened}[what]


def judge(exact: Registry, rules: Disclosure) -> None:
    found = attack(exact, rules)
    assert found
    assert not narrow(found)
    for name, left in found.items():
        true = truth_of(name, exact)
        assert true is None or true in left, f"the attack rules the truth of {name} out"


def test_the_attack_recovers_most_counts_from_what_version_010_printed(example: Registry) -> None:
    found = search(print_as_version_010(example), example, fits_three_figures)
    means = {name: left for name, left in found.items() if name.startswith("people: ") and "share" not in name}
    alone = [name for name, left in means.items() if len(left) == 1]
    assert len(means) >= 48
    assert len(alone) >= 34
    exactly = {
        name: left for name, left in found.items() if name.startswith(("with: ", "without: ")) and len(left) == 1
    }
    assert len(exactly) > 60
    for name, left in found.items():
        true = truth_of(name, example)
        assert true is None or true in left, name
    # few of the skills arm, hidden, came back by how far apart the arms are
    hidden = found["level: baseline.gender.non_binary.skills.share"]
    assert hidden == {truth_of("level: baseline.gender.non_binary.skills.share", example)}


def test_no_count_of_the_example_comes_back(example: Registry) -> None:
    judge(example, Disclosure())


@pytest.mark.parametrize("seed", [1, 20])  # in the second 9 people did not complete, and a count beside the share told
def test_no_count_of_a_small_study_comes_back(seed: int, tmp_path: Path) -> None:
    exact, rules = answers_of(write_random_study(tmp_path / "small", seed))
    judge(exact, rules)
    before = search(print_as_version_010(exact), exact, fits_three_figures)
    means = [left for name, left in before.items() if name.startswith("people: ") and "share" not in name]
    assert sum(len(left) < CHOICES for left in means) > 0.8 * len(means)


def test_no_count_of_counts_and_yes_no_comes_back(tmp_path: Path) -> None:
    exact, rules = answers_of(write_kinds_study(tmp_path / "kinds"))
    judge(exact, rules)
    searched = {name.split(": ")[1].split(".")[0] for name in attack(exact, rules)}
    assert {"counts", "yes_no"} <= searched
    before = search(print_as_version_010(exact), exact, fits_three_figures)  # a leak of these kinds is found
    alone = {name.split(": ")[1].split(".")[0] for name, left in before.items() if len(left) == 1}
    assert {"counts", "yes_no"} <= alone


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 3, 6, 10, 12, 17])
def test_no_count_of_an_awkward_study_comes_back(seed: int, tmp_path: Path) -> None:
    exact, rules = answers_of(awkward_study(seed, tmp_path / "awkward"))
    judge(exact, rules)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12])  # in the ninth no characteristic has levels
def test_no_count_of_a_mixture_of_oddities_comes_back(seed: int, tmp_path: Path) -> None:
    exact, rules = answers_of(mixture(seed, tmp_path / "mixture"))
    judge(exact, rules)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [seed for seed in range(2, 33) if seed != 20])
def test_no_count_of_thirty_random_studies_comes_back(seed: int, tmp_path: Path) -> None:
    exact, rules = answers_of(write_random_study(tmp_path / "small", seed))
    judge(exact, rules)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bacteria", "beat-the-blues", "epilepsy", "psychotherapy-add-on"])
def test_no_count_of_a_real_study_comes_back(name: str) -> None:
    folder = SHARED / name
    if not (folder / "plan.toml").is_file():
        pytest.skip("the studies beside the repository are not here")
    exact, rules = answers_of(folder)
    judge(exact, rules)
