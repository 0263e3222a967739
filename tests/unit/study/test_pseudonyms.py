"""Pseudonyms: the same person the same one, another key another one, and nothing that others may read."""

from __future__ import annotations

import hashlib
import hmac
import stat
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outcomes.cli import main
from outcomes.errors import DataError, KeyFileError, OutputExistsError
from outcomes.study.pseudonyms import LETTERS, make_key, read_key, to_pseudonym, write_pseudonyms

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))


def test_a_pseudonym_is_the_first_sixty_bits_of_the_keyed_hash() -> None:
    digest = hmac.new(KEY, b"outcomes pseudonym 1\x009434765919", hashlib.sha256).hexdigest()
    bits = f"{int(digest, 16):0256b}"[:60]
    expected = "".join(LETTERS[int(bits[place : place + 5], 2)] for place in range(0, 60, 5))
    assert to_pseudonym("943 476 5919", key=KEY) == expected


def test_spaces_hyphens_and_capitals_make_no_other_person() -> None:
    assert len({to_pseudonym(text, key=KEY) for text in ("ab-12", "AB 12", " Ab12 ", "ａｂ１２")}) == 1
    assert to_pseudonym("AB13", key=KEY) != to_pseudonym("AB12", key=KEY)


def test_another_key_gives_other_pseudonyms() -> None:
    assert to_pseudonym("1", key=KEY) != to_pseudonym("1", key=KEY[::-1])


def test_many_ids_have_no_pseudonym_in_common() -> None:
    assert len({to_pseudonym(str(number), key=KEY) for number in range(20_000)}) == 20_000


def test_a_key_is_for_its_owner_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "study.key"
    key = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path) == key
    with pytest.raises(OutputExistsError):
        make_key(path)
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        read_key(path)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.key"
    for content in (b"", b"abc", b"outcomes key 1\nzz\n", b"outcomes key 1\n00\n", b"\xff\xfe"):
        path.write_bytes(content)
        path.chmod(0o600)
        with pytest.raises(KeyFileError):
            read_key(path)


def test_the_same_person_written_twice_is_refused_by_row_and_not_quoted(tmp_path: Path) -> None:
    ids = tmp_path / "ids.csv"
    ids.write_text("id\nab 12\ncd34\nAB12\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        write_pseudonyms(ids, key=KEY, out=tmp_path / "list.csv")
    assert "E279  ids.csv, row 4, column id" in str(refused.value)
    assert "AB12" not in str(refused.value)


def test_the_command_writes_list_and_key_beside_the_study_and_not_into_it(tmp_path: Path) -> None:
    ids = tmp_path / "ids.csv"
    ids.write_text("id\n943 476 5919\n987 654 3210\n", encoding="utf-8")
    study = tmp_path / "my-study"
    said = CliRunner().invoke(main, ["new", str(study), "--pseudonyms", str(ids)])
    assert said.exit_code == 0, said.output
    listed = tmp_path / "my-study.pseudonyms.csv"
    assert len(listed.read_text(encoding="utf-8").splitlines()) == 3
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    assert not [path for path in study.rglob("*") if "key" in path.name or "pseudonym" in path.name]
    assert "943" not in said.output
    inside = CliRunner().invoke(
        main, ["new", str(tmp_path / "b"), "--pseudonyms", str(ids), "--key", str(tmp_path / "b/k")]
    )
    assert inside.exit_code == 2


@pytest.mark.parametrize("name", ["my-study", "my-study.xlsx"])
@pytest.mark.parametrize("content", ["id\nab 12\nAB12\n", None, ""])
def test_a_list_that_is_refused_leaves_nothing_behind(tmp_path: Path, name: str, content: str | None) -> None:
    ids = tmp_path / "ids.csv"
    if content is not None:
        ids.write_text(content, encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    said = CliRunner().invoke(main, ["new", str(tmp_path / name), "--pseudonyms", str(ids)])
    assert said.exit_code != 0
    assert "Next" not in said.output
    assert sorted(tmp_path.iterdir()) == before


def test_one_pseudonym_is_said_as_one(tmp_path: Path) -> None:
    (tmp_path / "ids.csv").write_text("id\nab 12\n", encoding="utf-8")
    said = CliRunner().invoke(main, ["new", str(tmp_path / "one"), "--pseudonyms", str(tmp_path / "ids.csv")])
    assert "1 pseudonym;" in said.stderr


def test_points_and_strokes_tell_people_apart() -> None:
    assert len({to_pseudonym(text, key=KEY) for text in ("12", "1.2", "1/2", "1_2")}) == 4


@pytest.mark.parametrize("local_id", ["=HYPERLINK(A1)", "@SUM(A1)", "+cmd|' /C calc'!A0"])
def test_the_list_of_pseudonyms_holds_no_formula(tmp_path: Path, local_id: str) -> None:
    (tmp_path / "ids.csv").write_text(f"id\nA1\n{local_id}\n", encoding="utf-8")
    with pytest.raises(DataError, match="formula") as raised:
        write_pseudonyms(tmp_path / "ids.csv", key=KEY, out=tmp_path / "out.csv")
    assert local_id not in str(raised.value)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("local_id", ["-", "--", "?"])
def test_signs_alone_are_no_id(tmp_path: Path, local_id: str) -> None:
    (tmp_path / "ids.csv").write_text(f"id\nA1\n{local_id}\n", encoding="utf-8")
    with pytest.raises(DataError, match="empty"):
        write_pseudonyms(tmp_path / "ids.csv", key=KEY, out=tmp_path / "out.csv")
