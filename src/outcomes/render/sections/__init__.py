"""Sections of the report, each from a question's results: `make_section(context)` gives its blocks."""
