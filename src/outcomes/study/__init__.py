"""The study folder: read once, validated at once. Called, `outcomes.study(…)` makes a study of data frames."""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False  # to import typing takes longer than the rest of the package
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from outcomes.plan.model import Plan
    from outcomes.study.model import Study


class _Callable(ModuleType):
    """A package that is also a call: to import a part of it would hide a function of its name."""

    def __call__(
        self,
        *,
        clients: Any,
        plan: Plan | Mapping[str, Any] | str | Path,
        items: Mapping[str, Any] | None = None,
        instruments: Mapping[str, Any] | None = None,
        name: str = "study",
        folder: str | Path = ".",
        **tables: Any,
    ) -> Study:
        from outcomes.study.of_frames import make_study

        return make_study(
            clients=clients, plan=plan, items=items, instruments=instruments, name=name, folder=folder, **tables
        )


sys.modules[__name__].__class__ = _Callable
