"""From what is printed back to results, and from these to columns and rows; a text that fits several names them all."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outcomes.audit.literal import read_place
from outcomes.audit.page import read_page
from outcomes.audit.places import read_places
from outcomes.audit.printed import walk
from outcomes.audit.sources import READINGS, list_uses
from outcomes.audit.trace import trace
from outcomes.cli import main
from outcomes.errors import PlaceNotFoundError, ResultNotFoundError
from outcomes.instruments import read_instrument
from outcomes.plan.model import Plan
from outcomes.reporting.documents import EDITIONS, FORMATS, list_pages
from outcomes.results.store import read_registry
from outcomes.runs.manifest import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

PAGES = tuple(f"{edition}/{page}" for edition in EDITIONS for page in list_pages(edition, FORMATS))
HEADLINE = "mmrm.mood.end.difference"


def quoted(run: Path, page: str) -> list[tuple[str, str, str]]:
    """Give text, result and part of every element that quotes a result, by the reader of the standard library."""
    quotes = read_page((run / page).read_text(encoding="utf-8")).quotes
    named = ((quote, read_place(quote.literal) if quote.literal else None) for quote in quotes)
    return [
        (quote.text, quote.id or (place.name if place else ""), place.part if place else "")
        for quote, place in named
        if quote.id or (place is not None and place.kind == "result")
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_text_that_a_page_prints_of_a_result_leads_to_it_and_its_part(small_run: Path, page: str) -> None:
    manifest, registry = read_manifest(small_run), read_registry(small_run / "results.json")
    plan = Plan.model_validate(manifest["plan"], strict=False)
    places = read_places(small_run, manifest, registry, plan, page)
    asked = {one for one in quoted(small_run, page) if any(map(str.isdigit, one[0])) and one[2] != "entry"}
    assert len(asked) > 5
    found = {text: places.find(text) for text in sorted({text for text, _, _ in asked})}
    lost = {one for one in asked if one[2] not in {fit.part for fit in found[one[0]].get(one[1], ()) if fit.is_whole}}
    assert not lost


def test_a_limit_on_page_one_names_its_result_first(small_run: Path) -> None:
    (text,) = {text for text, name, part in quoted(small_run, PAGES[0]) if (name, part) == (HEADLINE, "low")}
    first = trace(small_run, text).results[0]
    assert first.row["id"] == HEADLINE
    assert (
        first.printed[0] == "internal/report.html#found, as its lower limit"
        or "#found, as its lower limit" in (first.printed[0])
    )


def test_a_limit_with_the_words_around_it_leads_to_its_result(small_run: Path) -> None:
    row = next(one for one in trace(small_run, HEADLINE).results).row
    low, high = (f"{abs(row[name]):.1f}" for name in ("low", "high"))
    words = f"{low} lower to {high} higher" if row["low"] < 0 < row["high"] else f"{high} to {low} lower"
    found = trace(small_run, words).results
    assert found[0].row["id"] == HEADLINE
    assert {"its lower limit", "its upper limit"} <= {
        place.rpartition(", as ")[2] for place in map(bare, found[0].printed)
    }


def bare(place: str) -> str:
    """Take the count of times off a place."""
    return place.rsplit(", ", 1)[0] if place.endswith(" times") else place


def test_a_text_that_fits_several_results_lists_them_all_and_says_so(small_run: Path) -> None:
    texts = quoted(small_run, PAGES[0])
    names = {text: {name for other, name, part in texts if other == text and part != "entry"} for text, _, _ in texts}
    text = next(text for text, fits in sorted(names.items()) if len(fits) > 4 and text.isdigit())
    traced = trace(small_run, text)
    assert names[text] <= {one.row["id"] for one in traced.results}
    said = traced.to_text()
    assert said.startswith(f"This text fits {len(traced.results)} results")
    assert all(one.row["id"] in said for one in traced.results)


@pytest.mark.parametrize("text", ["83.7214", "", "%", "points", "no such words"])
def test_a_text_that_no_page_prints_fits_none(small_run: Path, text: str) -> None:
    with pytest.raises(ResultNotFoundError):
        trace(small_run, text)


def test_a_part_of_another_number_is_no_fit() -> None:
    html = '<p><data value="1" data-id="a">13.1 points</data> <data value="1" data-id="b">−3.1</data></p>'
    page = walk("page", f'{html}<p><data value="1" data-id="c">3.1%</data> <data value="1" data-id="d">3.12</data></p>')
    assert not list(page.find("3.1"))
    assert [spot.name for spot, _ in page.find("-3.1")] == ["b"]
    assert [(spot.name, whole) for spot, whole in page.find("3.1 %")] == [("c", True)]


def test_a_page_and_a_place_on_it_restrict_exactly(small_run: Path) -> None:
    inside = trace(small_run, "30", within="share/report.html#compared").results
    assert inside
    assert {place.partition(",")[0] for one in inside for place in one.printed} == {"share/report.html#compared"}
    entry = trace(small_run, HEADLINE, within=f"internal/annex.html#n-{HEADLINE}").results
    assert [one.row["id"] for one in entry] == [HEADLINE]
    for place in ("share/report.html#nowhere", "share/nothing.html"):
        with pytest.raises(PlaceNotFoundError, match="This run has no page or place"):
            trace(small_run, "30", within=place)


def test_a_value_of_the_plan_is_said_to_be_no_result(small_run: Path) -> None:
    assert "No result: plan:confidence.level" in trace(small_run, "95%").to_text()
    assert "No result: plan:measures.mood.worthwhile" in trace(small_run, "5 points").to_text()


def test_a_share_as_the_edition_to_share_rounds_it_leads_to_its_result(small_run: Path) -> None:
    shared = {
        (text, name) for text, name, part in quoted(small_run, "share/annex.html") if text.endswith("%") and not part
    }
    exact = {
        (text, name) for text, name, part in quoted(small_run, "internal/annex.html") if text.endswith("%") and not part
    }
    text, name = min(shared - exact)
    traced = trace(small_run, text.replace("%", " %"), within="share/annex.html")
    assert name in {one.row["id"] for one in traced.results}


def test_the_rows_are_those_of_the_measure_the_visits_and_the_arm(small_run: Path) -> None:
    study = small_run.parents[2] / "small"
    (found,) = trace(small_run, "within.mood.end.full.change", study=study, rows=True).results
    use = next(use for use in found.uses if use["file"] == "scores.csv")
    with (study / "clients.csv").open(encoding="utf-8") as file:
        full = {row["client_id"] for row in csv.DictReader(file) if row["arm"] == "full"}
    with (study / "scores.csv").open(encoding="utf-8") as file:
        rows = [
            number
            for number, row in enumerate(csv.DictReader(file), start=2)
            if row["measure"] == "mood" and row["visit"] in {"start", "end"} and row["client_id"] in full
        ]
    assert (list(use["rows"]), use["count"]) == (rows, len(rows))
    assert {"measure", "score", "visit"} <= set(use["columns"])
    assert use["filter"] == (
        "where measure is mood and visit is start or end (where it is empty: date in its window) and score is "
        "recorded, of clients whose arm is full"
    )
    assert f"{len(rows)} of {use['of']} rows" in found.to_text()


def test_adjusted_results_name_the_columns_that_they_are_adjusted_for(small_run: Path) -> None:
    (found,) = trace(small_run, HEADLINE).results
    use = next(use for use in found.uses if use["file"] == "clients.csv")
    assert {"arm", "age", "gender"} <= set(use["columns"])
    (completion,) = trace(small_run, "completion.full.share").results
    assert [use["file"] for use in completion.uses] == ["clients.csv"]
    assert "completed" in completion.uses[0]["columns"]


def test_rows_are_not_counted_in_a_file_that_is_another_one(small_run: Path, tmp_path: Path) -> None:
    study = tmp_path / "small"
    shutil.copytree(small_run.parents[2] / "small", study)
    with (study / "scores.csv").open("a", encoding="utf-8") as file:
        file.write("P001,end,mood,3\n")
    said = trace(small_run, HEADLINE, study=study, rows=True).to_text()
    assert "rows not counted: scores.csv is not the file that the run was made from" in said


def test_without_the_study_rows_are_said_not_to_be_counted(small_run: Path) -> None:
    assert "rows not counted: the study is not at hand" in trace(small_run, HEADLINE).to_text()


def test_row_numbers_are_told_only_when_they_are_asked_for(small_run: Path) -> None:
    study = str(small_run.parents[2] / "small")
    before = sorted(path.stat().st_mtime_ns for path in small_run.rglob("*"))
    plain = CliRunner().invoke(main, ["trace", str(small_run), HEADLINE, "--study", study, "--json"])
    asked = CliRunner().invoke(main, ["trace", str(small_run), HEADLINE, "--study", study, "--rows", "--json"])
    assert (plain.exit_code, asked.exit_code) == (0, 0)
    assert all("rows" not in use for use in json.loads(plain.stdout)["results"][0]["uses"])
    assert all(use["rows"] for use in json.loads(asked.stdout)["results"][0]["uses"])
    assert sorted(path.stat().st_mtime_ns for path in small_run.rglob("*")) == before


def test_what_every_analysis_reads_is_declared(small_run: Path, root: Path) -> None:
    for results in (small_run / "results.json", root / "reports/example/reference/results.json"):
        rows = json.loads(results.read_text(encoding="utf-8"))["results"]
        assert {row["of"] or row["analysis"] for row in rows} <= READINGS.keys() | {"independent"}


def test_every_result_of_people_says_what_it_draws_on(root: Path) -> None:
    run = root / "reports/example/reference"
    plan = Plan.model_validate(read_manifest(run)["plan"], strict=False)
    records = read_registry(run / "results.json").records()
    for record in records:
        uses = list_uses(record.outcome, record.provenance.files, plan)
        assert {use.file for use in uses} <= set(record.provenance.files)
        if record.key.measure and record.key.analysis != "costs":
            instrument = plan.measures[record.key.measure].instrument
            if instrument is None:
                file = "scores.csv"
            elif read_instrument(instrument).table == "goals":
                file = "goals.csv"
            else:
                file = f"items/{instrument}.csv"
            assert file in {use.file for use in uses}, record.id


def test_page_one_of_any_page_stands_before_what_stands_further_down(small_run: Path) -> None:
    found = trace(small_run, "30").results
    at_once = [any("#found" in place for place in one.printed) for one in found if one.is_whole]
    assert any(at_once)
    assert at_once == sorted(at_once, reverse=True)
