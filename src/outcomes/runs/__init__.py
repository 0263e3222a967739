"""One run folder: answer, release, render; written whole or not at all, and never over another run."""

from outcomes.runs.manifest import CODE, MANIFEST, describe_run, digest_of, read_manifest
from outcomes.runs.write import EDITIONS, PAGE, RESULTS, SUMMARY, Run, count_steps, with_texts, write_run

__all__ = [
    "CODE",
    "EDITIONS",
    "MANIFEST",
    "PAGE",
    "RESULTS",
    "SUMMARY",
    "Run",
    "count_steps",
    "describe_run",
    "digest_of",
    "read_manifest",
    "with_texts",
    "write_run",
]
