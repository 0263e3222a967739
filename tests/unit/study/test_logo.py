"""Logos: what only draws is taken, everything else is refused before it can stand in a report."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from outcomes.study.logo import LARGEST, read_logo
from outcomes.study.source import Refusal

if TYPE_CHECKING:
    from pathlib import Path

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
DRAWING = f'{HEAD}<path d="M0 0h40v20H0z" fill="#14557b"/></svg>'


def make_png(width: int = 3, height: int = 2) -> bytes:
    """Make a grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def put(home: Path, name: str, content: bytes | str) -> str:
    """Write a logo and read it as the program does."""
    (home / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_logo(home, name)


def test_an_svg_and_a_png_become_a_picture_of_their_own_shape(tmp_path: Path) -> None:
    """Both are held whole, in a frame of their size."""
    assert 'viewBox="0 0 40 20"' in put(tmp_path, "logo.svg", DRAWING)
    assert 'viewBox="0 0 3 2"' in put(tmp_path, "logo.png", make_png())


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}<script>alert(1)</script></svg>",
        f'{HEAD}<path d="M0 0" onload="alert(1)"/></svg>',
        f'{HEAD}<image href="https://example.org/a.png"/></svg>',
        f'{HEAD}<use xlink:href="https://example.org/a.svg#b"/></svg>',
        f'{HEAD}<path d="M0 0" fill="url(https://example.org/a.svg#b)"/></svg>',
        f'{HEAD}<path d="M0 0" style="fill:u\\72l(//example.org)"/></svg>',
        f"{HEAD}<style>@import 'https://example.org/a.css';</style></svg>",
        f"{HEAD}<foreignObject><p>a</p></foreignObject></svg>",
        f'{HEAD}<a href="https://example.org"><path d="M0 0"/></a></svg>',
        f'{HEAD}<path d="M0 0"><set attributeName="href" to="javascript:alert(1)"/></path></svg>',
        f'<?xml-stylesheet href="a.css"?>{DRAWING}',
        f'<!DOCTYPE svg [<!ENTITY a "b">]>{DRAWING}',
        f"{HEAD}<text>Clinic</text></svg>",
        '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99999 1"><path d="M0 0"/></svg>',
        "no picture at all",
        f"{DRAWING}{' ' * LARGEST}",
    ],
)
def test_an_svg_that_does_more_than_draw_is_refused(tmp_path: Path, content: str) -> None:
    """Scripts, links, pictures and styles from elsewhere, letters without a font, no size, too many bytes."""
    with pytest.raises(Refusal):
        put(tmp_path, "logo.svg", content)


@pytest.mark.parametrize(
    "content", [b"GIF89a", make_png()[:-3], make_png() + b"more", make_png().replace(b"\x08", b"\x09", 1)]
)
def test_a_png_that_is_none_or_damaged_or_holds_more_is_refused(tmp_path: Path, content: bytes) -> None:
    """Every chunk is whole, and nothing stands behind the last."""
    with pytest.raises(Refusal):
        put(tmp_path, "logo.png", content)


def test_a_logo_that_is_not_there_or_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    """A link out of the study is not followed."""
    home, outside = tmp_path / "study", tmp_path / "secret.png"
    home.mkdir()
    outside.write_bytes(make_png())
    with pytest.raises(Refusal):
        read_logo(home, "logo.png")
    (home / "logo.png").symlink_to(outside)
    with pytest.raises(Refusal):
        read_logo(home, "logo.png")
