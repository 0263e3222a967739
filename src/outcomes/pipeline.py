"""The table of contents: score, assemble, analyse, register. Provenance is attached here and nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.analyses.catalogue import CATALOGUE
from outcomes.cohort import assemble
from outcomes.core.provenance import Provenance
from outcomes.core.seeds import seed_for
from outcomes.registry import Record, Registry
from outcomes.scoring import score_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outcomes.analyses.contract import Analysis
    from outcomes.cohort import Cohort
    from outcomes.core.estimates import Outcome
    from outcomes.scoring import Scores
    from outcomes.study.model import FileDigest, Study

PLAN_FILE = "plan.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that a study answers.

    Attributes
    ----------
    cohort : Cohort
    scores : Scores
        With what the scoring audit noticed.
    registry : Registry
        Outcomes with provenance; without texts, which are the page's.
    """

    cohort: Cohort
    scores: Scores
    registry: Registry


def answer(study: Study, *, tell: Callable[[str], None] | None = None) -> Answers:
    """Answer every question of the catalogue on a validated study.

    Parameters
    ----------
    study : Study
    tell : callable, optional
        Called with a phrase before each step, for a progress bar.

    Returns
    -------
    Answers
    """
    say = tell or _be_silent
    say("scoring")
    scores = score_study(study)
    say("assembling the cohort")
    cohort = assemble(study, scores)
    records: list[Record] = []
    for analysis in CATALOGUE.values():
        say(analysis.name)
        if analysis.analyse is not None:
            records.extend(_attach(analysis.analyse(cohort), _provenance(analysis, analysis.analyse, study)))
        if analysis.conclude is not None:
            found = {record.id: record.outcome for record in records}
            records.extend(_attach(analysis.conclude(cohort, found), _provenance(analysis, analysis.conclude, study)))
    return Answers(cohort=cohort, scores=scores, registry=Registry(records))


def _attach(outcomes: Iterable[Outcome], provenance: Provenance) -> Iterator[Record]:
    for outcome in outcomes:
        yield Record(outcome=outcome, provenance=provenance)


def _provenance(analysis: Analysis, function: Callable[..., Any], study: Study) -> Provenance:
    files = tuple(file for file in study.files if _is_read(file.name, analysis.tables))
    return Provenance(
        analysis=analysis.name,
        question=analysis.question,
        code=f"{function.__module__}.{function.__qualname__}",
        files=tuple(file.name for file in files),
        digest=_digest(files),
        seed=seed_for(analysis.name, seed=study.plan.random.seed) if analysis.draws else None,
    )


def _is_read(name: str, tables: Iterable[str]) -> bool:
    return any(name == table or (table.endswith("/") and name.startswith(table)) for table in (PLAN_FILE, *tables))


def _digest(files: Iterable[FileDigest]) -> str:
    lines = [f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _be_silent(_: str) -> None:
    """Say nothing, where nobody watches."""
