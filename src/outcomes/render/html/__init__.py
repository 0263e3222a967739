"""A report as one self-contained page: blocks in, HTML out."""

from outcomes.render.html.blocks import write_section
from outcomes.render.html.page import Page, write_page

__all__ = ["Page", "write_page", "write_section"]
