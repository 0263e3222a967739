"""What a verification says: one check a line, and the exit code that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["equal", "differs", "not checked", "noted"]
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was checked.

    Attributes
    ----------
    name : str
        What was compared.
    status : str
        equal, differs, not checked, or noted: to be known, such as that the code is another, or what nobody can check.
    count : int
        Things compared, not checked, or noted [count].
    faults : tuple of str
        A sentence for each difference; or what was not checked, and why; or what is noted.
    """

    name: str
    status: Status
    count: int
    faults: tuple[str, ...] = ()

    def to_lines(self) -> list[str]:
        """Say it for a terminal: the first few differences and how many more; all that was not checked or is noted."""
        if self.status in {"not checked", "noted"}:
            return [f"{self.status:<12} {self.name}", *(f"             {reason}" for reason in self.faults)]
        lines = [f"{self.status:<12} {self.name} ({self.count} compared)"]
        lines += [f"             {fault}" for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            lines.append(f"             and {len(self.faults) - SHOWN} more")
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All checks of a run."""

    checks: tuple[Check, ...]

    @property
    def exit_code(self) -> int:
        """0 all equal, 1 something differs, 2 nothing differs but something was not checked."""
        statuses = {check.status for check in self.checks}
        if "differs" in statuses:
            return 1
        return 2 if "not checked" in statuses else 0

    def to_text(self) -> str:
        """All checks, one under another; what was not checked is said once more in a line at the end."""
        lines = [line for check in self.checks for line in check.to_lines()]
        unchecked = [check for check in self.checks if check.status == "not checked"]
        if unchecked:
            lines.append(f"Not everything was checked: {'; '.join(dict.fromkeys(one.name for one in unchecked))}.")
        return "\n".join(lines)


def judge(name: str, count: int, faults: list[str]) -> Check:
    """Make a check of what was compared and what differed."""
    return Check(name=name, status="differs" if faults else "equal", count=count, faults=tuple(faults))


def leave(name: str, reasons: list[str]) -> list[Check]:
    """Make a check of what was not checked; none where there is nothing."""
    return [Check(name=name, status="not checked", count=len(reasons), faults=tuple(reasons))] if reasons else []


def note(name: str, facts: list[str]) -> list[Check]:
    """Make a check of what is to be known, whatever the others find; none where there is nothing."""
    return [Check(name=name, status="noted", count=len(facts), faults=tuple(facts))] if facts else []
