"""What a verification says: one check a line, and the exit code that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["equal", "differs", "not checked"]
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was checked.

    Attributes
    ----------
    name : str
        What was compared.
    status : str
        equal, differs, or not checked.
    count : int
        Things compared [count].
    faults : tuple of str
        A sentence for each difference, or the reason why nothing was checked.
    """

    name: str
    status: Status
    count: int
    faults: tuple[str, ...] = ()

    def to_lines(self) -> list[str]:
        """Say it for a terminal: the first few faults, and how many more."""
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
        """All checks, one under another."""
        return "\n".join(line for check in self.checks for line in check.to_lines())


def judge(name: str, count: int, faults: list[str]) -> Check:
    """Make a check of what was compared and what differed."""
    return Check(name=name, status="differs" if faults else "equal", count=count, faults=tuple(faults))
