"""Feed a table of a study whatever leads the reader to lines it has not been on: run by `make fuzz`.

It needs atheris, which is no dependency of the project. Bytes that break something are kept as `crash-…`; a file of
that kind, given as an argument, is tried again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

try:
    import atheris
except ImportError:
    sys.exit("This needs atheris, which could not be installed here: python -m pip install atheris")

with atheris.instrument_imports(include=["outcomes.study", "outcomes.plan"]):
    from outcomes.errors import OutcomesError
    from outcomes.study.explain import read_codes
    from outcomes.study.read import examine_study
    from outcomes.study.sentences import to_sentences

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from small_study import write_small_study

NAMES = ("scores.csv", "clients.csv", "attendance.csv", "plan.toml")
HOME = Path(tempfile.mkdtemp(prefix="fuzz-"))
STUDY = write_small_study(HOME / "study", n=6)
SOUND = {name: (STUDY / name).read_bytes() for name in NAMES if (STUDY / name).exists()}
SOUND["attendance.csv"] = b"client_id,week,kind,status\nP001,1,group,attended\n"


def try_one(data: bytes) -> None:
    """Read a study of which one table is the given bytes; only faults with a name and an explanation may come up."""
    name = NAMES[data[0] % len(NAMES)] if data else NAMES[0]
    for other, content in SOUND.items():
        (STUDY / other).write_bytes(content)
    (STUDY / name).write_bytes(data[1:])
    try:
        study, findings = examine_study(STUDY)
    except OutcomesError as error:
        if error.code not in read_codes():
            raise
        return
    unknown = {finding.code for finding in findings} - set(read_codes())
    if unknown or (study is None) != any(finding.level == "STOP" for finding in findings):
        raise AssertionError(unknown)
    to_sentences(findings)


def write_seeds(folder: Path) -> Path:
    """Write the sound tables as what the fuzzer begins with."""
    folder.mkdir()
    for place, name in enumerate(NAMES):
        (folder / name).write_bytes(bytes([place]) + SOUND[name])
        (folder / f"{name}-windows").write_bytes(bytes([place]) + SOUND[name].replace(b"\n", b"\r\n"))
    return folder


if __name__ == "__main__":
    flags = sys.argv[1:]
    seeds = [] if any(not flag.startswith("-") for flag in flags) else [str(write_seeds(HOME / "seeds"))]
    atheris.Setup([sys.argv[0], *flags, *seeds], try_one)
    atheris.Fuzz()
