"""Every mistake by name: one class each, which builds its own sentence from typed facts, and carries a stable code."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class OutcomesError(Exception):
    """Root of all errors that a person can mend.

    Attributes
    ----------
    code : str
        Stable code, explained by `outcomes explain CODE`.
    exit_code : int
        1: the study, its data or the check failed; 2: wrong use.
    """

    code: ClassVar[str] = "E100"
    exit_code: ClassVar[int] = 1


class StudyNotFoundError(OutcomesError):
    """No study at the place named."""

    code = "E101"

    def __init__(self, name: str, why: str = "") -> None:
        why = why or "Check the name, or make one with: outcomes new FOLDER, or outcomes new my-study.xlsx"
        super().__init__(
            f"There is no study called {name!r} here. A study is a folder that holds plan.toml, or a workbook made by "
            f"outcomes new. {why}",
        )


class TableMissingError(OutcomesError):
    """A required table is absent."""

    code = "E102"

    def __init__(self, table: str, instead: str = "") -> None:
        instead = instead or "Put it beside plan.toml and try again."
        super().__init__(f"{table} is missing from the study folder. {instead}")


class PlanError(OutcomesError):
    """The plan has faults; all of them at once."""

    code = "E103"

    def __init__(self, faults: Sequence[tuple[str, int | None, str]], file: str = "plan.toml") -> None:
        self.faults = tuple(faults)
        lines = [f"  {_plan_place(key, line)}: {message}" for key, line, message in self.faults]
        super().__init__(
            f"{file} has {_count(len(lines), 'fault')}; mend all of them, then try again.\n" + "\n".join(lines)
        )


class DataError(OutcomesError):
    """The tables have faults; all of them at once."""

    code = "E104"

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(
            f"The study's files have {_count(len(self.sentences), 'fault')}; nothing was computed or written.\n"
            + "\n".join(f"  {sentence}" for sentence in self.sentences),
        )


class OutputExistsError(OutcomesError):
    """Something else stands where a run or a study should be written."""

    code = "E105"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} exists already and is never written over. Name another folder, or move it away.")


class OutputNotWritableError(OutcomesError):
    """The place for the run cannot be written."""

    code = "E106"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"The run could not be written into {name} ({reason}). Nothing was left behind there.")


class NameNotPortableError(OutcomesError):
    """A new study has a name that not every system can hold."""

    code = "E130"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"A study cannot be called {name!r}: {reason}. Nothing was written; choose another name.")


class RunNotFoundError(OutcomesError):
    """No run folder at the place named."""

    code = "E107"
    exit_code = 2

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is not the folder of a run: it holds no manifest.json. "
            "A run is what outcomes report writes, for example reports/example/reference.",
        )


class RunDamagedError(OutcomesError):
    """A run folder whose files cannot be read as what they should be."""

    code = "E108"

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} in the run folder cannot be read: it was cut short or changed. Write the run again.")


class RunOfEarlierSchemaError(OutcomesError):
    """A run that an earlier version wrote, whose results have another form."""

    code = "E117"
    exit_code = 2

    def __init__(self, found: int, wanted: int) -> None:
        super().__init__(
            f"This run was written by an earlier version: its results.json has schema {found}, and this version reads "
            f"schema {wanted}. Write the run again from its study, or read it with the version that its manifest names."
        )


class ResultNotFoundError(OutcomesError):
    """No result under the id or printed text asked for."""

    code = "E109"
    exit_code = 2

    def __init__(self, wanted: str, near: Sequence[str] = ()) -> None:
        hint = f" Near it: {', '.join(near)}." if near else ""
        super().__init__(f"No result of this run has the id or the printed text {wanted!r}.{hint}")


class PlaceNotFoundError(OutcomesError):
    """A page, or a place on it, that a run does not have."""

    code = "E109"
    exit_code = 2

    def __init__(self, wanted: str, known: Sequence[str] = ()) -> None:
        super().__init__(f"This run has no page or place {wanted!r}. It has: {', '.join(known) or 'none'}.")


class InputChangedError(OutcomesError):
    """A file of the study changed while it was read."""

    code = "E110"

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} changed while it was being read. Close the program that writes it, and try again.")


class StudyForRunNotFoundError(OutcomesError):
    """The study behind a run is not where it was."""

    code = "E111"
    exit_code = 2

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The study {name!r} behind this run was not found, so its values were not recomputed. "
            "Name its folder with --study.",
        )


class UnknownCodeError(OutcomesError):
    """No message has the code asked for."""

    code = "E112"
    exit_code = 2

    def __init__(self, wanted: str, near: Sequence[str] = ()) -> None:
        hint = f" Near it: {', '.join(near)}." if near else " Codes look like E103."
        super().__init__(f"No message has the code {wanted!r}.{hint}")


class MapError(OutcomesError):
    """The map of an import has faults; all of them at once."""

    code = "E113"

    def __init__(self, name: str, faults: Sequence[tuple[str, int | None, str]]) -> None:
        self.faults = tuple(faults)
        lines = [f"  {_plan_place(key, line)}: {message}" for key, line, message in self.faults]
        super().__init__(
            f"{name} has {_count(len(lines), 'fault')}; mend all of them, then try again.\n" + "\n".join(lines)
        )


class SourceNotReadableError(OutcomesError):
    """What is to be imported cannot be read."""

    code = "E114"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} cannot be imported: {why}.")


class KeyFileError(OutcomesError):
    """A key of pseudonyms that cannot be used."""

    code = "E115"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name} cannot be used as a key: {why}.")


class LockDamagedError(OutcomesError):
    """A lock of a plan that is not what was written."""

    code = "E116"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is not as outcomes lock wrote it. Put the original back, from a backup or from who keeps a copy."
        )


class PlanLockedError(OutcomesError):
    """A plan that is to be locked and is locked already."""

    code = "E118"

    def __init__(self, locked: str, changed: Sequence[str]) -> None:
        self.changed = tuple(changed)
        if not changed:
            super().__init__(f"The plan was locked on {locked} and is unchanged since: nothing has to be done.")
            return
        super().__init__(
            f"The plan was locked on {locked}, and since it was last locked these keys were changed: "
            f"{', '.join(changed)}. Every report lists them. To lock the plan as it is now as well: "
            "outcomes lock STUDY --again. What was locked before stays in the file, and every report names both dates. "
            "To go back, undo the changes in plan.toml."
        )


class FrameError(OutcomesError, ValueError):
    """A data frame, or what was asked of one, that cannot be meant."""

    code = "E120"
    exit_code = 2

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why.rstrip('.')}.")


class StudyChangedError(OutcomesError):
    """A study that is no longer what was read."""

    code = "E121"

    def __init__(self, changed: Sequence[str]) -> None:
        self.changed = tuple(changed)
        super().__init__(
            f"This study is not what was read: changed since then: {', '.join(changed)}. Nothing that was changed is "
            "reported under the digests of the files. To change the data, make a study of the changed frames: "
            "outcomes.study(clients=…, scores=…, plan=…); for some of the people: study.where(…); for another plan: "
            "study.with_plan(…)."
        )


class ConditionError(OutcomesError, ValueError):
    """A part of a study that cannot be meant."""

    code = "E122"
    exit_code = 2

    def __init__(self, why: str) -> None:
        super().__init__(f"There is no such part of the study: {why.rstrip('.')}.")


class ShareAloneError(OutcomesError):
    """An edition to share where a whole run is wanted."""

    code = "E119"
    exit_code = 2

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is an edition to share, without the run that it is from. outcomes verify checks what can be "
            "checked of it; everything else needs the folder of the whole run."
        )


class PooledRunError(OutcomesError):
    """A run of several clinics where the run of a study is wanted."""

    code = "E129"
    exit_code = 2

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is a run of several clinics. outcomes verify checks it and outcomes trace follows its numbers; "
            "everything else needs the run of a study."
        )


class ArmsNotNamedError(OutcomesError):
    """Texts of which nobody has said which programme they stand for."""

    code = "E128"
    exit_code = 2

    def __init__(self, column: str, texts: Sequence[str]) -> None:
        listed = " ".join(f'--arm "{text}=full"' for text in texts)
        super().__init__(
            f"Which text of the column {column!r} is which programme is never guessed. It holds: "
            f"{'; '.join(texts)}. Say it with {listed}: full for the full programme, skills for skills group only, and "
            f'nothing behind the sign, as in --arm "{texts[-1]}=", for people who are to be left out. '
            "Nothing was imported."
        )


class BookIsNoStudyError(OutcomesError):
    """A workbook that is none of a study."""

    code = "E127"

    def __init__(self, name: str, why: str = "") -> None:
        why = why or (
            "it has no sheet called plan. To make a study of a clinic's own workbook: outcomes import WORKBOOK --out "
            "STUDY; to begin one: outcomes new my-study.xlsx"
        )
        super().__init__(f"{name} is no study: {why}")


def _plan_place(key: str, line: int | None) -> str:
    return f"line {line}, {key}" if line else key


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
