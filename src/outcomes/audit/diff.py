"""What changed between two runs, in words, and what did it: data, plan, code, versions, machine, or a hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from outcomes.audit.causes import Cause, choose_causes, find_causes
from outcomes.audit.values import differing_fields
from outcomes.errors import OutcomesError
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from outcomes.results.ways import main_key
from outcomes.runs import EDITIONS, RESULTS, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from outcomes.results.registry import Record, Registry

SHOWN = 20
_NUMBERS = frozenset({"value", "se", "df", "df2", "p_value", "low", "high", "level", "curve", "verdict", "n"})
# What a reader calls the fields that a result has beside its numbers.
_WORDS = {
    "label": "what it is called",
    "method": "how it was computed",
    "how": "how it was computed",
    "notes": "its notes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A result that is not the same.

    Attributes
    ----------
    id, label : str
    edition : str
        internal or share.
    before, after : str or None
        Printed text in each run; None where it is not there.
    fields : tuple of str
        What differs, where it is in both.
    causes : tuple of str
        What could have done it, from the causes of the whole.
    because : str
        What changed in the rows that it draws on, where that alone can have done it.
    is_main : bool
        Whether it is a verdict, or what one is read from.
    """

    id: str
    label: str
    edition: Literal["internal", "share"]
    before: str | None
    after: str | None
    fields: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    because: str = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How two runs differ.

    Attributes
    ----------
    causes : tuple of str
        What could have done it: a sentence each.
    changes : tuple of Change
        Verdicts and what they are read from first, the edition to share last.
    same : int
        Results inside the clinic that are the same [count].
    unread : tuple of str
        What could not be compared, and why.
    """

    causes: tuple[str, ...]
    changes: tuple[Change, ...]
    same: int
    unread: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when every result is the same in both editions, 1 when one is not, 2 when one could not be compared."""
        return int(bool(self.changes)) or (2 if self.unread else 0)

    def to_text(self) -> str:
        """Say it for people: causes first, then the results, the first few."""
        shared = [change for change in self.changes if change.edition != EDITIONS[0]]
        lines = [f"{self.same} results are the same, {len(self.changes) - len(shared)} are not."]
        lines += [f"Of the results in the edition to share {len(shared)} are not the same."] if shared else []
        lines += [f"- {cause}" for cause in self.causes]
        if self.changes and not self.causes:
            lines.append(
                "- Files, plan, code, versions and machine are the same. outcomes verify says which run is off."
            )
        lines += [_say(change) for change in self.changes[:SHOWN]]
        if len(self.changes) > SHOWN:
            lines.append(f"and {len(self.changes) - SHOWN} more; --json lists them all.")
        return "\n".join([*lines, *(f"not compared: {reason}" for reason in self.unread)])


def diff(before: Path, after: Path, studies: tuple[Path, Path] | None = None) -> Difference:
    """Compare two runs; where both studies are at hand, as the runs were made from them, row by row.

    Parameters
    ----------
    before, after : Path
    studies : tuple of Path, optional
        Folders of their studies, where they are not where the runs say.

    Raises
    ------
    RunNotFoundError, RunDamagedError
        When one of them is no run.
    """
    causes = find_causes((before, read_manifest(before)), (after, read_manifest(after)), studies)
    one, other = read_registry(before / RESULTS), read_registry(after / RESULTS)
    changes = list(_changes(one, other, causes, "internal"))
    same = len(one.keys() | other.keys()) - len(changes)
    unread = []
    try:
        then, now = (read_registry(run / "share" / RESULTS) for run in (before, after))
        changes += _changes(then, now, causes, "share")
    except OutcomesError as fault:
        unread.append(f"share/{RESULTS} ({fault})")
    changes.sort(key=lambda change: (change.edition, not change.is_main, change.id))
    said = tuple(cause.sentence for cause in causes)
    return Difference(causes=said, changes=tuple(changes), same=same, unread=tuple(unread))


def _changes(
    one: Registry, other: Registry, causes: Sequence[Cause], edition: Literal["internal", "share"]
) -> Iterator[Change]:
    mains = _mains(one) | _mains(other)
    for name in sorted(one.keys() | other.keys()):
        records = [registry.record(name) if name in registry else None for registry in (one, other)]
        fields = _fields(*records)
        if fields is None:
            continue
        there = [record for record in records if record is not None]
        able = choose_causes(causes, there, edition)
        texts = [None if record is None else record.text for record in records]
        yield Change(
            id=name,
            label=there[-1].outcome.label,
            edition=edition,
            before=texts[0],
            after=texts[1],
            fields=fields,
            causes=tuple(cause.sentence for cause in able),
            because=able[0].tells(there[-1]) if len(able) == 1 and able[0].tells is not None else "",
            is_main=name in mains,
        )


def _mains(registry: Registry) -> set[str]:
    """Name the verdicts, and the comparisons that they are read from."""
    verdicts = [one.key for one in registry.values() if isinstance(one, Estimate) and one.verdict is not None]
    compared = (main_key(registry, key.measure, key.visit) for key in verdicts if key.measure)
    return {str(key) for key in (*verdicts, *compared)}


def _fields(one: Record | None, other: Record | None) -> tuple[str, ...] | None:
    """Name the fields of a result that differ; None where none does. What it was computed from is a cause."""
    if one is None or other is None:
        return ()
    fields = [field for field in differing_fields(one, other) if field != "provenance"]
    return tuple(fields) or None


def _say(change: Change) -> str:
    place = "" if change.edition == EDITIONS[0] else "in the edition to share, "
    because = f" because {change.because}" if change.because else _because(change.causes)
    return f"{place}{change.label}{_became(change)}{because} [{change.id}]"


def _became(change: Change) -> str:
    if change.before is None:
        return f" is new: {change.after}"
    if change.after is None:
        return f" is gone; it was {change.before}"
    if change.before != change.after:
        return f" went from {_without_end(change.before, change.after)} to {change.after}"
    named = dict.fromkeys(_WORDS[field] for field in change.fields if field in _WORDS)
    if named:
        return f" is {change.after} as before; {' and '.join(named)} changed"
    if set(change.fields) <= _NUMBERS:
        return f" is {change.after} as before, but not beyond the printed digits"
    return f" is {change.after} as before; {', '.join(change.fields)} changed"


def _without_end(before: str, after: str) -> str:
    """Take from a number the words that the number after it ends in as well: "from 3.1 to 2.8 points lower"."""
    number, _, words = before.partition(" ")
    return number if words and words == after.partition(" ")[2] else before


def _because(causes: Sequence[str]) -> str:
    """Name the cause where one alone reaches a result."""
    if len(causes) == 1:
        return f", because of this: {causes[0].rstrip('.')}"
    return f"; {len(causes)} of the causes above can have done it" if causes else ""
