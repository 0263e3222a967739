"""From a folder to a validated study: every fault of every file, all at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from outcomes.errors import DataError, PlanError
from outcomes.instruments import UnknownInstrumentError
from outcomes.plan.read import PLAN_FILE, parse_plan
from outcomes.study import keys, rules
from outcomes.study.activity_rules import check_activity
from outcomes.study.clinic_rules import check_words, find_logo
from outcomes.study.columns import CELLS, read_columns
from outcomes.study.dates import today
from outcomes.study.diary_rules import check_diary
from outcomes.study.event_rules import check_events
from outcomes.study.evidence_rules import check_evidence
from outcomes.study.files import open_files, records_of
from outcomes.study.folder import ITEMS_FOLDER, check_lock
from outcomes.study.goal_rules import GOALS, check_goals
from outcomes.study.item_names import name_items
from outcomes.study.model import FileDigest, Finding, Study
from outcomes.study.others import find_others, without_others
from outcomes.study.own_instruments import find_unused, read_own
from outcomes.study.parse import TypedTable, parse_table
from outcomes.study.plan_texts import check_plan_texts
from outcomes.study.privacy import find_identifiers, tells_somebody
from outcomes.study.published import EVIDENCE, is_served, open_table, tell_published
from outcomes.study.schemas import CLIENT, OPTIONAL, TABLES, for_plan, held_as, require_schema, with_items
from outcomes.study.seal import make_seal
from outcomes.study.sentences import to_sentences
from outcomes.study.shape_rules import check_characteristics, check_shapes
from outcomes.study.source import LARGEST_PLAN, Refusal
from outcomes.study.text import make_finding, read_texts
from outcomes.study.times import check_dates
from outcomes.study.way_in import check_way_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from outcomes.plan.model import Plan
    from outcomes.study.files import Files

CLIENTS_FILE, SCORES_FILE = TABLES["clients"].name, TABLES["scores"].name
EMPTY = frozenset({"E201", "E205"})  # nothing at all, or a header alone


@dataclass(slots=True)
class _Reading:
    """The tables, digests and findings of a study that is being read."""

    opened: Files
    plan: Plan
    files: list[FileDigest]
    schemas: dict[str, Any]
    read_by: dict[str, Any] = field(default_factory=dict)  # by the name of the file
    findings: list[Finding] = field(default_factory=list)
    empty: list[Finding] = field(default_factory=list)
    clients: TypedTable = field(default_factory=TypedTable.empty)
    scores: TypedTable | None = None
    items: dict[str, TypedTable] = field(default_factory=dict)
    optional: dict[str, TypedTable] = field(default_factory=dict)
    today: date = field(default_factory=today)
    others: frozenset[str] = frozenset()
    logo: str = ""

    def read(self) -> None:
        """Read every table that is there, and the logo."""
        self.logo, refused = find_logo(self.plan, self.opened.place)
        self.findings.extend(refused)
        self.clients = self.table(CLIENTS_FILE, self.schemas["clients"], others=True) or self.clients
        self.others = find_others(self.clients, self.plan.arms.left_out)
        self.clients = without_others(self.clients, self.others)
        self.scores = self.table(SCORES_FILE, self.schemas["scores"])
        self.items = dict(_read_items(self))
        found = {name: self.table(self.schemas[name].name, self.schemas[name]) for name in OPTIONAL}
        self.optional = {name: table for name, table in found.items() if table is not None}
        self.findings.extend(self.tell_empty())

    def table(self, name: str, schema: Any, *, others: bool = False) -> TypedTable | None:
        """Read whatever stands under the name of a table; its findings are collected."""
        if not self.opened.holds(name) and not (name == EVIDENCE and is_served(self.opened, self.plan)):
            return None
        columns, self.read_by[name] = read_columns(schema), schema
        text = read_texts(lambda: open_table(self.opened, name), name, known=columns)
        name_items(text, columns)
        if name != CLIENTS_FILE and text.findings and {one.code for one in text.findings} <= EMPTY:
            self.empty.extend(text.findings)
            return None
        if not text.is_stopped:
            find_identifiers(text, columns, today=self.today, passed=self.known_clients())
        typed = parse_table(text, columns, today=self.today, others=others)
        self.files.append(text.digest)
        self.findings.extend(text.findings)
        return without_others(typed, self.others)

    def tell_empty(self) -> Iterable[Finding]:
        """Say of each table without rows that it counts as absent, or that a study needs it."""
        needed = self.scores is None and not self.items
        for one in self.empty:
            if needed and (one.file == SCORES_FILE or one.file.startswith(f"{ITEMS_FOLDER}/")):
                yield one
            else:
                fix = "Nothing needs to be done."
                yield make_finding("NOTE", one.code, one.file, (), "", f"{one.rule}, and counts as absent", fix)

    def known_clients(self) -> frozenset[str]:
        """Ids of clients.csv, which have been looked at."""
        return self.others | frozenset(keys.ids_of(self.clients) if CLIENT in self.clients.frame else ())


def read_study(folder: str | Path) -> Study:
    """Read and validate a study.

    Parameters
    ----------
    folder : path
        Holds plan.toml and the tables; or a workbook.

    Returns
    -------
    Study

    Raises
    ------
    StudyNotFoundError, BookIsNoStudyError, TableMissingError
        When there is no study there, or a required table is absent.
    PlanError, DataError
        With every fault at once.
    """
    return _require(open_files(Path(folder)))


def read_opened(opened: Files) -> Study:
    """Read and validate a study wherever its files stand, and seal it; raises as `read_study`."""
    study = replace(_require(opened), opened=opened)
    return replace(study, seal=make_seal(study))


def _require(opened: Files) -> Study:
    try:
        study, findings = _read(opened)
    except PlanError as error:
        raise opened.tell_plan(error) from None
    stops = [finding for finding in findings if finding.level == "STOP"]
    if stops or study is None:
        raise DataError(to_sentences(stops))
    return study


def examine_study(folder: str | Path) -> tuple[Study | None, tuple[Finding, ...]]:
    """Check a study: give it where nothing stops it, and everything there is to say, in the order of the files.

    Raises
    ------
    StudyNotFoundError, BookIsNoStudyError, TableMissingError
        When there is no study there, or a required table is absent.
    """
    opened = open_files(Path(folder))
    try:
        study, findings = _read(opened)
        return study, tuple(findings)
    except PlanError as error:
        fix = "Mend the plan first; the tables are read by it."
        found = tuple(
            make_finding("STOP", error.code, PLAN_FILE, () if line is None else (line,), key, message, fix)
            for key, line, message in error.faults
        )
        return None, tuple(opened.tell(found))


def _read(opened: Files) -> tuple[Study | None, list[Finding]]:
    try:
        source = opened.source(PLAN_FILE, largest=LARGEST_PLAN)
        content = b"".join(source.blocks())
    except Refusal as refusal:
        raise PlanError([(PLAN_FILE, None, f"{refusal.rule}. {refusal.fix}")]) from None
    own = read_own(opened)
    if own.findings:
        return None, list(opened.tell(own.findings))
    plan = parse_plan(content, own.definitions)
    if not opened.holds(CLIENTS_FILE):
        raise opened.miss(CLIENTS_FILE)
    if not opened.holds(SCORES_FILE) and not opened.items():
        raise opened.miss(f"{SCORES_FILE} or a file in {ITEMS_FOLDER}/")
    reading = _Reading(opened, plan, [source.digest(0), *own.files], for_plan(plan))
    reading.findings.extend(check_plan_texts(plan, content))
    reading.findings.extend(find_unused(plan))
    reading.findings.extend(check_lock(records_of(opened.place)))
    reading.findings.extend(opened.check((*_known_files(), *filter(None, (plan.report.logo,)))))
    reading.read()
    opened.require_unchanged()
    reading.findings.extend(_check_all(reading))
    findings = list(opened.tell(reading.findings))
    if any(finding.level == "STOP" for finding in findings):
        return None, findings
    return replace(_build(reading), findings=tuple(findings)), findings


def _known_files() -> tuple[str, ...]:
    return (PLAN_FILE, *(TABLES[name].name for name in TABLES if name != "items"))


def _read_items(reading: _Reading) -> Iterable[tuple[str, TypedTable]]:
    """Files of items that a measure of the plan is scored from, by the name of the file."""
    wanted = {reading.plan.instrument(one.instrument).id for one in reading.plan.measures.values() if one.instrument}
    for stem in reading.opened.items():
        if tells_somebody(stem):
            continue  # its name has been told by its place, and is not told here
        name = f"{ITEMS_FOLDER}/{stem}.csv"
        try:
            instrument = reading.plan.instrument(stem)
        except UnknownInstrumentError as fault:
            reading.findings.append(
                make_finding("STOP", "E238", name, (), "", str(fault), "Rename or remove the file.")
            )
            continue
        if instrument.table != "items":
            rule = f"what is rated on {instrument.name} stands in {TABLES[instrument.table].name}, one row a goal"
            fix = "Put it there; docs/data.md says how."
            reading.findings.append(make_finding("STOP", "E238", name, (), "", rule, fix))
            continue
        if instrument.id not in wanted:
            rule = "no measure of the plan is scored from this file, and it is not read"
            fix = "Name the instrument in plan.toml, or take the file out."
            reading.findings.append(make_finding("CHECK", "E238", name, (), "", rule, fix))
            continue
        if (typed := reading.table(name, with_items(reading.schemas["items"], instrument.n_items))) is not None:
            yield stem, typed


def _check_all(reading: _Reading) -> Iterable[Finding]:
    """Go through the rules between rows and tables."""
    plan, clients = reading.plan, reading.clients
    known = clients.frame[CLIENT].cat.categories if CLIENT in clients.frame else pd.Index([])
    yield from keys.check_clients(clients, plan)
    yield from check_words(plan, tuple(map(str, known)) if plan.report.words else ())
    yield from check_way_in(clients)
    yield from check_characteristics(
        clients, dict.fromkeys((*plan.adjust.covariates, *plan.needs.columns(plan.measures)))
    )
    others = [reading.scores, *reading.items.values(), *reading.optional.values()]
    for table in others:
        if table is not None and len(known):
            yield from keys.check_known_clients(table, known)
    if reading.scores is not None:
        yield from rules.check_scores(reading.scores, plan)
        yield from check_shapes(reading.scores, plan)
        yield from _check_sources(reading, reading.scores)
    for name, table in reading.items.items():
        yield from rules.check_items(table, name, plan)
    for table in (measured := _measured(reading)):
        yield from check_dates(table, clients, plan)
    if measured and len(clients.frame):
        yield from keys.check_silent_clients(clients, measured)
    yield from _check_optional(reading)
    yield from _check_starts(reading)
    yield from tell_published(reading.opened, plan, reading.items)


def _measured(reading: _Reading) -> list[TypedTable]:
    """Give the tables of which scores are made."""
    tables = (reading.scores, *reading.items.values(), reading.optional.get("goals"))
    return [table for table in tables if table is not None]


def _check_optional(reading: _Reading) -> Iterable[Finding]:
    for name, table in reading.optional.items():
        yield from rules.check_time(table, name)
    if "evidence" in reading.optional:
        yield from check_evidence(reading.optional["evidence"])
    if "events" in reading.optional:
        yield from check_events(reading.optional["events"], reading.clients, reading.plan)
    if "goals" in reading.optional:
        yield from check_goals(reading.optional["goals"], reading.plan)
    if "diary" in reading.optional:
        yield from check_diary(reading.optional["diary"], reading.clients)
    yield from check_activity(reading.optional, reading.clients, reading.plan)


def _check_sources(reading: _Reading, scores: TypedTable) -> Iterable[Finding]:
    """Check that a measure comes from scores, from items or from goals, not from two of them."""
    if "measure" not in scores.frame:
        return
    sources = {reading.plan.instrument(name).id: f"items in {ITEMS_FOLDER}/" for name in reading.items}
    if "goals" in reading.optional:
        sources[GOALS] = f"ratings in {TABLES['goals'].name}"
    for word in scores.frame["measure"].cat.categories:
        instrument = reading.plan.measures[word].instrument
        other = None if instrument is None else sources.get(reading.plan.instrument(instrument).id)
        if other is not None:
            rule = f"{word} has scores here and {other} as well"
            fix = "Keep one of the two."
            yield from scores.stop("E237", (scores.frame["measure"] == word).to_numpy(), "measure", rule, fix)


def _check_starts(reading: _Reading) -> Iterable[Finding]:
    """Check that there is a start where visits are found by date."""
    sources = [table.frame for table in _measured(reading)]
    unnamed = any("visit" not in frame or frame["visit"].isna().any() for frame in sources if len(frame))
    if unnamed and len(reading.clients.frame) and "start_date" not in reading.clients.frame:
        rule = "the column is missing, and visits are to be found by their dates"
        yield make_finding("STOP", "E207", CLIENTS_FILE, (1,), "start_date", rule, "Add it, or name the visits.")


def _build(reading: _Reading) -> Study:
    scores = pd.DataFrame() if reading.scores is None else reading.scores.frame
    optional: dict[str, Any] = {
        name: table.frame if name == "events" else _to_texts(table.frame)  # of events there may be millions
        for name, table in reading.optional.items()
    }
    study = Study(
        folder=reading.opened.place,
        plan=reading.plan,
        clients=_build_clients(reading.clients.frame, reading.plan),
        scores=_with_columns(scores, TABLES["scores"]),
        items={name: _to_texts(_with_columns(one.frame, TABLES["items"])) for name, one in reading.items.items()},
        files=tuple(reading.files),
        findings=tuple(reading.findings),
        others=len(reading.others),
        logo=reading.logo,
        **optional,
    )
    for name, frame in study.frames.items():
        if (file := f"{name}.csv") in reading.read_by:
            require_schema(frame, held_as(reading.read_by[file]), file)
    return study


def _build_clients(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    texts = _to_texts(frame)
    texts.insert(1, "full", (texts["arm"] == plan.arms.full.value).to_numpy(dtype=bool))
    return texts.drop(columns="arm").sort_values(CLIENT, kind="stable").reset_index(drop=True)


def _with_columns(frame: pd.DataFrame, schema: Any) -> pd.DataFrame:
    """Add the optional columns that the file does not have, missing throughout."""
    held = {name: CELLS[column.metadata["kind"]].held or "category" for name, column in schema.columns.items()}
    absent = {name: pd.Series(None, frame.index, kind) for name, kind in held.items() if name not in frame}
    return frame.assign(**absent)


def _to_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn categories into plain texts, for tables that are small."""
    return frame.astype({name: "str" for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)})
