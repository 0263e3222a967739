"""Everybody who started is accounted for: in the main comparison, or left out for a reason that is said."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import outcomes
from outcomes.blocks.model import FIRST
from outcomes.plan.model import ARMS
from outcomes.reporting.summary import summarise
from outcomes.results.outcome import Estimate, NotEstimable
from page_tree import read_tree
from small_study import edit, without_published, write_small_study
from written_again import read_books

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.results.registry import Registry

REASONS = ("no_window", "no_start", "no_covariate", "no_later")


def blank(column: str, ids: list[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table.assign(**{column: table[column].where(~table["client_id"].isin(ids), "")})


def without(client: str, visits: list[str]) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda table: table[(table["client_id"] != client) | ~table["visit"].isin(visits)]


def move_first_start(scores: pd.DataFrame) -> pd.DataFrame:
    """Give one client a start that is known by its date alone, two years late."""
    mine = (scores["client_id"] == "P003") & (scores["visit"] == "start")
    return scores.assign(date=["2026-01-05" if moved else "" for moved in mine], visit=scores["visit"].mask(mine, ""))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the full programme one without a start, one without a later score, three without an age; nine not recorded."""
    folder = write_small_study(tmp_path_factory.mktemp("left-out") / "s", n=80)
    edit(folder, "scores.csv", without("P002", ["start"]))
    edit(folder, "scores.csv", without("P004", ["mid", "end"]))
    edit(folder, "clients.csv", blank("age", ["P004", "P006", "P008"]))
    edit(folder, "clients.csv", blank("completed", [f"P{number:03d}" for number in range(41, 50)]))
    return without_published(folder)


@pytest.fixture(scope="module")
def run(study: Path) -> Path:
    return outcomes.report(outcomes.read_study(study), out=study.parent / "reports").folder


@pytest.fixture(scope="module")
def registry(study: Path) -> Registry:
    return outcomes.analyse(outcomes.read_study(study)).registry


def count(registry: Registry, result: str) -> int:
    outcome = registry[result]
    assert isinstance(outcome, Estimate), outcome
    return int(outcome.value)


def read(page: Path) -> str:
    """Text of a page; that of the annex with its report."""
    html = (
        read_books(page.parent.parent, page.parent.name) if page.stem == "annex" else page.read_text(encoding="utf-8")
    )
    text = re.sub(r"(?s)<(style|script)\b.*?</\1>", "", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text)))


def first_page(folder: Path, edition: str = "internal") -> str:
    """Text of the first page alone."""
    tree = read_tree((folder / edition / "report.html").read_text(encoding="utf-8"))
    (found,) = (one for one in tree.walk() if one.attributes.get("id") == FIRST)
    return re.sub(r"\s+", " ", found.text())


def test_who_is_left_out_of_the_main_comparison_stands_under_one_reason(registry: Registry) -> None:
    found = {why: count(registry, f"flow.mood.full.left_out.{why}") for why in REASONS}
    # P004 has neither an age nor a later score, and is counted once
    assert found["no_covariate"] == 3
    assert found["no_start"] == 1


@pytest.mark.parametrize("measure", ["mood", "skill"])
@pytest.mark.parametrize("arm", ARMS)
def test_started_is_the_sum_of_those_compared_and_those_left_out(registry: Registry, arm: str, measure: str) -> None:
    left = sum(count(registry, f"flow.{measure}.{arm}.left_out.{why}") for why in REASONS)
    compared = count(registry, f"flow.{measure}.{arm}.compared")
    assert compared + left == count(registry, f"flow.{arm}.started")
    assert compared == getattr(registry[f"mmrm.{measure}.end.difference"], f"n_{arm}")
    assert count(registry, f"flow.{measure}.{arm}.compared_and_seen") <= compared


