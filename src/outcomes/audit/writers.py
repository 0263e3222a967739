"""What decides on the bytes of a file, beside the results that it is made from: code, versions, machine.

Where one of these is another here than in the run, a file that comes out otherwise is not checked. Where all are the
same it differs. A file that comes out byte for byte is checked, whatever the manifest says of versions.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from outcomes.audit.verdict import Check, note
from outcomes.runs.software import ABSENT, CODE, name_machine, name_software, name_source

if TYPE_CHECKING:
    from collections.abc import Mapping

PLATFORM, ZLIB = "platform", "zlib"
_DRAWN = (CODE, "matplotlib", "numpy", PLATFORM)
# By the end of the name; what is not here may come from any of them.
WRITERS = {
    ".csv": (CODE,),
    ".json": (CODE,),
    ".svg": _DRAWN,
    ".html": _DRAWN,
    ".pdf": (*_DRAWN, "typst"),
    ".docx": (*_DRAWN, "lxml", "python-docx", "typst"),  # python-docx writes by lxml, and typst draws its pictures
}
_EVERY = tuple(dict.fromkeys(name for names in WRITERS.values() for name in names))
NUMBERS = (CODE, "python", "numpy", "scipy", "pandas", "statsmodels", PLATFORM, "blas")  # of which values are made


def explain_others(names: tuple[str, ...], manifest: Mapping[str, Any]) -> str:
    """Say which of several versions are not those of the run; nothing where all are."""
    then, now = _named(manifest), {**name_software(), **name_machine()}
    others = [name for name in names if then.get(name) != now.get(name)]
    return ", ".join(f"{name} is {now.get(name)} here and {then.get(name, 'not named')} in the run" for name in others)


def explain_writers(file: str, manifest: Mapping[str, Any]) -> str:
    """Say what of that which decides on the bytes of a file is not as in the run; nothing where all is."""
    return explain_others(WRITERS.get(PurePosixPath(file).suffix, _EVERY), manifest)


def note_versions(manifest: Mapping[str, Any]) -> list[Check]:
    """Say where code, lock file, versions and machine are not those of the run."""
    then, now = _named(manifest), {**name_software(), **name_machine()}
    facts = [explain_others((name,), manifest) for name in sorted(then.keys() | now.keys())]
    sources = dict(manifest.get("source") or {}), name_source()
    shown = {"release": "release", "requirements": "lock file of dependencies"}
    for name, called in shown.items():
        if sources[0] and sources[0].get(name) != sources[1].get(name):
            facts.append(f"{called} is {sources[1].get(name) or ABSENT} here and {sources[0].get(name)} in the run")
    return note("code, lock file, versions and machine that are not those of the run", [fact for fact in facts if fact])


def _named(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a manifest names; an edition to share does not name the machine."""
    here = name_machine()
    machine = manifest.get("machine")
    return {**manifest["software"], **(here if machine is None else {name: machine.get(name) for name in here})}
