"""One digest for one content, however it is laid out: what a file says of itself can be checked against it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGEST = "digest"  # key under which a content holds the digest of all the rest of it


def digest_content(content: Any) -> str:
    """SHA-256 of what JSON can say, written with its keys in order and without white space."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seal(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give a content the digest of all its other keys."""
    bare = {key: value for key, value in content.items() if key != DIGEST}
    return {**bare, DIGEST: digest_content(bare)}


def is_sealed(content: Mapping[str, Any]) -> bool:
    """Whether a content holds the digest of all its other keys."""
    return DIGEST in content and seal(content)[DIGEST] == content[DIGEST]
