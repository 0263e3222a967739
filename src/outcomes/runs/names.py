"""What the files of a run are called."""

from __future__ import annotations

MANIFEST, RESULTS = "manifest.json", "results.json"
R_PROGRAM = "audit/program.R"  # computes the estimates from the study by itself
ARD = "audit/ard.json"  # one row a statistic
INTERNAL, SHARE = EDITIONS = ("internal", "share")
PAGE, SUMMARY, PDF, WORD = "report.html", "summary.html", "report.pdf", "report.docx"
FORMATS = ("html", "pdf", "docx")  # in which a report can be written
REPORTS = {"html": PAGE, "pdf": PDF, "docx": WORD}  # the report by format; the plain summary is a page too
