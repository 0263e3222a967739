"""The styles, page and running head of the Word document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.render.word.markup import MUTED, declare, field, text_of, to_xml_text

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

    from outcomes.render.document import Document

FONT = "Calibri"
INK = "1C2430"
# name of the style: size [points], bold, colour, space before and after [points]
HEADINGS = {
    "Title": (20.0, True, INK, 0.0, 6.0),
    "Heading 1": (16.0, True, INK, 18.0, 6.0),
    "Heading 2": (12.0, True, INK, 12.0, 4.0),
    "Heading 3": (10.5, True, INK, 10.0, 3.0),
}
OWN = {
    "Lead": (11.5, INK, 0.0, 8.0),
    "Quiet": (9.0, MUTED, 0.0, 6.0),
    "Meaning": (10.0, INK, 6.0, 8.0),
    "Table Text": (8.5, INK, 1.0, 1.0),
    "Fold": (8.5, MUTED, 2.0, 2.0),
}
MARGIN_MM, TOP_MM = 19.0, 22.0
HEAD_LENGTH = 80


def open_template(document: Document, *, run: str) -> WordDocument:
    """Make an empty document with the styles of the report."""
    import docx
    from docx.shared import Mm

    word = docx.Document()
    _drop_thumbnail(word)
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(TOP_MM)
    _set_styles(word, document.language)
    _set_head(section, document.title, run)
    return word


def _drop_thumbnail(word: Any) -> None:
    """Take out the picture of another document that comes with the template of python-docx."""
    relations = word.part.package.rels
    for name in [name for name, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[name]


def _set_styles(word: Any, language: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE

    normal = word.styles["Normal"]
    _set(normal, 10.0, INK, 0.0, 6.0)
    _set_language(normal, language)
    for name, (size, bold, colour, before, after) in HEADINGS.items():
        _set(word.styles[name], size, colour, before, after)
        word.styles[name].font.bold = bold
        word.styles[name].paragraph_format.keep_with_next = True
    for name, (size, colour, before, after) in OWN.items():
        style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        _set(style, size, colour, before, after)
    contents = word.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    contents.base_style = normal
    _set(contents, 10.0, INK, 0.0, 2.0)
    _stop_at_the_right(contents)
    _set(word.styles["Caption"], 9.0, MUTED, 6.0, 4.0)
    word.styles["Caption"].font.bold = False
    code = word.styles.add_style("Code", WD_STYLE_TYPE.CHARACTER)
    code.font.name = "Consolas"


def _set(style: Any, size: float, colour: str, before: float, after: float) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size = FONT, Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(attribute), None)  # a font of the theme would overrule the one named
    for attribute in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(attribute), FONT)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        style.element.get_or_add_pPr().remove(borders)


def _set_language(style: Any, language: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    given = OxmlElement("w:lang")
    given.set(qn("w:val"), language)
    style.element.get_or_add_rPr().append(given)


def _set_head(section: Any, title: str, run: str) -> None:
    shown = title if len(title) <= HEAD_LENGTH else f"{title[:HEAD_LENGTH]}…"
    head = section.header.paragraphs[0]
    head.text, head.style = f"{to_xml_text(shown)}\t{run}", "Quiet"
    foot = section.footer.paragraphs[0]
    foot.style = "Quiet"
    _add(foot, text_of("Page ") + field("PAGE", "1") + text_of(" of ") + field("NUMPAGES", "1"))
    for paragraph in (head, foot):
        _stop_at_the_right(paragraph)


def _add(paragraph: Any, content: str) -> None:
    """Add markup to a paragraph."""
    from docx.oxml import parse_xml

    for part in list(parse_xml(declare("p", content))):
        paragraph._p.append(part)  # noqa: SLF001  # python-docx has no fields


def _stop_at_the_right(made: Any) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm

    made.paragraph_format.tab_stops.add_tab_stop(Mm(210 - 2 * MARGIN_MM), WD_TAB_ALIGNMENT.RIGHT)


def new_numbers(word: Any) -> int:
    """Make a numbering that begins at one again; every ordered list has its own."""
    numbering = word.part.numbering_part.element
    style = word.styles["List Number"].element.pPr.numPr.numId.val
    kind = next(one for one in numbering.num_lst if one.numId == style).abstractNumId.val
    made = numbering.add_num(kind)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made.numId)
