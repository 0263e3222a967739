"""Paths into what a page quotes beside results: `arms.full.label` of the plan, `files.0.digest` of the manifest."""

from __future__ import annotations

from typing import Any

POINT = "."


def join_path(*keys: object) -> str:
    """Give the path of keys and places below one another."""
    return POINT.join(map(str, keys))


def find_at(tree: Any, path: str) -> Any:
    """Give what stands at a path, as `join_path` makes it.

    Raises
    ------
    KeyError
        Where there is nothing.
    """
    for key in path.split(POINT):
        try:
            tree = tree[int(key)] if isinstance(tree, list | tuple) else tree[key]
        except (KeyError, IndexError, TypeError, ValueError) as nothing:
            raise KeyError(path) from nothing
    return tree
