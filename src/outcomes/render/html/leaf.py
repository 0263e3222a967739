"""A document that is one sheet to hand out: a page of its own, without script, contents or glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from outcomes.render.html.blocks import write_blocks, write_section
from outcomes.render.html.page import read_style

if TYPE_CHECKING:
    from outcomes.render.html.page import Page

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_leaf(page: Page) -> str:
    """Write the page; it is made of its header and its sections alone."""
    style = f"{read_style('page.css')}\n{read_style('leaf.css')}"
    sections = (write_section(section, page.addresses, page.links) for section in page.parts)
    body = "\n".join([write_blocks(page.header, page.addresses, page.links), *sections])
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n<meta name="robots" content="noindex">\n'
        f'<title data-literal="plan:title">{escape(page.title)}</title>\n<style>\n{style}\n</style>\n</head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>"
    )