def test_a_score_outside_every_window_is_the_reason_where_another_is_lacking(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=40)
    edit(folder, "clients.csv", lambda table: table.assign(start_date="2024-01-01"))
    edit(folder, "scores.csv", move_first_start)
    registry = outcomes.analyse(outcomes.read_study(folder)).registry
    assert count(registry, "flow.mood.skills.left_out.no_window") == 1
    assert count(registry, "flow.mood.skills.left_out.no_start") == 0


def test_the_first_page_accounts_for_everybody_who_started(run: Path, registry: Registry) -> None:
    page = first_page(run)
    compared = " and ".join(str(count(registry, f"flow.mood.{arm}.compared")) for arm in ARMS)
    seen = " and ".join(str(count(registry, f"flow.mood.{arm}.compared_and_seen")) for arm in ARMS)
    assert f"Low mood: {compared} in the main comparison, {seen} of them seen at “End”." in page
    assert "Left out: no score at the start 1 and 0; something that is adjusted for is not recorded 3 and 0" in page
    assert "Everybody who started, 40 in Full programme and 40 in Skills group only" in page
    assert "Completed: recorded for 36 and 35" in page
    assert "Nobody and nothing" not in page


def test_the_first_page_to_share_accounts_for_everybody_as_coarsely_as_it_counts_and_says_so(run: Path) -> None:
    page = first_page(run, "share")
    assert re.search(r"Low mood: \d+ and \d+ in the main comparison, \d+ and \d+ of them seen at “End”\.", page)
    assert "Left out: reasons that only some people have are not shown in this edition." in page
    assert "counts in this edition are rounded to 5" in page
    assert re.search(r"Shares, and differences between them, are rounded to \d+ in 100; a share that would", page)
    assert "would then stand for fewer than 8 people, or for all but fewer, stands at the next that does not" in page


