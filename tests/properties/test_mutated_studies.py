"""Thousands of spoilt studies: each is refused by a code that is explained, or read exactly as it stands."""

from __future__ import annotations

import csv
import io
import math
import random
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mutations
import outcomes
from examined import check_study
from outcomes.errors import OutcomesError
from outcomes.pipeline import answer
from outcomes.study.explain import read_codes
from outcomes.study.read import examine_study, read_study
from outcomes.study.sentences import to_sentences
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.study.model import Study

EXAMPLES, HARMLESS_EXAMPLES, PARTS = 2000, 160, 4
QUIET = settings(
    max_examples=EXAMPLES // PARTS,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def write_plain_study(folder: Path, *, n: int) -> dict[str, bytes]:
    """Write a small dated study with attendance, and give its tables."""
    write_small_study(folder, n=n)
    starts = ",start_date"
    clients = (folder / "clients.csv").read_text(encoding="utf-8").replace("P0", "Zq7").splitlines()
    rows = [clients[0] + starts, *(f"{line},2024-01-{8 + place % 5:02d}" for place, line in enumerate(clients[1:]))]
    days = {"start": "2024-01-04", "mid": "2024-04-02", "end": "2024-06-25"}
    scores = (folder / "scores.csv").read_text(encoding="utf-8").replace("P0", "Zq7").splitlines()
    dated = [scores[0] + ",date", *(f"{line},{days[line.split(',')[1]]}" for line in scores[1:])]
    attendance = ["client_id,week,kind,status,minutes", *(f"{line[:5]},1,group,attended,120" for line in clients[1:])]
    tables = {"clients.csv": rows, "scores.csv": dated, "attendance.csv": attendance}
    content = {name: ("\n".join(lines) + "\n").encode() for name, lines in tables.items()}
    put(folder, content)
    return content


def put(folder: Path, content: dict[str, bytes]) -> None:
    for name, text in content.items():
        (folder / name).write_bytes(text)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated")


@pytest.fixture(scope="module")
def plain(home: Path) -> dict[str, bytes]:
    return write_plain_study(home / "plain", n=8)


@pytest.mark.parametrize("part", range(PARTS))
@QUIET
@given(data=st.data())
def test_a_spoilt_study_is_refused_by_name_or_read_as_it_stands(
    home: Path, plain: dict[str, bytes], part: int, data: st.DataObject
) -> None:
    chance = random.Random(data.draw(st.integers(0, 2**32)) * PARTS + part)  # noqa: S311  # no secret
    spoilt = dict(plain)
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(list(plain)))
        spoilt[name] = mutations.spoil(spoilt[name], chance)
    put(home / "plain", spoilt)
    study, sentences = examine(home / "plain")
    assert not [line for line in sentences if "Zq7" in line]
    if study is not None:
        require_as_it_stands(study, spoilt["scores.csv"])


def examine(folder: Path) -> tuple[Study | None, list[str]]:
    """Read a study; whatever is wrong must have a name that is explained."""
    try:
        study, findings = examine_study(folder)
    except OutcomesError as error:
        if error.code not in read_codes():
            raise
        return None, [str(error)]
    assert {finding.code for finding in findings} <= set(read_codes())
    assert (study is None) == any(finding.level == "STOP" for finding in findings)
    return study, to_sentences(findings)


def require_as_it_stands(study: Study, content: bytes) -> None:
    """Read the table of scores once more, by the standard library alone, and compare cell for cell."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    names = [name.strip(" \t") for name in header]
    filled = [[cell.strip(" \t") for cell in row] for row in rows if any(cell.strip(" \t") for cell in row)]
    assert len(study.scores) == len(filled)
    for name, values in ((name, study.scores[name]) for name in ("client_id", "visit", "measure", "score")):
        if name not in names:
            assert values.isna().all()
            continue
        texts = [row[names.index(name)] for row in filled]
        if name == "score":
            assert all(
                (math.isnan(value) and not text) or value == float(text)
                for value, text in zip(values, texts, strict=True)
            )
        else:
            assert [None if pd.isna(value) else value for value in values.astype(object)] == [
                text or None for text in texts
            ]


def harmless(content: dict[str, bytes], seed: int) -> dict[str, bytes]:
    """Change tables in ways that must not matter, each way by chance, in an order in which they can follow."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    changed = dict(content)
    for name in content:
        for change in mutations.HARMLESS:
            if chance.random() < 0.5:  # a coin
                changed[name] = change(changed[name], chance)
    return changed


def canonical(study: Study) -> list[list[tuple[object, ...]]]:
    tables = []
    for frame in (study.clients, study.scores, study.attendance):
        assert frame is not None
        columns = {
            name: [None if missing else value for value, missing in zip(frame[name], frame[name].isna(), strict=True)]
            for name in sorted(frame)
        }
        tables.append(sorted(zip(*columns.values(), strict=True), key=lambda row: [str(value) for value in row]))
    return tables


@pytest.fixture(scope="module")
def clean_tables(tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[object, ...]]]:
    folder = tmp_path_factory.mktemp("clean") / "plain"
    write_plain_study(folder, n=8)
    return canonical(read_study(folder))


@settings(QUIET, max_examples=HARMLESS_EXAMPLES)
@given(seed=st.integers(0, 2**32))
def test_a_harmless_change_changes_nothing_that_is_read(
    home: Path, plain: dict[str, bytes], clean_tables: list[list[tuple[object, ...]]], seed: int
) -> None:
    put(home / "plain", harmless(plain, seed))
    assert not [one for one in check_study(home / "plain") if one.level != "NOTE"]
    assert canonical(read_study(home / "plain")) == clean_tables


def numbers(folder: Path) -> dict[str, object]:
    return dict(outcomes.analyse(outcomes.read_study(folder)).items())


def test_a_harmless_change_changes_no_number_of_the_report(tmp_path: Path) -> None:
    content = write_plain_study(tmp_path / "one", n=24)
    clean = numbers(tmp_path / "one")
    assert len(clean) > 50
    for seed in range(3):
        put(tmp_path / "one", harmless(content, seed))
        assert numbers(tmp_path / "one") == clean


def test_what_is_left_of_spoilt_studies_is_answered_without_a_fault(tmp_path: Path) -> None:
    content = write_plain_study(tmp_path / "one", n=24)
    answered = 0
    for seed in range(400):
        chance = random.Random(seed)  # noqa: S311  # no secret
        name = chance.choice(list(content))
        put(tmp_path / "one", {**content, name: mutations.spoil(content[name], chance)})
        study, _ = examine(tmp_path / "one")
        if study is not None and seed % 9 == 0:
            answer(study)
            answered += 1
        if answered == 8:
            break
    assert answered == 8
