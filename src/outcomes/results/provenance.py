"""Where a result comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What was done to which files to get a result.

    Attributes
    ----------
    analysis : str
        Name of the analysis in the catalogue.
    question : str
        The question of the clinic that it answers.
    code : str
        The function that computed it, as an import path.
    files : tuple of str
        Files of the study that it read, relative to its folder.
    digest : str
        SHA-256 over the names and digests of those files and of the plan.
    seed : int or None
        Seed of its own random stream, None where nothing is drawn.
    """

    analysis: str
    question: str
    code: str
    files: tuple[str, ...]
    digest: str
    seed: int | None = None


def name_code(function: Callable[..., Any]) -> str:
    """Give the import path of the function that computed a result."""
    return f"{function.__module__}.{function.__qualname__}"
