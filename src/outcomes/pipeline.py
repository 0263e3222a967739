"""The table of contents: score, assemble, analyse, register. Provenance is attached here and nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outcomes.cohort import assemble
from outcomes.cohort.noticed import notice
from outcomes.core.seeds import seed_for
from outcomes.plan.names import fill
from outcomes.plan.read import INSTRUMENTS_FOLDER, PLAN_FILE
from outcomes.questions.catalogue import CATALOGUE
from outcomes.release.foresee import foresee
from outcomes.results.provenance import Provenance, name_code
from outcomes.results.registry import Record, Registry
from outcomes.scoring import score_study
from outcomes.study.model import Finding
from outcomes.study.read import examine_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from outcomes.cohort import Cohort
    from outcomes.questions.catalogue import Question
    from outcomes.results.outcome import Outcome
    from outcomes.scoring import Scores
    from outcomes.scoring.findings import AuditFinding
    from outcomes.study.model import FileDigest, Study

OF_THE_PLAN = (
    PLAN_FILE,
    f"{INSTRUMENTS_FOLDER}/",
)  # what every analysis reads: the plan, and a study's own instruments


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


STEPS = 2 + len(CATALOGUE)  # of which `answer` tells


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
    words = study.plan.words
    for question in CATALOGUE.values():
        say(question.asks)
        if (analyse := question.analyse) is not None:
            records.extend(_attach(analyse(cohort), _provenance(question, analyse, study), words))
        if (conclude := question.conclude) is not None:
            found = {record.id: record.outcome for record in records}
            records.extend(_attach(conclude(cohort, found), _provenance(question, conclude, study), words))
    return Answers(cohort=cohort, scores=scores, registry=Registry(records))


def check(folder: str | Path) -> tuple[Finding, ...]:
    """Give everything there is to say about a study before anything is analysed.

    Parameters
    ----------
    folder : path

    Returns
    -------
    tuple of Finding
        Of the files; and where nothing stops the study, what its items look like, and what disclosure control will
        hide at this size.

    Raises
    ------
    StudyNotFoundError, TableMissingError
        When there is no study there, or a required table is absent.
    """
    study, findings = examine_study(folder)
    if study is None:
        return findings
    scores = score_study(study)
    cohort = assemble(study, scores)
    return (*findings, *_find_scripts(study), *map(_to_finding, scores.findings), *notice(cohort), *foresee(cohort))


def _find_scripts(study: Study) -> Iterator[Finding]:
    """Find texts of the plan in scripts of which the PDF can draw no sign: they would stand there as boxes."""
    from outcomes.render.pdf.glyphs import name_undrawable

    if scripts := name_undrawable([study.plan.model_dump_json()]):
        rule = f"texts of the plan are written in signs that the PDF cannot draw ({', '.join(scripts)})"
        fix = "Read the page or the Word file, or give short names in Latin letters: PDF and figures show boxes."
        yield Finding(level="CHECK", code="E313", file=PLAN_FILE, rule=rule, fix=fix)


def _to_finding(found: AuditFinding) -> Finding:
    """Give what the scoring audit noticed as a finding: something to look at."""
    at = f" (at {', '.join(found.visits)})" if found.visits else ""
    file = f"items/{found.instrument}.csv"
    return Finding(level="CHECK", code="E283", file=file, rule=f"{found.sentence.rstrip('.')}{at}", fix=found.remedy)


def _attach(outcomes: Iterable[Outcome], provenance: Provenance, words: Mapping[str, str]) -> Iterator[Record]:
    for outcome in outcomes:
        yield Record(outcome=_in_words(outcome, words), provenance=provenance)


def _in_words(outcome: Outcome, words: Mapping[str, str]) -> Outcome:
    """Put the plan's own words where the texts of a result leave them open."""
    changed: dict[str, Any] = {}
    for name in ("label", "method", "reason", "axis"):
        text = getattr(outcome, name, "")
        if (filled := fill(text, words)) != text:
            changed[name] = filled
    notes = getattr(outcome, "notes", ())
    if (told := tuple(fill(note, words) for note in notes)) != notes:
        changed["notes"] = told
    return replace(outcome, **changed) if changed else outcome


def _provenance(question: Question, function: Callable[..., Any], study: Study) -> Provenance:
    files = tuple(file for file in study.files if _is_read(file.name, question.tables))
    return Provenance(
        analysis=question.name,
        question=question.asks,
        code=name_code(function),
        files=tuple(file.name for file in files),
        digest=_digest(files),
        seed=seed_for(question.name, seed=study.plan.random.seed) if question.draws else None,
    )


def _is_read(name: str, tables: Iterable[str]) -> bool:
    return any(name == table or (table.endswith("/") and name.startswith(table)) for table in (*OF_THE_PLAN, *tables))


def _digest(files: Iterable[FileDigest]) -> str:
    lines = [f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _be_silent(_: str) -> None:
    """Say nothing, where nobody watches."""
