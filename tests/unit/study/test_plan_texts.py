"""A plan that cannot be read, hides something, or tells somebody is refused by a code and never quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import outcomes
from examined import check_study
from outcomes.errors import InputChangedError
from outcomes.plan.lock import LOCK_FILE
from outcomes.study import read as reading
from outcomes.study.sentences import to_sentences
from small_study import write_small_study

if TYPE_CHECKING:
    from pathlib import Path

NAME, LABEL = "Sarah Attwood", '"Low mood (0-63)"'


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small_study(tmp_path / "small")


def change_plan(study: Path, before: str, after: str) -> None:
    path = study / "plan.toml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Mood of 943 476 5919", "E309"),
        ("someone@example.org", "E309"),
        ("LS1 4AP", "E309"),
        ("07700 900123", "E309"),
        (r"a\u001b[31mb", "E223"),
        (r"a\u202eb", "E223"),
        (r"a\u0000b", "E223"),
        (r"a\nb", "E223"),
        (r"a\u200bb", "E223"),
        ("  ", "E103"),
        ("Skills use", "E103"),
        (" skills  USE", "E103"),
    ],
)
def test_a_label_that_tells_somebody_or_hides_something_stops_the_study(study: Path, label: str, code: str) -> None:
    change_plan(study, LABEL, f'"{label}"')
    found = [finding for finding in check_study(study) if finding.level == "STOP"]
    assert [finding.code for finding in found] == [code]
    assert found[0].file == "plan.toml"
    assert found[0].rows == (12,) or code == "E103"
    assert label.strip() == "" or label not in " ".join(to_sentences(found)) or code == "E103"


def test_somebodys_name_in_a_label_is_to_be_looked_at_and_not_told(study: Path) -> None:
    change_plan(study, LABEL, f'"{NAME}"')
    (found,) = (finding for finding in check_study(study) if finding.code == "E309")
    assert found.level == "CHECK"
    assert NAME not in " ".join(to_sentences([found]))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 5000 + "]" * 5000,
        "x = " + "{a = " * 3000 + "1" + "}" * 3000,
        "y." * 3000 + "z = 1",
        "x = " + "9" * 5000,
    ],
)
def test_a_plan_without_end_is_refused(study: Path, text: str) -> None:
    plan = (study / "plan.toml").read_text(encoding="utf-8")
    (study / "plan.toml").write_text(f"{text}\n{plan}", encoding="utf-8")
    assert {finding.code for finding in check_study(study)} == {"E103"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"[" * 100_000, b'{"schema": 1}', b"\xff", None])
def test_a_damaged_lock_is_told_before_anything_is_computed(study: Path, content: bytes | None) -> None:
    if content is None:
        (study / LOCK_FILE).symlink_to("/dev/null")
    else:
        (study / LOCK_FILE).write_bytes(content)
    assert [(finding.code, finding.level) for finding in check_study(study)] == [("E116", "STOP")]


@pytest.mark.parametrize("file", ["plan.toml", "clients.csv", "scores.csv", "items/dts.csv"])
def test_tables_of_two_moments_are_never_put_together(study: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    plain = reading.find_identifiers

    def write_meanwhile(table: object, *rest: object, **others: object) -> None:
        """Write a file again while the last table is looked at: the file itself has been read, or is not yet there."""
        if table.name == "scores.csv":  # type: ignore[attr-defined]
            (study / file).parent.mkdir(exist_ok=True)
            (study / file).write_bytes((study / file).read_bytes() + b"\n" if (study / file).exists() else b"x\n")
        plain(table, *rest, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "find_identifiers", write_meanwhile)
    with pytest.raises(InputChangedError):
        outcomes.read_study(study)
