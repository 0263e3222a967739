"""A picture inside a page: SVG as a data address, with as few letters encoded as an attribute and a browser allow."""

from __future__ import annotations

from markupsafe import Markup

START = "data:image/svg+xml,"
# A browser takes line ends out of an address; a hash would begin a fragment; the attribute stands in double quotes.
_DECODED = {"%3C": "<", "%3E": ">", "%23": "#", "%26": "&", "%25": "%"}
_CHANGED: dict[str, str | int | None] = {letter: letters for letters, letter in _DECODED.items()}
_CHANGED |= {"\n": " ", '"': "'"}


def to_address(svg: str) -> Markup:
    """Give the address of a picture; its attributes change to single quotes."""
    body = svg[svg.index("<svg") :]  # the declaration of a file is of no use in an address
    return Markup(START + body.translate(str.maketrans(_CHANGED)))  # noqa: S704  # no letter is left that could end it


def from_address(address: str) -> str:
    """Give the picture behind an address, or an empty text where it is none."""
    if not address.startswith(START):
        return ""
    svg = str(address).removeprefix(START)  # a Markup would encode again what is put in
    for letters, letter in _DECODED.items():
        svg = svg.replace(letters, letter)
    return svg
