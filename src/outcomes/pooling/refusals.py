"""What a pool refuses, before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from collections.abc import Sequence


class AgreementError(OutcomesError):
    """An agreement to pool that cannot be made, read or used."""

    code = "E123"

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        begin = f"{name} cannot be used as an agreement; nothing was written."
        super().__init__("\n  ".join((begin, *faults)))


class ContributionRefusedError(OutcomesError):
    """A clinic's contribution to a pool that may not be made."""

    code = "E124"
    begin: ClassVar[str] = "There is no contribution; nothing was written, and nothing left the clinic."

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n  ".join((self.begin, *reasons)))


class PoolRefusedError(ContributionRefusedError):
    """Files of clinics that cannot be pooled."""

    code, begin = "E125", "These files cannot be pooled; nothing was written."
