"""The call that makes a study of data frames."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcomes.core.threads import in_one_thread
from outcomes.study.frames import lay_out_frames
from outcomes.study.read import read_opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.plan.model import Plan
    from outcomes.study.model import Study


@in_one_thread()
def make_study(
    *,
    clients: Any,
    plan: Plan | Mapping[str, Any] | str | Path,
    scores: Any = None,
    items: Mapping[str, Any] | None = None,
    instruments: Mapping[str, Any] | None = None,
    attendance: Any = None,
    sessions: Any = None,
    events: Any = None,
    costs: Any = None,
    evidence: Any = None,
    goals: Any = None,
    diary: Any = None,
    name: str = "study",
    folder: str | Path = ".",
) -> Study:
    """Make a study of data frames: pandas, or anything else that narwhals takes.

    Parameters
    ----------
    clients : frame
        One row a person, columns as in docs/data.md: client_id, arm, and the plan's covariates.
    plan : Plan, mapping or path
        The plan, what plan.toml would hold as a dictionary, or the file.
    scores, attendance, sessions, events, costs, evidence, goals, diary : frame, optional
        The other tables, columns as in docs/data.md.
    items : mapping of str to frame, optional
        Answers to the questions of an instrument, by its name.
    instruments : mapping of str to mapping or path, optional
        Definitions of instruments of the study's own, as docs/instruments.md has them, or their files; by name.
    name : str
        What the study is called.
    folder : path
        Where what belongs to the study and is no data is kept, in the folder NAME.outcomes: lock and ledger.

    Returns
    -------
    Study
        Validated as a study's files are. Its digests are those of the texts that `Study.write` would write.

    Raises
    ------
    FrameError
        Where something is no frame, or a cell nothing that a table can hold.
    PlanError, DataError
        With every fault at once, rows as the frame counts them.

    Examples
    --------
    >>> example = outcomes.read_study(outcomes.example())
    >>> tables = {"clients": example.clients.assign(arm=example.frame("clients")["arm"]), "scores": example.scores}
    >>> outcomes.study(**tables, plan=example.plan)  # doctest: +ELLIPSIS
    Study(7 measures, 4 visits; rows: clients ...
    """
    tables = {
        "clients": clients,
        "scores": scores,
        "attendance": attendance,
        "sessions": sessions,
        "events": events,
        "costs": costs,
        "evidence": evidence,
        "goals": goals,
        "diary": diary,
    }
    opened = lay_out_frames(tables, items or {}, plan, name=name, folder=Path(folder), instruments=instruments)
    return read_opened(opened)
