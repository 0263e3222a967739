"""The page for a board: one sentence that answers, from the verdicts alone, and all that a board asks on one page."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
import pytest

import made
import outcomes
from outcomes.blocks.model import FIRST, Figure, Table, walk
from outcomes.blocks.quote import Quoter
from outcomes.plan.read import parse_plan
from outcomes.questions.verdict.words import say_answer
from outcomes.render.document import Box
from outcomes.render.document import Figure as Picture
from outcomes.render.pdf import render_pdf
from outcomes.reporting.documents import BOARD, DOCUMENTS, PDF
from outcomes.reporting.page import make_document, write_document
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.results.verdict import Comparison, orient
from outcomes.results.ways import verdict_of
from outcomes.runs import with_texts
from page_alone import page_alone
from page_tree import read_tree
from small_study import PLAN, write_small_study
from written_again import document_of, page_of

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.render.html import Page

SOURCE = Provenance(analysis="a", question="?", code="c", files=(), digest="d")
EDITIONS = ("internal", "share")
OTHERS = {  # than low mood, of six primary measures
    "anxiety": "Anxiety and worry",
    "regulation": "Emotion regulation",
    "tolerance": "Distress tolerance",
    "mindfulness": "Mindfulness in daily life",
    "functioning": "Social functioning",
}


def answer_to(*intervals: tuple[float, float], worthwhile: float | None = 5.0, p_holm: float | None = None) -> str:
    """Say what is told of the one primary measure, or of none where no interval is given."""
    plan = parse_plan(PLAN.encode())
    made_of = [
        made.verdict(
            verdict_of("mood", "end"),
            Comparison(main=orient(low, high, sign=-1.0), worthwhile=worthwhile, p_holm=p_holm),
        )
        for low, high in intervals
    ]
    records = [Record(outcome=one, provenance=SOURCE, text="") for one in made_of]
    return say_answer(Quoter(with_texts(Registry(records), plan), plan, {})).plain


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-9.0, -6.0, "similar people did better in Full programme on Low mood, by a worthwhile amount"),
        (-4.0, -1.0, "similar people did better in Full programme on Low mood, by less than a worthwhile amount"),
        (-9.0, -2.0, "in Full programme on Low mood (whether by a worthwhile amount stays open)"),
        (-3.0, 3.0, "on Low mood any difference is too small either way to be worthwhile"),
        (-9.0, 4.0, "on Low mood the data do not tell which does better"),
        (6.0, 9.0, "similar people did better in Skills group only on Low mood, by a worthwhile amount"),
    ],
)
def test_the_answer_is_the_verdict_in_a_sentence(low: float, high: float, said: str) -> None:
    told = answer_to((low, high))
    assert told.startswith("At the visit “End”: ")
    assert said in told
    assert told.endswith(".")


def test_the_answer_tells_a_leaning_what_is_hidden_and_what_has_no_mark() -> None:
    leaning = answer_to((-9.0, -2.0), p_holm=0.06)
    assert "on Low mood the answer leans towards Full programme and is not settled" in leaning
    assert "on Low mood the answer is not shown in this edition" in answer_to()
    plain = answer_to((-9.0, -2.0), worthwhile=None)
    assert plain == "At the visit “End”: similar people did better in Full programme on Low mood."


def test_what_is_so_by_a_little_says_so_in_the_sentence() -> None:
    assert "(only just)" in answer_to((-9.0, -0.01))
    assert "(only just)" not in answer_to((-9.0, -2.0))


@pytest.fixture(scope="module", params=EDITIONS)
def page(request: pytest.FixtureRequest, root: Path) -> Page:
    return page_of(root / "reports" / "example" / "reference", request.param, "board", drawn=["primaries"])


def test_it_asks_answers_and_leads_on(page: Page) -> None:
    text = " ".join(read_tree(write_document(page)).text().split())
    for said in ("The answer", "Harms", "Cost", "What this does not show", "What would settle it", "Completed"):
        assert said in text, said
    assert 'href="report.html"' in write_document(page)
    blocks = [block for section in page.parts for block in walk(section.blocks)]
    assert sum(isinstance(block, Table) for block in blocks) == 1
    assert sum(isinstance(block, Figure) for block in blocks) == 1


def test_its_numbers_lead_to_their_entries_in_the_annex(page: Page, root: Path) -> None:
    edition = "share" if page.run.plain == "" else "internal"
    annex = write_document(page_of(root / "reports" / "example" / "reference", edition))
    linked = {
        link.attributes["href"]
        for quote in read_tree(write_document(page)).walk()
        if quote.tag == "data"
        for link in quote.walk()
        if link.tag == "a"
    }
    assert len(linked) > 15
    for link in linked:
        file, place = link.split("#")
        assert file == "annex.html"
        assert f'id="{place}"' in annex, place


@pytest.mark.parametrize(
    ("edition", "name"), [(edition, kind.name) for kind in DOCUMENTS if kind.is_leaf for edition in kind.editions]
)
def test_a_sheet_to_hand_out_is_one_page_of_paper(root: Path, edition: str, name: str) -> None:
    run = root / "reports" / "example" / "reference"
    document = make_document(page_of(run, edition, name, drawn=["primaries"]))
    (sheet,) = document.blocks
    assert isinstance(sheet, Box)
    with pikepdf.open(io.BytesIO(render_pdf(document, run="run"))) as opened:
        assert len(opened.pages) == 1


@pytest.fixture(scope="module")
def run_of_six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of a study with six primary measures."""
    home = tmp_path_factory.mktemp("six")
    folder = write_small_study(home / "study")
    begin, block, end = re.split(r"(\[measures\.mood\].*?worthwhile = 5\n)", PLAN, flags=re.DOTALL)
    measures = [
        block.replace("measures.mood", f"measures.{word}").replace("Low mood", label).replace("symptoms", "other")
        for word, label in OTHERS.items()
    ]
    (folder / "plan.toml").write_text("".join([begin, block, *measures, end]), encoding="utf-8")
    scores = (folder / "scores.csv").read_text(encoding="utf-8")
    mood = [line for line in scores.splitlines() if ",mood," in line]
    others = [line.replace(",mood,", f",{word},") for word in OTHERS for line in mood]
    (folder / "scores.csv").write_text(scores.rstrip() + "\n" + "\n".join(others) + "\n", encoding="utf-8")
    with page_alone():
        return outcomes.report(outcomes.read_study(folder), out=home / "reports").folder


@pytest.mark.parametrize("name", ["report", "board"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_with_six_primary_measures_the_first_page_is_one_page_of_paper(
    run_of_six: Path, edition: str, name: str
) -> None:
    document = document_of(run_of_six, edition, name)
    sheet = replace(document, blocks=document.blocks[:1])
    text = write_document(page_of(run_of_six, edition, name))
    assert all(label in text for label in OTHERS.values())
    assert isinstance(sheet.blocks[0], Box)
    with pikepdf.open(io.BytesIO(render_pdf(sheet, run="run"))) as opened:
        assert len(opened.pages) == 1


def test_with_six_primary_measures_their_means_are_as_wide_as_the_report(run_of_six: Path) -> None:
    document = document_of(run_of_six, "internal", "report")
    _, _, over_time, *_ = (one for one in document.blocks if isinstance(one, Box))
    (means,) = (one for one in over_time.blocks if isinstance(one, Picture))
    assert means.share > 0.9


def test_every_sheet_is_written_for_paper_and_none_is_the_first_page() -> None:
    assert all(PDF in kind.formats for kind in DOCUMENTS)
    assert BOARD.editions == EDITIONS
    assert FIRST not in {"answer", "safety", "open"}
