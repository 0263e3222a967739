"""A run names the commit and the lock file of the checkout that made it, and the machine without saying whose it is."""

from __future__ import annotations

import hashlib
import platform
from typing import TYPE_CHECKING

import pytest

from outcomes.runs import software

if TYPE_CHECKING:
    from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize("kept", ["alone", "packed", "by itself", "second checkout", "nowhere"])
def test_the_commit_is_read_however_git_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str) -> None:
    home = tmp_path / "top" / ".git"
    (home / "refs" / "heads").mkdir(parents=True)
    (home / "HEAD").write_text(f"{COMMIT}\n" if kept == "by itself" else "ref: refs/heads/main\n", encoding="utf-8")
    checkout = tmp_path / "top"
    if kept in {"alone", "second checkout"}:
        (home / "refs" / "heads" / "main").write_text(f"{COMMIT}\n", encoding="utf-8")
    if kept == "packed":
        (home / "packed-refs").write_text(f"# pack-refs\n{COMMIT} refs/heads/main\n", encoding="utf-8")
    if kept == "second checkout":
        inner = home / "worktrees" / "second"
        inner.mkdir(parents=True)
        (inner / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
        (inner / "commondir").write_text("../..\n", encoding="utf-8")
        checkout = tmp_path / "second"
        checkout.mkdir()
        (checkout / ".git").write_text(f"gitdir: {inner}\n", encoding="utf-8")
    monkeypatch.setattr(software, "_checkout", lambda: checkout)
    assert software._commit.__wrapped__() == (None if kept == "nowhere" else COMMIT)


def test_the_lock_file_is_named_by_its_digest_and_the_machine_by_its_kind(root: Path) -> None:
    expected = hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()
    assert software.name_source()["requirements"] == expected
    machine = software.name_machine()
    assert platform.machine() in machine["platform"]
    assert "openblas" in machine["blas"] or machine["blas"]
    assert not platform.node() or platform.node() not in " ".join(machine.values())
