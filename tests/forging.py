"""What somebody can do to a run who can write every file of it: change a file, and make every digest again."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import outcomes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.audit.verdict import Verdict


def copy(run: Path, to: Path) -> Path:
    """Copy a run, with nothing beside it."""
    return shutil.copytree(run, to / "forged" / run.name)


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Change a text; it must be another afterwards."""
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8", newline="\n")


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def seal(content: dict[str, Any]) -> dict[str, Any]:
    """Give a content the digest of itself: over its other keys, in order, without white space."""
    bare = {key: value for key, value in content.items() if key != "digest"}
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**bare, "digest": hashlib.sha256(text.encode()).hexdigest()}


def write_manifest(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(seal(content), indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def hide_traces(run: Path, /, **fields: Any) -> None:
    """Change fields of the manifest, and make all digests of the run again."""
    for home in (run / "share", run):
        if (home / "manifest.json").is_file():
            names = sorted(path for path in home.rglob("*") if path.is_file() and path != home / "manifest.json")
            outputs = [
                {"name": path.relative_to(home).as_posix(), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
                for path in names
            ]
            more = {key: value for key, value in fields.items() if home == run or key == "software"}
            write_manifest(home / "manifest.json", {**read(home / "manifest.json"), **more, "outputs": outputs})


def claim(run: Path, **software: str) -> None:
    """Say in the manifest and on the pages that other versions made the run, and make all digests again."""
    before = read(run / "manifest.json")["software"]
    for page in run.glob("*/annex.html"):
        for name, version in software.items():
            said = f'"manifest:software.{name}">'
            edit(
                page,
                lambda html, said=said, name=name, version=version: html.replace(said + before[name], said + version),
            )  # type: ignore[misc]
    hide_traces(run, software={**before, **software})


def faults(verdict: Verdict, status: str = "differs") -> list[str]:
    return [fault for check in verdict.checks if check.status == status for fault in check.faults]


def verify(run: Path, study: Path | None = None) -> Verdict:
    return outcomes.verify(run, study)