def test_where_the_arms_share_no_level_nothing_says_that_they_are_alike_or_compared(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=60)
    levels = {"full": ["north", "south"], "skills": ["east", "west"]}
    edit(
        folder,
        "clients.csv",
        lambda table: table.assign(gender=[levels[arm][place // 2 % 2] for place, arm in enumerate(table["arm"])]),
    )
    run = outcomes.report(outcomes.read_study(folder), out=tmp_path / "r").folder
    page, first = read(run / "internal" / "report.html"), first_page(run)
    assert "Low mood: no main comparison can be made; 29 and 27 have all that it would need" in first
    assert "in the main comparison, " not in first
    alike = r"alike on \d of 3 recorded characteristics that can be compared\. Not among them is gender: The arms share"
    assert re.search(alike, page)


def test_a_measure_without_anybody_in_its_main_comparison_is_accounted_for_too(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=40)
    edit(folder, "scores.csv", lambda table: table[(table["measure"] != "mood") | (table["visit"] != "start")])
    page = read(outcomes.report(outcomes.read_study(folder), out=tmp_path / "r").folder / "internal" / "report.html")
    account = (
        "0 and 0 in the main comparison, 0 and 0 of them seen at “End”. Left out: no score at the start 20 and 20."
    )
    assert f"Low mood: {account}" in page
    assert "nobody is left out" not in page


def test_questionnaires_that_make_no_score_are_counted_among_what_was_left_out(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=60)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    measure = '[measures.low]\nlabel = "Depression"\ndomain = "symptoms"\nrole = "secondary"\nbetter = "lower"\n'
    plan = plan.replace("[adjust]", f'{measure}range = [0, 27]\ninstrument = "phq9"\n[adjust]')
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    clients = pd.read_csv(folder / "clients.csv", dtype=str)["client_id"]
    rows = [
        f"{client},{visit}," + ",".join(str((place * 5 + item * 3 + len(visit)) % 4) for item in range(9))
        for place, client in enumerate(clients)
        for visit in ("start", "end")
    ]
    for row in (0, 4):  # two of the skills group begin and leave most of it out; P002 leaves it out altogether
        rows[row] = ",".join([*rows[row].split(",")[:3], *[""] * 8])
    rows[2] = ",".join([*rows[2].split(",")[:2], *[""] * 9])
    (folder / "items").mkdir()
    header = ",".join(["client_id", "visit", *(f"q{item:02d}" for item in range(1, 10))])
    (folder / "items" / "phq9.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    page = read(outcomes.report(outcomes.read_study(folder), out=tmp_path / "r").folder / "internal" / "annex.html")
    assert "questionnaires: 0 in Full programme, 2 in Skills group only; too few of their questions answered" in page
    assert "every questionnaire that was begun makes one" not in page
    # what the audit of items noticed stands in the report as well: these answers repeat after four items
    noticed = page.partition("What was noticed in the data")[2]
    assert "items/phq9.csv: Items 1, 5 and 9 have the same answer in every questionnaire" in noticed


def test_which_people_a_number_is_of_is_said_once_and_by_each_table(run: Path) -> None:
    page = read(run / "internal" / "annex.html")
    assert page.count("A number is of one of four sets of people") == 1
    assert page.index("A number is of one of four") < page.index("Low mood by visit.")
    for said in (
        "mean (standard deviation) and number of those seen there. Difference, of those in the main comparison",
        "those who started; those in the main comparison, with a score at the start, a later one and all that is",
        "those seen at a visit, with a score there; those seen at both, at the start and at the visit",
        "by each way of comparing; people: those whose scores it uses",
        "People: those of whom it is recorded",
        "seen at both, and what would be left of it",
        "of all with a score at the start and what is adjusted for recorded",
    ):
        assert said in page, said


def test_nobody_is_said_to_be_left_out_only_where_nobody_is(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=40)
    every = "\n".join(
        f"P{client:03d},{visit},{measure},{(client * 7 + place * 5 + len(measure)) % 4}"
        for client in range(1, 41)
        for place, visit in enumerate(("start", "mid", "end"))
        for measure in ("mood", "skill")
    )
    (folder / "scores.csv").write_text(f"client_id,visit,measure,score\n{every}\n", encoding="utf-8")
    complete = read(outcomes.report(outcomes.read_study(folder), out=tmp_path / "r").folder / "internal" / "annex.html")
    assert "nobody is left out" in complete


def test_the_shared_edition_tells_no_small_count_of_those_left_out(run: Path) -> None:
    page = read_books(run, "share")
    assert 'data-id="flow.mood.full.compared"' in page
    assert not re.findall(r'<data[^>]*data-id="flow\.\w+\.\w+\.left_out\.', page)
    assert "nobody is left out" not in page
    said = r"in the main comparison, .{5,12} of them seen at “End”\. Left out: reasons that only some people have"
    assert re.search(said, read(run / "share" / "report.html"))


def test_a_share_of_completion_has_its_denominator_and_the_number_not_recorded(run: Path, registry: Registry) -> None:
    page = read(run / "internal" / "report.html") + read(run / "internal" / "annex.html")
    for arm, unknown in (("full", 4), ("skills", 5)):
        share = registry[f"completion.{arm}.share"]
        assert isinstance(share, Estimate)
        assert count(registry, f"flow.{arm}.completion_not_recorded") == unknown
        known = 40 - unknown
        assert share.n == known
        assert count(registry, f"flow.{arm}.completed") == round(share.value * known)
        done = round(share.value * known)
        none, every = (f"{100 * many / 40:.0f}%" for many in (done, done + unknown))
        both = f"({unknown} not recorded: {none} of all if none of them completed, {every} if all)"
        assert f"{100 * share.value:.0f}% of {known} {both}" in page  # in the table of the first page
        names = {"full": "people in Full programme", "skills": "in Skills group only"}
        assert (
            page.count(f"{100 * share.value:.0f}% of {known} {names[arm]} {both}") >= 2
        )  # in words, and in its section
        assert f"Completed, of {known} recorded {count(registry, f'flow.{arm}.completed')}" in page
        assert f"Completion not recorded {unknown}" in page


def test_a_small_number_not_recorded_is_hidden_from_the_shared_edition(run: Path) -> None:
    page = read_books(run, "share")
    assert 'data-id="completion.full.share"' in page
    assert not re.search(r'<data[^>]*data-id="flow\.\w+\.completion_not_recorded"', page)


def test_leaving_completing_and_being_lost_are_three_words(run: Path) -> None:
    """To leave is to end early, to be lost is not to be seen again, and each is said of nothing else."""
    page = read(run / "internal" / "annex.html")
    left = r"who left(?! after getting| because of harm)|had left|dropped out|stayed to the end"
    assert re.findall(f"(?i)[^.]{{0,40}}(?:{left})[^.]{{0,40}}", page) == [
        "; who left and who was not seen are not"
    ] * page.count("who left and who was not seen are not")
    assert "those lost from Full programme" in page
    allowed = r"(?<!those )(?<!once )(?<!were )(?<!was )(?<!\.)\blost\b(?!: not seen| \(not seen)"
    assert re.findall(f"(?i).{{0,40}}{allowed}.{{0,20}}", page) == []


def test_check_says_whose_completion_is_not_recorded(study: Path) -> None:
    (found,) = [one for one in outcomes.check(study) if one.code == "E247"]
    assert (found.level, found.file, found.column) == ("CHECK", "clients.csv", "completed")
    assert len(found.rows) + found.more == 9
    assert "completed is blank for 9 of 80 people" in found.rule


def test_the_terminal_says_for_how_many_completion_is_recorded(study: Path, registry: Registry) -> None:
    *_, completed = summarise(registry, outcomes.read_study(study).plan)
    assert completed.measure == "Completed (recorded for 36 of 40 and 35 of 40)"


def test_the_page_for_clients_says_of_how_many_it_is_not_known_where_that_may_be_told(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=120)
    ids = [f"P{number:03d}" for number in range(1, 61)]
    edit(folder, "clients.csv", blank("completed", ids))
    page = read(outcomes.report(outcomes.read_study(folder), out=tmp_path / "r").folder / "share" / "summary.html")
    assert re.search(r"In “Full programme” about \d+% of the 30 people we know of finished\.", page)
    assert re.search(
        r"Of 30 more people in “Full programme” we do not know\. If none of them finished it was about \d+% of", page
    )


def test_check_says_to_whom_no_session_was_on_offer_to_judge_completion_by(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=20)
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    rule = 'rule = { minimum_share = 0.75, stream = "group" }'
    (folder / "plan.toml").write_text(plan.replace('column = "completed"', rule), encoding="utf-8")
    rows = [f"P{client:03d},{week},group,attended" for client in range(4, 21) for week in range(3)]
    rows += ["P001,1,individual,attended", "P002,1,group,cancelled_by_service"]
    (folder / "attendance.csv").write_text("\n".join(["client_id,week,kind,status", *rows]) + "\n", encoding="utf-8")
    (found,) = [one for one in outcomes.check(folder) if one.code == "E247"]
    assert found.rows == (2, 3, 4)


def test_the_verified_page_is_that_of_its_study(run: Path, study: Path) -> None:
    assert outcomes.verify(run, study=study).exit_code == 0


def test_completion_known_of_nobody_is_counted_too(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "s", n=30)
    edit(folder, "clients.csv", lambda table: table.assign(completed=""))
    registry = outcomes.analyse(outcomes.read_study(folder)).registry
    assert count(registry, "flow.full.completion_not_recorded") == 15
    assert isinstance(registry["flow.full.completed"], NotEstimable)


def test_what_is_described_at_the_start_says_of_how_many_it_is_recorded(run: Path, registry: Registry) -> None:
    page = read(run / "internal" / "annex.html")
    of = [(registry[f"baseline.age.{arm}.mean"].n, count(registry, f"flow.{arm}.started")) for arm in ARMS]
    assert any(known < everybody for known, everybody in of)
    said = "{} of {} and {} of {}".format(*(number for pair in of for number in pair))
    assert re.search(rf"Age\s*{said}", page)
