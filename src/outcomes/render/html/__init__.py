"""A report as one self-contained page: blocks in, HTML out."""

from outcomes.render.html.blocks import write_section

__all__ = ["write_section"]
