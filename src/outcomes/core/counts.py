"""A count with its noun: one of a thing is said as one."""

from __future__ import annotations


def say_count(number: int, one: str, many: str = "") -> str:
    """Give a count and its noun, such as "1 row" and "3 rows"; `many` where an s does not make the plural."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
