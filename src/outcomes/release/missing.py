"""What numbers about those not seen would tell.

Patterns add up to those who started, and a difference that moves with what is assumed of those who left tells how many
they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.plan.model import Disclosure
    from outcomes.results.registry import Registry

# Which leavers the results move with; the rest of `imputation` assumes nothing of those who left.
MOVED_BY = {
    "tipping_point": ("full",),
    "tipping_lean": ("full",),
    "by_delta": ("full",),
    "worse_full": ("full",),
    "worse_skills": ("skills",),
    "worse_both": ("full", "skills"),
    **{
        f"{word}{way}": ("full", "skills")
        for word in ("jump_to_reference", "copy_increments", "copy_reference")
        for way in ("", "_rubin")
    },
}


def hide_missing(registry: Registry, hidden: Iterable[str], rules: Disclosure) -> dict[str, str]:
    """Give what has to be hidden besides, with reasons."""
    known = set(hidden)
    found = _moved(registry, known) | _described(registry, known)
    return found | _parts(registry, known, rules)


def _moved(registry: Registry, hidden: set[str]) -> dict[str, str]:
    """Hide what moves with those who left an arm where their count is hidden."""
    reason = "with the main difference it would tell how many people left, a count below the plan's minimum"
    found = {}
    for outcome in registry.under("imputation"):
        words = outcome.id.split(".")
        left = [f"missing.{words[1]}.{words[2]}.{arm}.left" for arm in MOVED_BY.get(words[-1], ())]
        if outcome.id not in hidden and any(name in hidden for name in left):
            found[outcome.id] = reason
    return found


def _described(registry: Registry, hidden: set[str]) -> dict[str, str]:
    """Hide the mean last score of those not seen next where they are few."""
    reason = "a mean of fewer people than the plan's minimum count"
    names = [name for name in registry if name.startswith("missing.") and name.endswith(".last_score")]
    counts = {name: f"{name.removesuffix('last_score')}missed_next" for name in names}
    return {name: reason for name, count in counts.items() if count in hidden and name not in hidden}


def _parts(registry: Registry, hidden: set[str], rules: Disclosure) -> dict[str, str]:
    """Hide of patterns, kinds and reasons for being left out the smallest until the hidden are no small count."""
    reason = "with the other parts of the same whole it would tell a count that is hidden"
    wholes: dict[tuple[str, ...], list[Estimate]] = {}
    for outcome in registry.under("missing"):
        words = outcome.id.split(".")
        if isinstance(outcome, Estimate) and words[2] in {"pattern", "kind"}:
            wholes.setdefault((words[1], words[2], words[-1]), []).append(outcome)
    for outcome in registry.under("flow"):
        words = outcome.id.split(".")
        if isinstance(outcome, Estimate) and words[-2] == "left_out":
            wholes.setdefault((*words[1:3], "left_out"), []).append(outcome)
    found = {}
    for parts in wholes.values():
        secret = [part.value for part in parts if part.id in hidden]
        shown = sorted((part for part in parts if part.id not in hidden), key=lambda part: (part.value, part.id))
        while shown and secret and (len(secret) < 2 or sum(secret) < rules.minimum_count):  # noqa: PLR2004  # one is told by the rest
            part = shown.pop(0)
            found[part.id] = reason
            secret.append(part.value)
    return found
