"""One run folder: answer, release, render; written whole or not at all, and never over another run."""

from outcomes.runs.files import with_texts
from outcomes.runs.manifest import describe_run, digest_of, read_manifest
from outcomes.runs.names import EDITIONS, MANIFEST, RESULTS
from outcomes.runs.software import CODE
from outcomes.runs.write import Run, count_steps, write_run

__all__ = [
    "CODE",
    "EDITIONS",
    "MANIFEST",
    "RESULTS",
    "Run",
    "count_steps",
    "describe_run",
    "digest_of",
    "read_manifest",
    "with_texts",
    "write_run",
]
