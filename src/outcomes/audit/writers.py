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
    ".png": (*_DRAWN, "typst"),
    ".pdf": (*_DRAWN, "typst"),
    ".docx": (*_DRAWN, "lxml", "python-docx", "typst"),  # python-docx writes by lxml, and typst draws its pictures
}
_EVERY = tuple(dict.fromkeys(name for names in WRITERS.values() for name in names))
NUMBERS = (CODE, "python", "numpy", "scipy", "pandas", "statsmodels", PLATFORM, "blas")  # of which values are made


def find_others(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Say of each version, and of the machine, that is not the one of the run what it is here and there, by name."""
    here, now = name_machine(), name_software()
    machine = manifest.get("machine")  # which an edition to share does not name
    then = {**manifest["software"], **(here if machine is None else {name: machine.get(name) for name in here})}
    now |= here
    return {
        name: f"{name} is {now.get(name, ABSENT)} here and {then.get(name) or 'not named'} in the run"
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    }


def explain(names: tuple[str, ...], others: Mapping[str, str]) -> str:
    """Say which of several versions are not those of the run; nothing where all are."""
    return ", ".join(others[name] for name in names if name in others)


def explain_writers(file: str, others: Mapping[str, str]) -> str:
    """Say what of that which decides on the bytes of a file is not as in the run; nothing where all is."""
    return explain(WRITERS.get(PurePosixPath(file).suffix, _EVERY), others)


def note_versions(manifest: Mapping[str, Any], others: Mapping[str, str]) -> list[Check]:
    """Say where code, lock file, versions and machine are not those of the run."""
    facts = list(others.values())
    then, now = manifest.get("source"), name_source()
    for name, called in {"release": "release", "requirements": "lock file of dependencies"}.items():
        if then is not None and then.get(name) != now[name]:
            facts.append(f"{called} is {now[name] or ABSENT} here and {then.get(name) or 'not named'} in the run")
    return note("code, lock file, versions and machine that are not those of the run", facts)
