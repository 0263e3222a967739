"""Signs of grades on paper, and scripts that no font of the PDF has."""

from __future__ import annotations

from outcomes.blocks.model import Definition, Definitions, Section
from outcomes.blocks.phrase import Phrase
from outcomes.render.document import Definitions as OnPaper
from outcomes.render.document import lay_out
from outcomes.render.document.widths import LINE, PADDING, PICTURE
from outcomes.render.pdf.glyphs import name_undrawable
from outcomes.render.word.writer import FIGURE_MM, STRIP_MM


def test_each_grade_has_its_sign_on_paper() -> None:
    """As the page draws it: full, half, empty; none where nothing is graded."""
    entries = tuple(Definition(Phrase("Size"), Phrase("said"), grade=grade) for grade in ("good", "fair", "poor", ""))
    document = lay_out("title", (), (Section("a", Phrase("A"), (Definitions(entries),)),), {})
    made = next(block for block in document.blocks if isinstance(block, OnPaper))
    terms = ["".join(run.text for run in term) for term, _ in made.pairs]
    assert terms == ["● Size", "◐ Size", "○ Size", "Size"]


def test_a_script_without_a_font_is_named_and_others_are_not() -> None:
    """By the name of its signs."""
    assert name_undrawable(["Größe, возраст, ηλικία, العمر"]) == []
    assert name_undrawable(["感情の調整"]) == ["cjk", "hiragana"]
    assert name_undrawable(["ภาษาไทย", "plain"]) == ["thai"]


def test_a_small_plot_in_word_is_no_wider_than_the_column_that_is_kept_for_it() -> None:
    assert STRIP_MM <= FIGURE_MM * (PICTURE - PADDING) / LINE
