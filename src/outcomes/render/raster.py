"""Figures as PNG, for programs that cannot read SVG; typst draws them, the same byte for byte with the same typst."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outcomes.render.pdf.compiler import FONT, compiler

if TYPE_CHECKING:
    from collections.abc import Sequence

SLIDE_PIXELS_PER_INCH = 200.0  # a figure as wide as the text, 170 mm, is 1339 pixels: most of a slide of 1920
FIGURE_WIDTH, STRIP_WIDTH = "170mm", "58mm"
_SHEET = (
    """
#set text(font: "FONT")
#let given = json(bytes(sys.inputs.pictures))
#for it in given.pictures {
  let ground = if given.on_white { white } else { none }
  page(width: if it.wide { FIGURE } else { STRIP }, height: auto, margin: 0pt, fill: ground,
    image(bytes(it.svg), format: "svg", width: 100%))
}
""".replace("FIGURE", FIGURE_WIDTH)
    .replace("STRIP", STRIP_WIDTH)
    .replace("FONT", FONT)
)


def draw_slide(svg: str) -> bytes:
    """Draw a figure for slides: as wide as the text of the report, on white, for its words are dark."""
    (drawn,) = draw_png([(svg, True)], pixels_per_inch=SLIDE_PIXELS_PER_INCH, on_white=True)
    return drawn


def draw_png(pictures: Sequence[tuple[str, bool]], *, pixels_per_inch: float, on_white: bool = False) -> list[bytes]:
    """Draw pictures as PNG, all at once.

    Parameters
    ----------
    pictures : sequence of (str, bool)
        Each as SVG, and whether it is as wide as the text or a strip of a table.
    pixels_per_inch : float
    on_white : bool
        Whether the ground is white; transparent otherwise.
    """
    if not pictures:
        return []
    given = {"on_white": on_white, "pictures": [{"svg": svg, "wide": wide} for svg, wide in pictures]}
    drawn: Any = compiler().compile(
        input=_SHEET.encode(),
        format="png",
        ppi=pixels_per_inch,
        sys_inputs={"pictures": json.dumps(given)},
    )
    return drawn if isinstance(drawn, list) else [drawn]
