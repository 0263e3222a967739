"""A picture inside a page: SVG as a data address, with as few letters encoded as an attribute and a browser allow."""

from __future__ import annotations

from markupsafe import Markup

START = "data:image/svg+xml,"
# A browser takes line ends out of an address; a hash would begin a fragment; the attribute stands in double quotes.
_CODES = {"%": "%25", "<": "%3C", ">": "%3E", "#": "%23", "&": "%26"}  # that of the sign of a code itself comes first


def to_address(svg: str) -> Markup:
    """Give the address of a picture; its attributes change to single quotes."""
    body = svg[svg.index("<svg") :]  # the declaration of a file is of no use in an address
    for letter, code in (_CODES | {"\n": " ", '"': "'"}).items():
        body = body.replace(letter, code)
    return Markup(START + body)  # noqa: S704  # no letter is left that could end it
