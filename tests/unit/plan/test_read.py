"""Every fault of a plan at once, each with its key and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from outcomes.errors import PlanError
from outcomes.plan.lines import find_lines, line_of
from outcomes.plan.read import parse_plan

GOOD = """\
version = 1
title = "A study"
[arms]
full   = { value = "both", label = "Full" }
skills = { value = "group", label = "Skills" }
[visits]
before = { label = "Before", week = 0, window = [-2, 1] }
after  = { label = "After", week = 20, window = [16, 24] }
primary = "after"
[measures.bdi]
label = "Mood"
domain = "symptoms"
role = "primary"
better = "lower"
range = [0, 63]
[adjust]
covariates = ["age"]
"""


def faults(text: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(PlanError) as caught:
        parse_plan(text.encode())
    return list(caught.value.faults)


def test_a_plan_reads_with_its_defaults() -> None:
    plan = parse_plan(GOOD.encode())
    assert (plan.baseline, plan.primary, plan.later) == ("before", "after", ("after",))
    assert plan.visits["after"].window == (16, 24)
    assert (plan.confidence.level, plan.disclosure.minimum_count, plan.random.seed) == (0.95, 8, 20250101)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse_plan(b"\xef\xbb\xbf" + GOOD.encode()).title == "A study"


CASES = {
    "unknown key": ("[adjust]", "[adjust]\ncovariate = 1", "adjust.covariate", 17, "did you mean covariates"),
    "number as text": ("week = 20", 'week = "20"', "visits.after.week", 8, "must be a number"),
    "unknown role": ('role = "primary"', 'role = "main"', "measures.bdi.role", 13, "'primary' or 'secondary'"),
    "unknown primary visit": ('primary = "after"', 'primary = "end"', "visits.primary", 9, "before, after"),
    "baseline as primary": ('primary = "after"', 'primary = "before"', "visits.primary", 9, "later visit"),
    "weeks that fall": ("week = 20, window = [16, 24]", "week = -3", "visits.after.week", 8, "later than"),
    "windows that overlap": ("[16, 24]", "[1, 24]", "visits.after.window", 8, "must begin after"),
    "range upside down": ("[0, 63]", "[63, 0]", "measures.bdi.range", 15, "lowest to the highest"),
    "no primary measure": ('role = "primary"', 'role = "secondary"', "measures", None, "at least one"),
    "unknown instrument": (
        "range = [0, 63]",
        'range = [0, 63]\ninstrument = "bdi9"',
        "measures.bdi.instrument",
        16,
        "no",
    ),
    "another range than the instrument's": (
        "range = [0, 63]",
        'range = [0, 63]\ninstrument = "phq9"',
        "measures.bdi.range",
        15,
        "[0, 27]",
    ),
    "half a norm": ("range = [0, 63]", "range = [0, 63]\nclinical = { mean = 1, sd = 1 }", "measures.bdi", 10, "both"),
    "adjusting for the arm": ('["age"]', '["arm"]', "adjust.covariates", 17, "part of the comparison"),
    "a covariate twice": ('["age"]', '["age", "Age"]', "adjust.covariates", 17, "twice"),
    "the same arm twice": ('value = "group"', 'value = "both"', "arms.skills", 5, "different values"),
    "a window without its week": ("[16, 24]", "[21, 24]", "visits.after.window", 8, "hold the week"),
    "a measure named like an arm": ("[measures.bdi]", "[measures.full]", "measures.full", 10, "name of an arm"),
    "worth more than the range": ("[0, 63]", "[0, 63]\nworthwhile = 70", "measures.bdi.worthwhile", 16, "smaller than"),
    "a norm outside the range": (
        "[0, 63]",
        "[0, 63]\nclinical = { mean = 70, sd = 1 }\nnonclinical = { mean = 3, sd = 1 }",
        "measures.bdi.clinical",
        16,
        "outside the range",
    ),
    "norms the wrong way round": (
        "[0, 63]",
        "[0, 63]\nclinical = { mean = 7, sd = 1 }\nnonclinical = { mean = 9, sd = 1 }",
        "measures.bdi.nonclinical",
        17,
        "lower than the clinical",
    ),
    "scoring without an instrument": (
        "[0, 63]",
        '[0, 63]\nscoring = { coding = "opposite" }',
        "measures.bdi.scoring",
        16,
        "needs an instrument",
    ),
    "an item that there is not": (
        "[0, 63]",
        '[0, 27]\ninstrument = "phq9"\nscoring = { reverse_items = [10] }',
        "measures.bdi.scoring.reverse_items",
        17,
        "1 to 9",
    ),
    "more missing than there are": (
        "[0, 63]",
        '[0, 27]\ninstrument = "phq9"\nscoring = { maximum_missing = 9 }',
        "measures.bdi.scoring.maximum_missing",
        17,
        "between 0 and 8",
    ),
    "reversed and to be reversed": (
        "[0, 63]",
        '[0, 27]\ninstrument = "phq9"\nscoring = { items_already_reversed = true, reverse_items = [1] }',
        "measures.bdi.scoring.reverse_items",
        17,
        "keep one",
    ),
    "a therapist who is the arm": ("[adjust]", '[adjust]\ntherapist = "arm"', "adjust.therapist", 17, "of its own"),
    "completion read from the arm": (
        "[adjust]",
        '[completion]\ncolumn = "arm"\n[adjust]',
        "completion.column",
        17,
        "of its own",
    ),
    "adjusting for completion": (
        '["age"]',
        '["age", "done"]\n[completion]\ncolumn = "done"',
        "adjust.covariates",
        17,
        "part of the comparison",
    ),
    "a missing label": ('label = "Mood"\n', "", "measures.bdi.label", 10, "is missing"),
    "no text": ('title = "A study"', "title = 3", "title", 2, "text in quotes"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_fault_has_its_key_and_line(case: str) -> None:
    old, new, key, line, part = CASES[case]
    assert old in GOOD
    found = faults(GOOD.replace(old, new))
    assert any(where == key and at == line and part in what for where, at, what in found), found


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        GOOD.replace("week = 20", 'week = "20"').replace('role = "primary"', 'role = "main"').replace("[adjust]", "[x]")
    )
    found = faults(text)
    assert len(found) >= 3
    assert [line or 0 for _, line, _ in found] == sorted(line or 0 for _, line, _ in found)


def test_broken_toml_is_told_with_its_line() -> None:
    found = faults(GOOD.replace('label = "Mood"', "label = Mood"))
    assert [(key, line) for key, line, _ in found] == [("plan.toml", 11)]


def test_lines_are_found_in_headers_dotted_keys_arrays_and_long_texts() -> None:
    text = 'a = """\nb = 1\n"""\nc.d = [\n 1,\n 2 ]\n["e f".g]\nh = { i = 1 } # [x]\n'
    lines = find_lines(text)
    assert lines == {("a",): 1, ("c", "d"): 4, ("e f", "g"): 7, ("e f", "g", "h"): 8}
    assert line_of(("e f", "g", "h", "i"), lines) == 8
    assert line_of(("nothing",), lines) is None


def test_the_plan_of_a_new_study_reads_without_a_fault() -> None:
    template = Path(__file__).parents[3] / "src" / "outcomes" / "study" / "template" / "plan.toml"
    assert parse_plan(template.read_bytes()).primary == "end"
