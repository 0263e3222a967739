"""Correction of p-values over a declared family. Source: Holm (1979)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def adjust_holm(*, p_values: Mapping[str, float], family_size: int) -> dict[str, float]:
    """Adjust by Holm's step-down procedure.

    Parameters
    ----------
    p_values : mapping of str to float
        By name; what could not be estimated is absent.
    family_size : int
        Tests that were declared; those without a p-value count as if they were the largest [count].

    Returns
    -------
    dict of str to float
        Adjusted p-values under the same names.

    Raises
    ------
    ValueError
        When the family is smaller than the p-values given, or one of them is no probability.
    """
    if not all(0 <= p_value <= 1 for p_value in p_values.values()):
        msg = "a p-value is a number between 0 and 1; one that could not be had is left out and counts in the family"
        raise ValueError(msg)
    if family_size < len(p_values):
        msg = "the declared family is smaller than the tests in it"
        raise ValueError(msg)
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, (name, p_value) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        largest = max(largest, min(1.0, (family_size - rank) * p_value))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}
