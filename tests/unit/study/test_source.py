"""A file is read once, as it was when it was opened, or not at all."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from outcomes.errors import InputChangedError
from outcomes.study.source import FIRST_BLOCK, Refusal, Source, read_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "scores.csv"
    path.write_bytes(b"a,b\n" * FIRST_BLOCK)
    return path


def test_the_blocks_are_the_file_and_the_digest_is_of_it(table: Path, tmp_path: Path) -> None:
    source = Source(table, "scores.csv", home=tmp_path)
    blocks = list(source.blocks())
    assert len(blocks) > 1
    assert b"".join(blocks) == table.read_bytes()
    digest = source.digest(7)
    assert (digest.sha256, digest.size, digest.rows) == (
        hashlib.sha256(table.read_bytes()).hexdigest(),
        4 * FIRST_BLOCK,
        7,
    )


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def cut(path: Path) -> None:
    os.truncate(path, FIRST_BLOCK + 1)


def replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.skipif(os.name == "nt", reason="Windows locks a file that is read")
@pytest.mark.parametrize("change", [append, cut, replace, remove])
def test_a_file_that_changes_while_it_is_read_is_refused(
    table: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    blocks = Source(table, "scores.csv", home=tmp_path).blocks()
    next(blocks)
    change(table)
    with pytest.raises(InputChangedError):
        list(blocks)


def test_a_file_that_is_too_large_is_not_read(table: Path, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        read_whole(table, "scores.csv", home=tmp_path, largest=100)
    assert caught.value.code == "E211"


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files are counted as Linux tells them")  # noqa: PTH112
def test_no_file_is_left_open(table: Path, tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(20):
        list(Source(table, "scores.csv", home=tmp_path).blocks())
        with pytest.raises(Refusal):
            read_whole(table, "scores.csv", home=tmp_path, largest=100)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
