"""How a file of answers is to be read: its coding, what is reversed in it already, which score is wanted."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.instruments import Instrument, ScoreRule


class ScoringSettingsError(ValueError):
    """Settings that contradict each other or the instrument; a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringSettings:
    """Settings of one measure. What is left out follows the published form.

    Attributes
    ----------
    coding : "published" or "opposite"
        Whether the options are numbered as on the published form, or the other way round for every item.
    items_already_reversed : bool
        The file's columns already run in one direction: no item is to be reversed.
    reverse_items : tuple of int, or None
        Numbers of the items to reverse, instead of the key's, where only some arrive reversed.
    score : str or None
        Name of the score: a total, a subscale, or either in another metric (`sum`, `depression.undoubled`); None asks
        for the published score.
    maximum_missing : int or None
        Most items of that score that may be missing before there is no score, instead of the instrument's cap.
    """

    coding: Literal["published", "opposite"] = "published"
    items_already_reversed: bool = False
    reverse_items: tuple[int, ...] | None = None
    score: str | None = None
    maximum_missing: int | None = None


def to_settings(given: object) -> ScoringSettings:
    """Read settings off anything with the same attributes, such as a table of the plan; of None, all published."""
    if isinstance(given, ScoringSettings):
        return given
    values = {f.name: getattr(given, f.name) for f in fields(ScoringSettings) if hasattr(given, f.name)}
    if values.get("reverse_items") is not None:
        values["reverse_items"] = tuple(values["reverse_items"])
    return ScoringSettings(**values)


def require_settings(instrument: Instrument, settings: ScoringSettings) -> ScoreRule:
    """Rule of the score that is asked for; raises where settings and instrument do not go together."""
    rule = instrument.score(settings.score)
    if settings.coding not in {"published", "opposite"}:
        msg = "`coding` must be 'published' or 'opposite'"
        raise ScoringSettingsError(msg)
    if settings.items_already_reversed and settings.reverse_items:
        msg = "`items_already_reversed` says that nothing is to be reversed, and `reverse_items` names items: keep one"
        raise ScoringSettingsError(msg)
    unknown = set(settings.reverse_items or ()) - set(range(1, instrument.n_items + 1))
    if unknown:
        msg = f"`reverse_items` names an item that {instrument.id} does not have; it has 1 to {instrument.n_items}"
        raise ScoringSettingsError(msg)
    if settings.maximum_missing is not None and not 0 <= settings.maximum_missing < len(rule.items):
        msg = f"`maximum_missing` must lie between 0 and {len(rule.items) - 1} for {rule.name} of {instrument.id}"
        raise ScoringSettingsError(msg)
    return rule


def reversed_by(instrument: Instrument, settings: ScoringSettings) -> frozenset[int]:
    """Numbers of the items that run against the others in this file, and so are reversed before scoring."""
    if settings.items_already_reversed:
        return frozenset()
    return frozenset(instrument.reversed_items if settings.reverse_items is None else settings.reverse_items)


def turn_answers(
    answers: NDArray[np.float64], instrument: Instrument, settings: ScoringSettings
) -> NDArray[np.float64]:
    """Answers (n, items) with every item running as its subscale does; a missing answer stays missing.

    Under the opposite coding every item is turned once more, so that an item that the key reverses stays as it is.
    """
    reverse = np.isin(np.arange(1, instrument.n_items + 1), list(reversed_by(instrument, settings)))
    turned = reverse ^ (settings.coding == "opposite")
    low, high = instrument.answers
    return np.where(turned, low + high - answers, answers)
