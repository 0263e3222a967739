"""PDF and Word: valid, stable, complete, with what a screen reader needs; hostile labels stay text."""

from __future__ import annotations

import csv
import importlib
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pikepdf
import pytest

import outcomes
from office import PDF, WORD, save_by_office
from outcomes.blocks.model import Cell, Column, ItemList, Row, columns, row
from outcomes.blocks.model import Paragraph as Said
from outcomes.blocks.model import Table as TableOf
from outcomes.blocks.phrase import Phrase, picture
from outcomes.render.document import Figure, Heading, Paragraph, Run, Table, lay_out
from outcomes.render.pdf import render_pdf
from outcomes.render.pdf.glyphs import REPLACEMENT, to_drawable
from outcomes.render.word import render_word
from outcomes.results.store import read_registry
from outcomes.runs import read_manifest
from outcomes.runs.manifest import name_on_paper
from small_study import write_small_study
from written_again import document_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.blocks.model import Block
    from outcomes.render.document import Document

EDITIONS = ("internal", "share")
# what stands in the small study, and what stands there instead
HOSTILE = {
    "Low mood (0-63)": "<script>alert(1)</script> & #let x = [1] $a_b$ *c* @d {{ e }}",
    "Skills use": "x" * 300,
    "A small synthetic study": "Mood 🙂 🧠 5 " + "long " * 50,
    "Full programme": "برنامج كامل 5 <b>",
    'label = "Mid"': 'label = "' + "m" * 300 + '"',
    'label = "End"': 'label = "🧠 <i> الأسبوع $5$"',
}

