"""What the files of a run are called; its documents are listed in `outcomes.reporting.documents`."""

from __future__ import annotations

from outcomes.reporting.documents import EDITIONS, FORMATS, INTERNAL, PAPERS, SHARE

__all__ = [
    "ARD",
    "EDITIONS",
    "FORMATS",
    "INTERNAL",
    "MANIFEST",
    "PAPERS",
    "POOLED",
    "PUBLISHED",
    "RESULTS",
    "R_PROGRAM",
    "SHARE",
]

MANIFEST, RESULTS = "manifest.json", "results.json"
R_PROGRAM = "audit/program.R"  # computes the estimates from the study by itself
PUBLISHED = "audit/evidence.csv"  # which it reads where the study has no published results of its own
POOLED = "pool"  # what the manifest of a pooled run calls its kind; that of a study says none
ARD = "audit/ard.json"  # one row a statistic
