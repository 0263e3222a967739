"""A study's own instruments: the definitions in its folder, which belong to its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from outcomes.errors import DataError
from outcomes.plan.definition import DefinitionFaultsError, read_definition
from outcomes.plan.read import INSTRUMENTS_FOLDER
from outcomes.study.files import Definitions, records_of
from outcomes.study.privacy import tells_somebody
from outcomes.study.sentences import to_sentences
from outcomes.study.source import LARGEST_PLAN, Refusal
from outcomes.study.text import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outcomes.instruments import Instrument
    from outcomes.plan.definition import Definition
    from outcomes.plan.model import Plan
    from outcomes.study.files import Files
    from outcomes.study.model import FileDigest, Finding

ENDING = ".toml"
_MEND = "Mend it; docs/instruments.md explains all keys. The plan is read after it."


class OwnInstruments(NamedTuple):
    """What the folder of definitions holds: by id, with their files, and what is wrong with others."""

    definitions: Mapping[str, Definition]
    files: tuple[FileDigest, ...]
    findings: tuple[Finding, ...]

    def require_sound(self) -> Mapping[str, Definition]:
        """Give the definitions; raises DataError of those that define no instrument."""
        if self.findings:
            raise DataError(to_sentences(self.findings))
        return self.definitions


def read_instruments_beside(study: Path) -> Mapping[str, Instrument]:
    """Give the instruments that a study defines itself, by id, before there is a plan; raises DataError."""
    found = read_own(Definitions(records_of(study))).require_sound()
    return {word: one.instrument for word, one in found.items()}


def find_unused(plan: Plan) -> Iterator[Finding]:
    """Tell definitions that no measure is scored by."""
    used = {plan.instrument(one.instrument).id for one in plan.measures.values() if one.instrument}
    for word in plan.instruments:
        if word not in used:
            rule, fix = "no measure of the plan is scored by this definition", "Name it in plan.toml, or take it out."
            yield make_finding("CHECK", "E238", file_of(word), (), "", rule, fix)


def file_of(word: str) -> str:
    """Name of the file of a definition, from the study on."""
    return f"{INSTRUMENTS_FOLDER}/{word}{ENDING}"


def is_definition(name: str) -> bool:
    """Whether a file of a study is a definition, by its name."""
    return name.startswith(f"{INSTRUMENTS_FOLDER}/")


def read_own(opened: Files | Definitions) -> OwnInstruments:
    """Read every definition of a study."""
    definitions: dict[str, Definition] = {}
    files: list[FileDigest] = []
    findings: list[Finding] = []
    for word in opened.instruments():
        if tells_somebody(word):
            continue  # its name has been told by its place, and is not told here
        name = file_of(word)
        try:
            source = opened.source(name, largest=LARGEST_PLAN)
            definitions[word] = read_definition(b"".join(source.blocks()), word)
            files.append(source.digest(0))
        except Refusal as refusal:
            findings.append(make_finding("STOP", refusal.code, name, (), "", refusal.rule, refusal.fix))
        except DefinitionFaultsError as error:
            findings += [_tell(name, *fault) for fault in error.faults]
    return OwnInstruments(definitions, tuple(files), tuple(findings))


def _tell(name: str, line: int | None, key: str, what: str) -> Finding:
    return make_finding("STOP", "E298", name, () if line is None else (line,), key, what, _MEND)