HOSTILE_STUDIES = ("<b>Ü & Co</b> – 5", "a" * 300, "دراسة 3", "🙂 study 12", "#let $x$")


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the run of a study whose labels are hostile; the study lies beside the runs, as `small`."""
    folder = write_small_study(tmp_path_factory.mktemp("hostile") / "small")
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    for harmless, label in HOSTILE.items():
        assert harmless in plan
        plan = plan.replace(harmless, label)
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    rows = [f'"{name}",{place},direct,dropout,9,54,13,34,seen' for place, name in enumerate(HOSTILE_STUDIES, 2001)]
    head = "study,year,directness,outcome,events_full,total_full,events_skills,total_skills,verification"
    (folder / "evidence.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return outcomes.report(outcomes.read_study(folder), out=folder.parent / "reports").folder


def paper(*blocks: Block) -> Document:
    """Lay out what stands above the sections, alone."""
    return lay_out("T", blocks, (), {})


def table(heads: tuple[Column, ...], *rows: Row) -> TableOf:
    return TableOf(Phrase(""), heads, rows)


def headings(document: Document) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in walk(document.blocks) if isinstance(block, Heading)]


def walk(blocks: Any) -> Iterator[Any]:
    for block in blocks:
        yield block
        yield from walk(getattr(block, "blocks", ()))


def elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_pdf_is_tagged_named_and_of_the_standards_it_claims(small_run: Path, edition: str) -> None:
    with pikepdf.open(small_run / edition / "annex.pdf") as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("2", "A", "1")
            assert about["dc:title"] == "A small synthetic study"
        tags = [str(element.S) for element in elements(pdf.Root.StructTreeRoot)]
        figures = [element for element in elements(pdf.Root.StructTreeRoot) if str(element.S) == "/Figure"]
        assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Caption", "/Figure", "/L"} <= set(tags)
        spoken = {str(figure.get("/Alt", "")) for figure in figures}
        with pdf.open_outline() as outline:
            named = [item.title for item in outline.root]
    document = document_of(small_run, edition)
    assert {to_drawable(block.alt) for block in walk(document.blocks) if isinstance(block, Figure)} == spoken
    assert all(spoken)
    sections = [
        "".join(run.text for run in block.runs)
        for block in document.blocks
        if isinstance(block, Heading) and block.level == 2
    ]
    assert [name for name in named if name != "Contents"] == sections


@pytest.mark.parametrize("profile", ["ua1", "2a"])
@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("run", ["small_run", "hostile_run"])
def test_a_validator_of_pdf_ua_and_pdf_a_finds_nothing(
    request: pytest.FixtureRequest, run: str, edition: str, profile: str
) -> None:
    validator = importlib.import_module("page")  # of page-validation
    pdf = (request.getfixturevalue(run) / edition / "annex.pdf").read_bytes()
    report = validator.validate_pdf_bytes(pdf, profile=profile)
    assert [(one.rule_id, one.message) for one in report.failures if not is_mistaken(one, pdf)] == []
    assert report.rules.total > 100


def is_mistaken(failure: Any, pdf: bytes) -> bool:
    """Whether page 0.11 took the last sign of a stream, where it is a CR, for a part of the line end behind it."""
    if not failure.rule_id.endswith("STREAM-LENGTH-001"):
        return False
    number = failure.object_id.object_number
    found = re.search(rb"\n%d 0 obj\s<<.*?/Length (\d+).*?>>\s+stream\n" % number, pdf, re.DOTALL)
    assert found is not None
    end = found.end() + int(found.group(1))
    return pdf[end - 1 : end + 10] == b"\r\nendstream"


def test_the_validator_does_see_a_figure_without_words(small_run: Path) -> None:
    validator = importlib.import_module("page")  # of page-validation
    spoilt = io.BytesIO()
    with pikepdf.open(small_run / "internal" / "annex.pdf") as pdf:
        figure = next(element for element in elements(pdf.Root.StructTreeRoot) if str(element.S) == "/Figure")
        del figure["/Alt"]
        pdf.save(spoilt)
    report = validator.validate_pdf_bytes(spoilt.getvalue(), profile="ua1")
    assert {failure.rule_id for failure in report.failures} == {"PDFUA1-FIGURE-ALTERNATIVE-TEXT-001"}


def pages_of(element: Any) -> set[Any]:
    """Give the pages on which an element stands: each part names its own, or is on that of what holds it."""
    own = {element.Pg.objgen} if "/Pg" in element else set()
    kids = element.get("/K")
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            own |= pages_of(kid)
    return own


def test_no_table_of_a_few_rows_is_cut_and_a_longer_one_shows_its_head_again(small_run: Path) -> None:
    tables = [block for block in walk(document_of(small_run, "internal").blocks) if isinstance(block, Table)]
    with pikepdf.open(small_run / "internal" / "annex.pdf") as pdf:
        made = [element for element in elements(pdf.Root.StructTreeRoot) if str(element.S) == "/Table"]
        pages = [len(pages_of(element)) for element in made]
    assert {count for table, count in zip(tables, pages, strict=True) if table.is_short} == {1}
    long = paper(table(columns("THE HEAD"), *((Cell(Phrase(f"row {number}")),) for number in range(150))))
    with pikepdf.open(io.BytesIO(render_pdf(long, run="r"))) as pdf:
        shown = len(pdf.pages)
    assert shown > 2
    if shutil.which("pdftotext"):
        assert words_of(render_pdf(long, run="r")).count("THE HEAD") == shown


def words_of(pdf: bytes, *options: str) -> str:
    command = [str(shutil.which("pdftotext")), *options, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()  # noqa: S603  # fixed


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("letter", ["i", "n", "W", "م", "—"])
def test_a_table_that_is_kept_on_one_page_does_not_reach_beyond_it_whatever_its_letters(letter: str) -> None:
    cells = (Cell(Phrase(letter * 30)), Cell(Phrase((letter * 9 + " ") * 40)))

    def with_rows(rows: int) -> Document:
        return paper(TableOf(Phrase("c"), columns("a", "b"), (cells,) * rows))

    def is_short(document: Document) -> bool:
        return next(block for block in document.blocks if isinstance(block, Table)).is_short

    largest = max((with_rows(rows) for rows in range(1, 40)), key=lambda one: len(str(one)) if is_short(one) else 0)
    boxes = words_of(render_pdf(largest, run="r"), "-bbox")
    lowest = sorted(float(place) for place in re.findall(r'yMax="([\d.]+)"', boxes))
    assert is_short(largest)
    assert len(re.findall("<page ", boxes)) == 1
    assert lowest[-4:] == lowest[-1:] * 4  # Page 1 of 1
    assert lowest[-5] < 842 - 15 * 72 / 25.4  # what stands above the foot of the page


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("edition", EDITIONS)
def test_the_first_page_of_the_pdf_stands_alone(small_run: Path, edition: str) -> None:
    first = words_of((small_run / edition / "report.pdf").read_bytes()).split("\f")[0]
    parts = ("What was found", "How sure", "What this does not show", "What would settle it", "The seven questions")
    for part in parts:
        assert part in first


def test_every_table_of_the_page_is_in_the_pdf_with_a_head_and_every_figure(small_run: Path) -> None:
    document = document_of(small_run, "internal")
    tables = [block for block in walk(document.blocks) if isinstance(block, Table)]
    with pikepdf.open(small_run / "internal" / "annex.pdf") as pdf:
        found = [element for element in elements(pdf.Root.StructTreeRoot) if str(element.S) == "/Table"]
        heads = [{str(part.S) for part in elements(table)} for table in found]
    assert len(found) == len(tables) > 5
    assert all("/THead" in parts for parts in heads)


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_bytes_are_the_same_every_time_and_those_of_the_run(small_run: Path, edition: str) -> None:
    document, name = document_of(small_run, edition), name_on_paper(read_manifest(small_run), edition)
    assert render_pdf(document, run=name) == (small_run / edition / "annex.pdf").read_bytes()
    assert render_word(document, run=name) == (small_run / edition / "annex.docx").read_bytes()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_pdf_says_on_every_page_which_run_it_is_and_holds_the_numbers_of_the_page(small_run: Path) -> None:
    done = subprocess.run(  # noqa: S603  # a fixed command
        [str(shutil.which("pdftotext")), "-layout", str(small_run / "internal" / "annex.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    pages = done.stdout.rstrip("\f").split("\f")
    assert all(
        name_on_paper(read_manifest(small_run), "internal") in page and f"of {len(pages)}" in page for page in pages
    )
    registry = read_registry(small_run / "results.json")
    text = " ".join(done.stdout.split())
    assert registry.record("mmrm.mood.end.difference").text in text
    assert registry.record("completion.full.share").text in text


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_word_document_has_real_headings_tables_captions_and_pictures_that_speak(
    small_run: Path, edition: str
) -> None:
    word, document = docx.Document(str(small_run / edition / "annex.docx")), document_of(small_run, edition)
    styles = [(paragraph.style.name, paragraph.text) for paragraph in word.paragraphs if paragraph.style]
    assert [text for name, text in styles if name.startswith(("Heading", "Title")) and text != "Contents"] == headings(
        document
    )
    tables = [block for block in walk(document.blocks) if isinstance(block, Table)]
    assert len(word.tables) == len(tables)
    for made, table in zip(word.tables, tables, strict=True):
        assert len(made.rows) == len(table.head) + len(table.body)
        assert made._tbl.xpath(".//w:tblHeader") or not table.head
    captions = [text for name, text in styles if name == "Caption"]
    assert sum(text.startswith("Table ") for text in captions) == sum(bool(table.caption) for table in tables)
    pictures = word.element.xpath(".//wp:docPr")
    assert pictures
    assert len({picture.get("id") for picture in pictures}) == len(pictures)
    assert any(picture.get("descr") for picture in pictures)
    assert word.core_properties.title == "A small synthetic study"
    assert name_on_paper(read_manifest(small_run), edition) in word.sections[0].header.paragraphs[0].text


def test_the_word_archive_holds_no_time(small_run: Path) -> None:
    with zipfile.ZipFile(small_run / "internal" / "annex.docx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert b"2000-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_libreoffice_opens_the_word_document_and_loses_no_table(small_run: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(small_run / "internal" / "annex.docx", tmp_path))
    made = save_by_office(source, WORD)
    before, after = docx.Document(str(source)), docx.Document(str(made))

    def cells(word: Any) -> list[list[list[str]]]:
        return [[[cell.text.strip() for cell in row.cells] for row in table.rows] for table in word.tables]

    assert cells(after) == cells(before)


def test_the_word_document_lists_its_sections_with_links_and_pages_to_reckon_and_asks_nothing(small_run: Path) -> None:
    word = docx.Document(str(small_run / "internal" / "annex.docx"))
    entries = [paragraph for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == "toc 1"]
    headings = [
        paragraph.text for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == "Heading 1"
    ]
    assert [entry.text.removesuffix("\t") for entry in entries] == headings
    marks = set(word.element.xpath("//w:bookmarkStart/@w:name"))
    linked = [entry._p.xpath("./w:hyperlink/@w:anchor") for entry in entries]
    asked = [entry._p.xpath(".//w:instrText/text()") for entry in entries]
    assert [[f" PAGEREF {name} " for name in names] for names in linked] == asked
    assert {name for names in linked for name in names} <= marks
    assert not word.element.xpath("//@w:dirty")
    assert not word.settings.element.xpath("//w:updateFields")


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_libreoffice_gives_every_section_of_the_contents_its_page(small_run: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(small_run / "internal" / "annex.docx", tmp_path))
    made = save_by_office(source, PDF)
    pages = words_of(made.read_bytes(), "-layout").split("\f")
    contents = next(page for page in pages if "Contents" in page)
    word = docx.Document(str(source))
    titles = [
        paragraph.text for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == "Heading 1"
    ]
    assert len(titles) > 8
    for title in titles:
        (number,) = re.findall(rf"^ *{re.escape(title)} +(\d+)$", contents, re.MULTILINE)
        assert re.search(rf"^ *{re.escape(title)}$", pages[int(number) - 1], re.MULTILINE), title


def test_a_table_whose_rows_have_names_says_so_in_word() -> None:
    def looks(cells: Row) -> list[str]:
        word = docx.Document(io.BytesIO(render_word(paper(table(columns("a"), cells)), run="r")))
        return [*word.element.xpath("//w:tblLook/@w:firstColumn"), *word.element.xpath("//w:tblLook/@w:val")]

    assert looks(row("b")) == ["1", "02A0"]
    assert looks((Cell(Phrase("b")),)) == ["0", "0220"]


@pytest.mark.parametrize(("rows", "kept"), [(3, 2), (30, 29), (90, 0)])
def test_a_table_that_fits_on_a_page_stays_whole_in_word_and_no_row_is_cut(rows: int, kept: int) -> None:
    made = table(columns("a"), *((Cell(Phrase("b")),) for _ in range(rows)))
    word = docx.Document(io.BytesIO(render_word(paper(made), run="r")))
    assert len(word.element.xpath("//w:tr[w:trPr/w:tblHeader]//w:keepNext")) == 1
    assert len(word.element.xpath("//w:tr[not(w:trPr/w:tblHeader)]//w:keepNext")) == kept
    assert len(word.element.xpath("//w:tr/w:trPr/w:cantSplit")) == rows + 1


def test_signs_that_a_word_document_cannot_hold_are_left_out_and_markup_stays_text() -> None:
    document = paper(Said(Phrase("a<w:b/> & b")))
    (paragraph,) = (block for block in document.blocks if isinstance(block, Paragraph))
    spoilt = replace(document, blocks=(replace(paragraph, runs=(Run("\x07]]>\ud800<w:p/>\ufffe&amp;\"'"),)),))
    word = docx.Document(io.BytesIO(render_word(document, run="r")))
    assert [one.text for one in word.paragraphs] == ["a<w:b/> & b"]
    word = docx.Document(io.BytesIO(render_word(spoilt, run="r")))
    assert [one.text for one in word.paragraphs] == ["]]><w:p/>&amp;\"'"]


def test_pictures_in_word_are_sharp_enough_for_a_screen(small_run: Path) -> None:
    word = docx.Document(str(small_run / "internal" / "annex.docx"))
    for shape in word.inline_shapes:
        image = word.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed].image
        assert image.px_width / (shape.width / 914_400) >= 110  # dots in an inch


def test_hostile_labels_stay_text_in_every_format(hostile_run: Path) -> None:
    home = hostile_run.parents[2] / "small"
    assert outcomes.verify(hostile_run, study=home).exit_code == 0
    study = outcomes.read_study(home)
    labels = [measure.label for measure in study.plan.measures.values()]
    word = docx.Document(str(hostile_run / "internal" / "annex.docx"))
    texts = {paragraph.text for paragraph in word.paragraphs}
    assert texts.issuperset(labels)
    page = (hostile_run / "internal" / "annex.html").read_text(encoding="utf-8")
    assert "<b>Ü" not in page
    assert "&lt;b&gt;Ü" in page
    with pikepdf.open(hostile_run / "internal" / "annex.pdf") as pdf, pdf.open_outline() as outline:
        titles = {item.title.replace("\u200b", "") for section in outline.root for item in section.children}
    assert titles.issuperset(to_drawable(label).replace("\u200b", "") for label in labels)


def test_signs_without_a_glyph_become_a_box_and_long_words_may_break() -> None:
    assert to_drawable("a🙂b\ue000\x07") == f"a{REPLACEMENT}b{REPLACEMENT}{REPLACEMENT}"
    assert to_drawable("≥ − … “ä” عربي") == "≥ − … “ä” عربي"
    assert to_drawable("x" * 60).replace("\u200b", "") == "x" * 60
    assert "\u200b" in to_drawable("x" * 60)
    assert to_drawable("a" * 64, code=True) == "a" * 64


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_figure_has_its_numbers_beside_it_and_they_are_those_of_the_edition(
    small_run: Path, edition: str
) -> None:
    registry = read_registry(small_run / ("results.json" if edition == "internal" else "share/results.json"))
    figures = sorted((small_run / edition / "figures").glob("*.svg"))
    assert figures
    for figure in figures:
        rows = list(csv.DictReader(io.StringIO(figure.with_suffix(".csv").read_text(encoding="utf-8"))))
        assert rows, figure.name
        for one in rows:
            outcome = registry[one["id"]]
            assert one["kind"] == "curve" or float(one["value"]) == outcome.value  # type: ignore[union-attr]


def test_every_ordered_list_in_word_begins_at_one_and_decoration_is_marked_as_such() -> None:
    strip = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0H9" stroke="red"/></svg>'
    items = ItemList((Phrase("a"), Phrase("b")), ordered=True)
    made = render_word(paper(Said(picture(strip)), items, items), run="r")
    word = docx.Document(io.BytesIO(made))
    numbered = [paragraph for paragraph in word.paragraphs if paragraph.style and paragraph.style.name == "List Number"]
    used = [paragraph._p.pPr.numPr.numId.val for paragraph in numbered]
    assert used[0] == used[1] != used[2] == used[3]
    assert len(word.element.xpath("//*[local-name() = 'decorative']")) == 1
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert not [name for name in archive.namelist() if "thumbnail" in name]
