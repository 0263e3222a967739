"""One run folder: answer, release, render; written whole or not at all, and never over another run."""

from outcomes.runs.manifest import MANIFEST, digest_of, read_manifest
from outcomes.runs.write import EDITIONS, RESULTS, Run, with_texts, write_run

__all__ = [
    "EDITIONS",
    "MANIFEST",
    "RESULTS",
    "Run",
    "digest_of",
    "read_manifest",
    "with_texts",
    "write_run",
]
