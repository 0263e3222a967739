"""What each code means, why it matters, and what to do."""

from __future__ import annotations

import difflib
import tomllib
from functools import cache
from importlib import resources

from outcomes.errors import UnknownCodeError


@cache
def read_codes() -> dict[str, str]:
    """Explanation of every code, by code."""
    text = resources.files("outcomes.study").joinpath("codes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def explain(code: str) -> str:
    """Explain a code.

    Raises
    ------
    UnknownCodeError
        When there is no such code.
    """
    wanted, codes = code.strip().upper(), read_codes()
    if wanted not in codes:
        raise UnknownCodeError(wanted, difflib.get_close_matches(wanted, codes, n=3))
    return f"{wanted}  {codes[wanted]}"
