"""The R program that a run carries: `program.R` with the keys of the instruments that its study scores."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAM = "program.R"
PLACE = "KEYS <- list()\n"


def make_program(instruments: Iterable[str]) -> str:
    """Write the R program for a study, with the definitions of its instruments in it: it needs nothing but R.

    Parameters
    ----------
    instruments : iterable of str
        Ids of the instruments that the plan scores from items.
    """
    text = (resources.files("outcomes.replication") / PROGRAM).read_text(encoding="utf-8")
    folder = resources.files("outcomes.instruments") / "definitions"
    keys = {name: (folder / f"{name}.toml").read_text(encoding="utf-8") for name in sorted(set(instruments))}
    entries = ",\n".join(f'{name} = r"-----({key})-----"' for name, key in keys.items())
    return text.replace(PLACE, f"KEYS <- list(\n{entries})\n", 1) if keys else text
