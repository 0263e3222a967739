"""Whether a study is still what was read: a fingerprint of each of its tables, of its plan and of its files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from outcomes.errors import StudyChangedError

if TYPE_CHECKING:
    from outcomes.study.model import Study


def make_seal(study: Study) -> dict[str, str]:
    """Give the fingerprint of every part of a study by its name."""
    plan = study.plan.model_dump_json().encode()
    files = "\n".join(f"{one.name} {one.sha256} {one.size} {one.rows}" for one in study.files).encode()
    return {
        "the plan": hashlib.sha256(plan).hexdigest(),
        "the list of files": hashlib.sha256(files).hexdigest(),
        **{f"the table {name}": _mark_frame(frame) for name, frame in study.frames.items()},
    }


def require_sealed(study: Study) -> None:
    """Refuse a study that was changed after it had been read.

    Raises
    ------
    StudyChangedError
        Naming what was changed.
    """
    if study.seal is None:
        raise StudyChangedError(["it was not read by outcomes.read_study or outcomes.study"])
    now = make_seal(study)
    names = dict.fromkeys((*study.seal, *now))
    changed = [name for name in names if study.seal.get(name) != now.get(name)]
    if changed:
        raise StudyChangedError(changed)


def _mark_frame(frame: pd.DataFrame) -> str:
    shape = repr([(str(name), str(kind)) for name, kind in frame.dtypes.items()])
    mark = hashlib.sha256(shape.encode())
    mark.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return mark.hexdigest()
