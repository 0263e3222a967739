"""What clients are called and in which order rows stand changes no result, drawn ones included."""

from __future__ import annotations

import dataclasses
import math
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import write_active_study
from awkward_studies import KINDS, awkward_study

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.results.outcome import Outcome

SLIGHT = 1e-7  # the order of a sum over people, through a model's iterations
SOME = ("heavy ties", "groups partly nested, some people in none", "completion by a rule of attendance")


def answer(folder: Path) -> Mapping[str, Outcome]:
    found = outcomes.analyse(outcomes.read_study(folder)).registry
    return {name: found[name] for name in found}


def scramble(study: Path, folder: Path, seed: int) -> Path:
    """Copy a study with other names for its clients, and the rows of every table in another order."""
    shutil.copytree(study, folder)
    ids = pd.read_csv(folder / "clients.csv", dtype=str)["client_id"]
    names = np.random.default_rng(seed).permutation(len(ids))
    other = dict(zip(ids, (f"Q{name:05d}" for name in names), strict=True))
    for file in (*folder.glob("*.csv"), *folder.glob("items/*.csv")):
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        if "client_id" in table:
            table["client_id"] = table["client_id"].map(other)
        table.sample(frac=1, random_state=seed).to_csv(file, index=False)
    return folder


def differences(one: Any, other: Any, name: str) -> Iterator[str]:
    """Name the fields in which two outcomes differ by more than the order of a sum makes."""
    if dataclasses.is_dataclass(one) and type(one) is type(other):
        for field in dataclasses.fields(one):
            yield from differences(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        for place, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, its, f"{name}[{place}]")
    elif isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=SLIGHT, abs_tol=SLIGHT):
            yield f"{name}: {one} and {other}"
    elif one != other:
        yield f"{name}: {one!r} and {other!r}"


def require_the_same(study: Path, folder: Path, seed: int) -> None:
    before, after = answer(study), answer(scramble(study, folder, seed))
    assert before.keys() == after.keys()
    found = [text for name in before for text in differences(before[name], after[name], name)]
    assert not found, found[:20]


def test_names_and_rows_change_no_result_of_what_was_done(tmp_path: Path) -> None:
    study = write_active_study(tmp_path / "study", n=40)
    require_the_same(study, tmp_path / "other", seed=5)


@pytest.mark.parametrize("kind", SOME)
def test_names_and_rows_change_no_result_of_an_awkward_study(tmp_path: Path, kind: str) -> None:
    study = awkward_study(len(KINDS) + list(KINDS).index(kind), tmp_path / "study")
    require_the_same(study, tmp_path / "other", seed=6)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SOME])
def test_names_and_rows_change_no_result_of_any_kind_of_study(tmp_path: Path, kind: str) -> None:
    study = awkward_study(list(KINDS).index(kind), tmp_path / "study")
    require_the_same(study, tmp_path / "other", seed=7)
