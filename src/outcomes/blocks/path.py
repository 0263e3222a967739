"""Paths into what a page quotes beside results: `arms.full.label` of the plan, `files.0.digest` of the manifest."""

from __future__ import annotations

from typing import Any


def find_at(tree: Any, path: str) -> Any:
    """Give what stands at a path of keys and places, parted by points.

    Raises
    ------
    KeyError
        Where there is nothing.
    """
    for key in path.split("."):
        try:
            tree = tree[int(key)] if isinstance(tree, list | tuple) else tree[key]
        except (KeyError, IndexError, TypeError, ValueError) as nothing:
            raise KeyError(path) from nothing
    return tree
