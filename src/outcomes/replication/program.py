"""The R program that a run carries: `program.R` with the keys of the instruments that its study scores, or a pool's."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import TYPE_CHECKING

from outcomes.plan.write import to_toml

if TYPE_CHECKING:
    from outcomes.plan.model import Plan

PROGRAM = "program.R"
PLACE = "KEYS <- list()\n"
POOL = "pool.R"
SHARED_PLACE = "# here stands what the program of a study has as well\n"
SHARED = re.compile("^# in the program of a pool as well\n(.*?)^# up to here\n", re.MULTILINE | re.DOTALL)


def make_program(plan: Plan) -> str:
    """Write the R program for a study, with the definitions of its instruments in it: it needs nothing but R.

    Parameters
    ----------
    plan : Plan
        It names the instruments that are scored from items.
    """
    text = (resources.files("outcomes.replication") / PROGRAM).read_text(encoding="utf-8")
    folder = resources.files("outcomes.instruments") / "definitions"
    own = {word: to_toml(one.key_alone()) for word, one in plan.instruments.items()}
    ids = {name: plan.instrument(name).id for name in {one.instrument for one in plan.measures.values()} if name}
    keys = {name: own.get(word) or (folder / f"{word}.toml").read_text("utf-8") for name, word in sorted(ids.items())}
    entries = ",\n".join(f'{json.dumps(name)} = r"-----({key})-----"' for name, key in keys.items())
    return text.replace(PLACE, f"KEYS <- list(\n{entries})\n", 1) if keys else text


def make_pool_program() -> str:
    """Write the R program for a pool: what that of a study has as well, what is a pool's own, and the comparison."""
    folder = resources.files("outcomes.replication")
    *functions, comparison = SHARED.findall((folder / PROGRAM).read_text(encoding="utf-8"))
    own = (folder / POOL).read_text(encoding="utf-8")
    text: str = own.replace(SHARED_PLACE, "\n".join(functions), 1) + comparison
    return text
