"""A picture as an address comes back as it was, but for quotes and line ends, and breaks out of no attribute."""

from __future__ import annotations

from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from outcomes.charts.address import START, to_address


@given(st.text())
def test_what_goes_in_comes_out_with_other_quotes_and_without_line_ends(body: str) -> None:
    svg = f"<svg>{body}</svg>"
    address = to_address(f'<?xml version="1.0"?>\n{svg}')
    assert address.startswith(START)
    assert unquote(str(address).removeprefix(START)) == svg.replace("\n", " ").replace('"', "'")
    assert not set('"<>#&\n') & set(address)
