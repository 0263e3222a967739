"""The list of every number: each once, below what it has in common with others, in words that say whose data it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import made
from outcomes.blocks.formulas import formula_of
from outcomes.blocks.quote import Quoter
from outcomes.plan.model import Plan
from outcomes.plan.names import fill
from outcomes.render.html.numbers import describe, render_numbers
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, Interval
from outcomes.results.planned import Planned
from outcomes.results.provenance import Provenance
from outcomes.results.quantity import Quantity
from outcomes.results.registry import Record, Registry
from outcomes.results.store import read_registry
from outcomes.runs import read_manifest
from page_tree import Element, read_tree

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = Provenance(analysis="flow", question="Who?", code="a.b", files=("plan.toml",), digest="d")


@pytest.fixture(scope="module")
def plan(small_run: Path) -> Plan:
    return Plan.model_validate(read_manifest(small_run)["plan"], strict=False)


@pytest.fixture(scope="module", params=["internal", "share"])
def listed(request: pytest.FixtureRequest, small_run: Path) -> tuple[Registry, Element]:
    page = (small_run / request.param / "annex.html").read_text(encoding="utf-8")
    place = "results.json" if request.param == "internal" else "share/results.json"
    tree = read_tree(page[page.index('<section id="numbers"') :])
    return read_registry(small_run / place), tree


def entries(element: Element) -> list[Element]:
    return [one for one in element.walk() if one.attributes.get("id", "").startswith("n-")]


def kinds(tree: Element) -> list[Element]:
    return [one for one in tree.walk() if "alike" in one.classes]


def test_every_result_stands_there_once(listed: tuple[Registry, Element]) -> None:
    registry, tree = listed
    assert sorted(entry.attributes["id"] for entry in entries(tree)) == [f"n-{name}" for name in registry]


def test_without_script_every_result_is_listed_under_its_letter(listed: tuple[Registry, Element]) -> None:
    registry, tree = listed
    letters = next(one for one in tree.walk() if "letters" in one.classes)
    heading, found = "", {}
    for one in letters.walk():
        if one.tag == "h3":
            heading = one.text()
        elif one.tag == "a" and one.attributes["href"].startswith("#n-"):
            found[one.attributes["href"].removeprefix("#n-")] = heading, one.text()
    assert {name: label for name, (_, label) in found.items()} == {name: one.label for name, one in registry.items()}
    assert all(under in {label[0].upper(), "Other"} for under, label in found.values())
    assert len({under for under, _ in found.values()}) > 5


def test_above_an_entry_stands_how_it_was_computed_and_nothing_of_another(
    listed: tuple[Registry, Element], plan: Plan
) -> None:
    registry, tree = listed
    for alike in kinds(tree):
        above = next(one for one in alike.walk() if "method" in one.classes).text()
        for entry in entries(alike):
            outcome = registry[entry.attributes["id"].removeprefix("n-")]
            method, reason = getattr(outcome, "method", ""), getattr(outcome, "reason", "")
            formula = fill(formula_of(outcome) or "", plan.words)
            said = [f"Method: {method}." if method else reason, formula, *texts(outcome, "notes")]
            assert "".join(above.split()) == "".join("".join(said).split()), outcome.id


def texts(outcome: object, name: str) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(outcome, name, ())
    return found


def test_in_a_group_nothing_in_common_is_said_twice(listed: tuple[Registry, Element]) -> None:
    for group in (one for one in listed[1].walk() if "numbers" in one.classes):
        said = [next(one for one in alike.walk() if "method" in one.classes).text() for alike in kinds(group)]
        assert len(said) == len(set(said))


def test_what_differs_in_method_formula_or_notes_stands_apart_and_what_does_not_together(plan: Plan) -> None:
    outcomes = (
        *(estimate(name, method="count") for name in ("x.a", "x.b", "flow.c", "flow.d")),
        *(estimate(name, method="count", notes=("One is missing.",)) for name in ("x.e", "x.f")),
        estimate("x.g", method="mean"),
        *(made.refused(name, label="x", reason=reason) for name, reason in (("x.h", "Nobody."), ("x.i", "None."))),
    )
    registry = Registry(Record(outcome=outcome, provenance=SOURCE, text="2") for outcome in outcomes)
    tree = read_tree(render_numbers(Quoter(registry, plan, {"files": []}), []))
    together = [[entry.attributes["id"].removeprefix("n-") for entry in entries(alike)] for alike in kinds(tree)]
    assert together == [["flow.c", "flow.d"], ["x.a", "x.b"], ["x.e", "x.f"], ["x.g"], ["x.h"], ["x.i"]]


def estimate(name: str, **more: Any) -> Estimate:
    return made.estimate(name, label="x", value=2.0, unit="number", **more)


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({}, ""),
        ({"n": 148}, "148 people"),
        ({"n": 1}, "1 person"),
        ({"n": 0}, "0 people"),
        ({"n": 99, "n_full": 99}, "99 people in Full programme"),
        ({"n": 1, "n_skills": 1}, "1 person in Skills group only"),
        ({"n": 148, "n_full": 99, "n_skills": 49}, "148 people: 99 in Full programme, 49 in Skills group only"),
        ({"n": 148, "n_full": 99}, "148 people: 99 in Full programme"),
        ({"n_full": 1200, "n_skills": 0}, "1\u202f200 in Full programme, 0 in Skills group only"),
    ],
)
def test_it_is_said_whose_data_a_number_is(plan: Plan, counts: dict[str, Any], says: str) -> None:
    for outcome in (
        estimate("a.b", **counts),
        made.curve("a.b", label="x", unit="share", axis="week", at=(), value=(), **counts),
        made.refused("a.b", label="x", reason="Nobody.", **counts),
    ):
        assert describe(Record(outcome=outcome, provenance=SOURCE), plan).facts == (f"{says}." if says else "")


def test_interval_standard_error_and_p_value_are_rounded_as_everywhere(plan: Plan) -> None:
    outcome = made.estimate(
        "mmrm.mood.end.difference",
        label="Mood",
        value=-4.2137,
        unit="points",
        n=60,
        se=1.987,
        df=51.22,
        p_value=0.0391,
        interval=Interval(level=0.95, low=-8.14, high=None),
    )
    entry = describe(Record(outcome=outcome, provenance=SOURCE, text="4.2 points lower"), plan)
    assert entry.shown == "4.2 points lower (interval 8.1 lower to open higher)"
    assert entry.facts == "60 people; standard error 2.0; degrees of freedom 51.2; p 0.039."


def test_labels_and_methods_cannot_become_markup(plan: Plan) -> None:
    hostile = "<script>1</script>\"'&"
    outcome = made.estimate("flow.x", label=hostile, value=1.0, unit="number", method=hostile, notes=(hostile,))
    registry = Registry([Record(outcome=outcome, provenance=SOURCE, text=hostile)])
    html = render_numbers(Quoter(registry, plan, {"files": []}), [])
    assert "<script" not in html
    assert html.count("&lt;script&gt;1&lt;/script&gt;&#34;&#39;&amp;") == 5


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (Key("completion", what="difference", category="crude"), "Newcombe"),
        (Key("completion", what="difference", category="adjusted"), "mean over everybody"),
        (Key("completion", what="difference", subject="any_stream"), "mean over everybody"),
        (
            Key("within", "cut_off", "a", "change", "full"),
            "after − before",
        ),  # measure and visit named like words of ids
        (Key("describe", "g", "difference", "mean", "full"), "Σy / n"),
        (Key("ancova", "mood", "end", "g"), "pooled s at the start"),
        (Key("flow", "mood", "end", "observed", "full"), "count of people"),
        (Key("independent", "mood", "end", "difference", of="mmrm"), "other code"),
    ],
)
def test_a_formula_is_found_by_what_a_result_is_about_and_not_by_how_its_id_reads(key: Key, words: str) -> None:
    found = formula_of(Planned(key=key, label="x", quantity=Quantity.MEAN, unit="points").estimate(1.0))
    assert found is not None
    assert words in found


def test_what_has_no_formula_has_none() -> None:
    planned = Planned(key=Key("made_up", "mood", "end", "share"), label="x", quantity=Quantity.SHARE, unit="share")
    assert formula_of(planned.estimate(0.5)) is None
