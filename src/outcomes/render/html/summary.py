"""The summary in plain language: a page of its own, without script, contents or glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from outcomes.render.html.blocks import write_blocks, write_section
from outcomes.render.html.page import read_style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.blocks.model import Block, Section

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_summary(title: str, header: Iterable[Block], sections: Iterable[Section]) -> str:
    """Write the page.

    Parameters
    ----------
    title : str
        Title of the plan.
    header : iterable of Block
    sections : iterable of Section
    """
    style = f"{read_style('page.css')}\n{read_style('summary.css')}"
    body = "\n".join([write_blocks(header, {}), *(write_section(section, {}) for section in sections)])
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n<meta name="robots" content="noindex">\n'
        f'<title data-literal="plan:title">{escape(title)}</title>\n<style>\n{style}\n</style>\n</head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>"
    )
