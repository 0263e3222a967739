"""The figures of a run as PNG for slides: the same pictures as the SVG beside them, in the manifests like any file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from PIL import Image

from outcomes.cli.main import main as command
from outcomes.render.raster import draw_slide
from outcomes.reporting.documents import EDITIONS

if TYPE_CHECKING:
    from pathlib import Path

WIDTH = 1339  # pixels: 170 mm at 200 an inch


@pytest.mark.parametrize("edition", EDITIONS)
def test_beside_each_svg_stands_the_same_figure_as_png_on_white(small_run: Path, edition: str) -> None:
    folder = small_run / edition / "figures"
    drawn = {file.stem: file for file in folder.glob("*.svg")}
    assert drawn.keys() == {file.stem for file in folder.glob("*.png")} != set()
    for name, svg in drawn.items():
        _, _, width, height = map(float, etree.parse(svg).getroot().get("viewBox").split())
        with Image.open(folder / f"{name}.png") as image:
            assert image.format == "PNG"
            assert abs(image.width - WIDTH) <= 1
            assert abs(image.height - WIDTH * height / width) <= 1, name
            assert image.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)
            assert image.convert("L").getextrema()[0] < 128  # something dark stands on it


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_stands_in_the_manifest_and_is_drawn_again_byte_for_byte(small_run: Path, edition: str) -> None:
    named = {one["name"] for one in json.loads((small_run / "manifest.json").read_text(encoding="utf-8"))["outputs"]}
    files = sorted((small_run / edition / "figures").glob("*.png"))
    assert {file.relative_to(small_run).as_posix() for file in files} <= named
    file = files[0]
    assert draw_slide(file.with_suffix(".svg").read_text(encoding="utf-8")) == file.read_bytes()


def test_another_svg_gives_another_png(small_run: Path) -> None:
    svg = next((small_run / "internal" / "figures").glob("*.svg")).read_text(encoding="utf-8")
    assert draw_slide(svg.replace('<g id="text_1">', '<g id="text_1" opacity="0">', 1)) != draw_slide(svg)


def test_figures_alone_are_no_report() -> None:
    with pytest.raises(Exception, match="at least one of html, pdf, docx"):
        command(["report", "--formats", "png"], standalone_mode=False)
