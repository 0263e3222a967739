"""What an analyst holds in a notebook: the results of a study, with their tables and figures."""

from outcomes.notebook.results import Results

__all__ = ["Results"]
