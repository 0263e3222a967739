"""What stands in the folder of a run: files, and what should not be there: links, empty folders, pipes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.audit.verdict import Check, judge
from outcomes.runs import MANIFEST, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found below a folder.

    Attributes
    ----------
    home : Path
    files : set of str
        Names of plain files, relative to it.
    strange : dict of str to str
        What each thing is that no run writes.
    """

    home: Path
    files: set[str] = field(default_factory=set)
    strange: dict[str, str] = field(default_factory=dict)

    def read(self, name: str) -> bytes | None:
        """Content of a file, or None where no plain file of this name stands."""
        return (self.home / name).read_bytes() if name in self.files else None


def look_into(home: Path) -> Standing:
    """Look at everything below a folder, and follow no link."""
    found = Standing(home)
    for place, folders, files in os.walk(home):
        here = Path(place)
        if not folders and not files and here != home:
            found.strange[here.relative_to(home).as_posix()] = "is an empty folder"
        for name in sorted((*folders, *files)):
            mode = (here / name).lstat().st_mode
            what = (here / name).relative_to(home).as_posix()
            if stat.S_ISLNK(mode):
                found.strange[what] = "is a link in the place of a file or folder"
            elif stat.S_ISREG(mode):
                found.files.add(what)
            elif not stat.S_ISDIR(mode):
                found.strange[what] = "is neither file nor folder"
    return found


def check_standing(found: Standing, manifest: Mapping[str, Any]) -> Check:
    """Compare every file with the digest taken when it was written."""
    written = {output["name"]: output["sha256"] for output in manifest["outputs"]}
    here = found.files - {MANIFEST}
    faults = [f"{name} {what}, which no run writes" for name, what in sorted(found.strange.items())]
    faults += [f"{name} is missing" for name in sorted(written.keys() - here - found.strange.keys())]
    faults += [f"{name} was not written by this run" for name in sorted(here - written.keys())]
    same = sorted(here & written.keys())
    faults += [
        f"{name} was changed after it was written" for name in same if digest_of(found.home / name) != written[name]
    ]
    names = [output["name"] for output in manifest["outputs"]]
    faults += [
        f"{name} is named twice in {MANIFEST}" for name in sorted({one for one in names if names.count(one) > 1})
    ]
    return judge("files of the run", len(written), faults)
