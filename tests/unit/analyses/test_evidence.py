"""Published results: what counts, what is pooled, what is only shown, and what is said about it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pytest

import made
from drawn import points_of
from examined import check_study
from outcomes.blocks.quote import Quoter
from outcomes.charts.chart import Chart, Label
from outcomes.charts.style import ARM_STYLES
from outcomes.methods.meta_analysis import fit_meta_analysis
from outcomes.methods.published_effects import log_risk_ratio
from outcomes.pipeline import answer
from outcomes.plan.read import read_plan
from outcomes.questions.evidence import published
from outcomes.questions.evidence.analysis import COUNTED
from outcomes.questions.evidence.figure import draw
from outcomes.questions.evidence.pooled import PLANNED
from outcomes.questions.evidence.published import Topic, compare_sides
from outcomes.questions.evidence.rows import LABELS, TAKEN, VERIFIED, read_rows
from outcomes.questions.evidence.words import lead_evidence, say_claims, say_topics
from outcomes.release import release
from outcomes.results.outcome import Estimate, NotEstimable
from outcomes.results.provenance import Provenance
from outcomes.results.registry import Record, Registry
from outcomes.runs import with_texts
from outcomes.study.read import read_study
from outcomes.study.schemas import TABLES

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = Provenance(analysis="a", question="?", code="c", files=(), digest="d", seed=None)
COLUMNS = list(TABLES["evidence"].columns)


def row(study: str, outcome: str, **cells: object) -> dict[str, object]:
    return {"study": study, "year": 2020, "outcome": outcome, "directness": "direct", "verification": "seen", **cells}


def counts(study: str, a: int, n1: int, c: int, n0: int, outcome: str = "dropout", **more: object) -> dict[str, object]:
    return row(study, outcome, events_full=a, total_full=n1, events_skills=c, total_skills=n0, **more)


def write(folder: Path, *rows: dict[str, object], plan: str = "") -> Path:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "evidence.csv").write_text(buffer.getvalue(), encoding="utf-8")
    if plan:
        text = (folder / "plan.toml").read_text(encoding="utf-8")
        (folder / "plan.toml").write_text(text + plan, encoding="utf-8")
    return folder


def find(folder: Path) -> Registry:
    study = read_study(folder)
    return with_texts(answer(study).registry, study.plan)


def say(folder: Path) -> str:
    study = read_study(folder)
    quoter = Quoter(with_texts(answer(study).registry, study.plan), study.plan, {})
    parts = [lead_evidence(quoter), say_claims(quoter), *say_topics(quoter)]
    return " ".join(part.plain for part in parts)


@pytest.fixture(scope="module")
def example(root: Path) -> Registry:
    study = read_study(root / "data" / "example")
    return with_texts(answer(study).registry, study.plan)


def value(registry: Registry, result: str) -> float:
    found = registry[result]
    assert isinstance(found, Estimate), result
    return found.value


def test_the_shipped_table_comes_out_as_what_is_known_today(example: Registry) -> None:
    wanted = {
        "evidence.dropout.rows": 1,
        "evidence.dropout.with_numbers": 1,
        "evidence.emotion_regulation.rows": 1,
        "evidence.emotion_regulation.with_numbers": 0,
        "evidence.emotion_regulation.favours_skills": 1,
        "evidence.distress_tolerance.rows": 0,
        "evidence.mindfulness.rows": 0,
        "evidence.claims_without_source": 2,
        "evidence.unsourced.rows": 5,
        "evidence.direct.with_numbers": 1,
    }
    assert {name: value(example, name) for name in wanted} == wanted
    lyng = example["evidence.dropout.lyng_et_al_2020"]
    assert isinstance(lyng, Estimate)
    assert (lyng.n_full, lyng.n_skills) == (54, 34)
    assert lyng.value == pytest.approx((9 / 54) / (13 / 34), rel=1e-14)
    for what in ("pooled", "prediction", "tau2", "i2"):
        assert isinstance(example[f"evidence.dropout.{what}"], NotEstimable)


def test_the_example_says_that_the_published_and_the_local_result_conflict(root: Path, example: Registry) -> None:
    plan = read_plan(root / "data" / "example" / "plan.toml")
    said = [part.plain for part in say_topics(Quoter(example, plan, {}))]
    drop_out = next(text for text in said if text.startswith("Drop-out."))
    regulation = next(text for text in said if text.startswith("Emotion regulation."))
    assert "17% and 38% dropped out: 22 in 100 fewer in Full programme" in drop_out
    assert "Here the main comparison of who completed, as a ratio of the shares who did not" in drop_out
    assert "“What was found”" in drop_out
    assert "same side as what is published" in drop_out
    assert "favour" not in drop_out
    assert "points towards Skills group only" in regulation
    assert "The estimate and what is published lie on different sides" in regulation


def test_one_study_is_shown_and_not_pooled_and_two_are_pooled(small_study: Path) -> None:
    registry = find(write(small_study, counts("A", 9, 54, 13, 34)))
    assert "shown, and not pooled" in registry["evidence.dropout.pooled"].reason  # type: ignore[union-attr]
    registry = find(
        write(small_study, counts("A", 9, 54, 13, 34), counts("B", 5, 40, 9, 41), counts("C", 3, 30, 8, 25))
    )
    effects = [
        log_risk_ratio(events_full=a, n_full=n1, events_skills=c, n_skills=n0)
        for a, n1, c, n0 in ((9, 54, 13, 34), (5, 40, 9, 41), (3, 30, 8, 25))
    ]
    fit = fit_meta_analysis(
        effects=np.array([one.value for one in effects]),
        variances=np.array([one.variance for one in effects]),
        level=0.95,
    )
    pooled, expected = registry["evidence.dropout.pooled"], registry["evidence.dropout.prediction"]
    assert isinstance(pooled, Estimate)
    assert isinstance(expected, Estimate)
    assert pooled.value == pytest.approx(np.exp(fit.value))
    assert pooled.interval is not None
    assert (pooled.interval.low, pooled.interval.high) == pytest.approx((np.exp(fit.low), np.exp(fit.high)))
    assert expected.interval is not None
    assert expected.interval.low == pytest.approx(np.exp(fit.prediction_low))


def test_drop_out_is_what_is_left_of_completion(small_study: Path) -> None:
    left = find(write(small_study, counts("A", 9, 54, 13, 34)))["evidence.dropout.a_2020"]
    stayed = find(write(small_study, counts("A", 45, 54, 21, 34, outcome="completion")))["evidence.dropout.a_2020"]
    assert isinstance(left, Estimate)
    assert isinstance(stayed, Estimate)
    assert left.value == stayed.value


@pytest.mark.parametrize(("outcome", "sign"), [("mindfulness", 1), ("emotion regulation difficulties", -1)])
def test_positive_favours_the_full_programme_whichever_way_the_scale_runs(
    small_study: Path, outcome: str, sign: int
) -> None:
    means = {"mean_full": 30, "sd_full": 6, "n_full": 20, "mean_skills": 27, "sd_skills": 6, "n_skills": 20}
    registry = find(write(small_study, row("A", outcome, **means)))
    topic = "mindfulness" if sign > 0 else "emotion_regulation"
    assert value(registry, f"evidence.{topic}.a_2020") == pytest.approx(sign * 0.49, abs=0.01)
    assert value(registry, f"evidence.{topic}.favours_{'full' if sign > 0 else 'skills'}") == 1


NEVER_POOLED = {
    "unchecked": {"verification": "unchecked"},
    "the sources conflict": {"verification": "sources conflict"},
    "no source": {"verification": "source not given"},
    "a note of doubt": {"note": "unchecked, from memory"},
    "another comparison": {"directness": "indirect"},
    "a benchmark": {"directness": "benchmark"},
    "an unknown word": {"verification": "sure"},
}


@pytest.mark.parametrize("case", NEVER_POOLED)
def test_what_was_not_seen_is_shown_and_counts_for_nothing(small_study: Path, case: str) -> None:
    rows = [counts("A", 9, 54, 13, 34), counts("B", 5, 40, 9, 41, **NEVER_POOLED[case])]
    registry = find(write(small_study, *rows))
    assert value(registry, "evidence.dropout.rows") == 1
    assert isinstance(registry["evidence.dropout.pooled"], NotEstimable)
    assert any(name.endswith("b_2020") for name in registry)


def test_what_was_not_seen_is_not_told_in_a_sentence(small_study: Path) -> None:
    said = say(write(small_study, counts("A", 9, 54, 13, 34), counts("B", 5, 40, 9, 41, verification="unchecked")))
    assert "In A (2020) " in said
    assert "In B (2020) " not in said


def test_results_of_one_study_are_not_pooled_as_if_they_were_two(small_study: Path) -> None:
    rows = (counts("A", 9, 54, 13, 34, timepoint="6 months"), counts("A", 12, 54, 14, 34, timepoint="1 year"))
    registry = find(write(small_study, *rows))
    assert "not independent" in registry["evidence.dropout.pooled"].reason  # type: ignore[union-attr]


def test_the_local_result_is_pooled_only_where_the_plan_says_so(small_study: Path) -> None:
    rows = (counts("A", 9, 54, 13, 34), counts("B", 5, 40, 9, 41))
    without = find(write(small_study, *rows))
    assert "evidence.dropout.pooled_with_local" not in without
    with_local = find(write(small_study, *rows, plan="[evidence]\npool_local = true\n"))
    assert isinstance(with_local["evidence.dropout.pooled_with_local"], Estimate)
    assert value(with_local, "evidence.dropout.pooled") == value(without, "evidence.dropout.pooled")
    assert value(with_local, "evidence.dropout.pooled_with_local") != value(without, "evidence.dropout.pooled")


def test_the_place_in_the_prediction_interval_is_said_only_where_there_is_one(small_study: Path) -> None:
    assert "new setting" not in say(write(small_study, counts("A", 9, 54, 13, 34)))
    said = say(write(small_study, counts("A", 9, 54, 13, 34), counts("B", 5, 40, 9, 41)))
    assert "lies within what the published ones let expect of a new setting" in said
    narrow = [counts(letter, 90, 9000, 900, 9000) for letter in "ABCD"]
    assert "lies outside what the published ones let expect" in say(write(small_study, *narrow))


def test_the_plan_can_say_what_an_outcome_is_about(small_study: Path) -> None:
    means = {"mean_full": 30, "sd_full": 6, "n_full": 20, "mean_skills": 33, "sd_skills": 6, "n_skills": 20}
    rows = (row("A", "urges", **means), row("B", "urges", **{**means, "mean_full": 31}))
    assert "Which way is better is not known" in find(write(small_study, *rows))["evidence.urges.a_2020"].reason  # type: ignore[union-attr]
    plan = '[evidence.outcomes]\nurges = { about = "symptoms", better = "lower", measure = "mood" }\n'
    registry = find(write(small_study, *rows, plan=plan))
    assert value(registry, "evidence.symptoms.a_2020") > 0
    assert isinstance(registry["evidence.symptoms.pooled"], Estimate)
    assert value(registry, "evidence.symptoms.local") == value(registry, "mmrm.mood.end.g")


def test_an_outcome_that_no_domain_holds_is_set_beside_no_measure_unless_the_plan_says_so(small_study: Path) -> None:
    """Suicide attempts, which others counted, stood beside any measure whose domain is "other"."""
    rows = (row("A", "hopelessness"), row("B", "skills use"))
    assert not {"evidence.hopelessness.local", "evidence.skills_use.local"} & set(find(write(small_study, *rows)))
    plan = '[evidence.outcomes]\n"skills use" = { about = "other", measure = "skill" }\n'
    registry = find(write(small_study, *rows, plan=plan))
    assert value(registry, "evidence.skills_use.local") == value(registry, "mmrm.skill.end.g")
    assert "evidence.hopelessness.local" not in registry


@pytest.mark.parametrize(("local", "side"), [(0.5, "same"), (2.0, "other"), (1.0, ""), (None, "")])
def test_what_is_published_lies_on_a_side_of_a_result_only_where_there_is_one(local: float | None, side: str) -> None:
    """A study that knows nothing of completion was said to lie opposite to what is published on drop-out."""
    topic = Topic("dropout", "Drop-out", 1, ())
    made_here = made.estimate(topic.key("favours_full"), value=1.0, unit="number")
    beside = (
        made.refused(topic.key("local"), reason="It is not known.")
        if local is None
        else made.estimate(topic.key("local"), value=local, unit="ratio")
    )
    for results in ([made_here, beside], [made_here]) if local is None else ([made_here, beside],):
        registry = Registry(Record(outcome=one, provenance=SOURCE, text="1") for one in results)
        assert compare_sides(registry, topic) == side


def test_a_published_difference_is_known_to_be_that_of_its_shares_so_that_rounding_is_said(example: Registry) -> None:
    difference = example["evidence.dropout.lyng_et_al_2020.difference"]
    assert isinstance(difference, Estimate)
    (shares,) = difference.tells
    assert difference.value == pytest.approx(value(example, str(shares[0])) - value(example, str(shares[1])), abs=1e-15)


def test_without_the_table_every_planned_number_says_so(small_study: Path) -> None:
    (small_study / "evidence.csv").write_text("study,outcome,directness,verification\n", encoding="utf-8")
    registry = find(small_study)
    reasons = {one.reason for one in registry.where(analysis="evidence") if isinstance(one, NotEstimable)}
    assert reasons == {"evidence.csv was not provided."}
    assert isinstance(registry["evidence.dropout.pooled"], NotEstimable)
    assert say(small_study).startswith("evidence.csv was not provided.")


BAD = {
    "a percentage in a count column": (counts("A", 9, 54, 13, 34) | {"events_full": "16.7%"}, "E213", "events_full"),
    "a percentage as a number in a count column": (counts("A", 38, 34, 13, 34), "E260", "events_full"),
    "more events than people": (counts("A", 9, 54, 35, 34), "E260", "events_skills"),
    "people below zero": (row("A", "dropout", n_full=-3), "E215", "n_full"),
    "a spread below zero": (row("A", "mindfulness", sd_full=-3), "E215", "sd_full"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_row_that_cannot_be_right_is_named(small_study: Path, case: str) -> None:
    cells, code, column = BAD[case]
    found = [one for one in check_study(write(small_study, cells)) if one.level == "STOP"]
    assert [(one.code, one.file, one.rows, one.column) for one in found] == [(code, "evidence.csv", (2,), column)]


def test_the_same_result_twice_is_named_with_its_rows(small_study: Path) -> None:
    rows = (counts("A", 9, 54, 13, 34), counts("B", 9, 54, 13, 34), counts("A ", 9, 54, 13, 34))
    found = [one for one in check_study(write(small_study, *rows)) if one.level == "STOP"]
    assert [(one.code, one.rows) for one in found] == [("E261", (2, 4))]


def test_a_mean_without_its_spread_is_noticed_shown_and_not_pooled(small_study: Path) -> None:
    rows = [row("A", "mindfulness", mean_full=30, n_full=20, mean_skills=27, sd_skills=6, n_skills=20)]
    assert [one.code for one in check_study(write(small_study, *rows))] == ["E262"]
    registry = find(small_study)
    assert "without its standard deviation" in registry["evidence.mindfulness.a_2020"].reason  # type: ignore[union-attr]


def test_ids_hold_to_no_position_and_never_collide(small_study: Path) -> None:
    rows = [
        *(counts(name, 9, 54, 13, 34) for name in ("Ünlü", "Unlu", "pooled", "A" * 200, "研究")),
        row("Ünlü", "hopelessness", effect_type="in favour of the full programme"),
        row("X", "direct", effect_type="in favour of skills over the full programme"),
    ]
    one, other = (words(write(small_study, *ordered)) for ordered in (rows, rows[::-1]))
    assert one == other
    registry = find(small_study)
    assert sum(name.startswith("evidence.dropout.") and name.count(".") == 2 for name in registry) > len(rows)
    assert value(registry, "evidence.hopelessness.favours_full") == 1
    assert value(registry, "evidence.direct_outcome.favours_skills") == 1


def words(folder: Path) -> dict[tuple[str, str], str]:
    study = read_study(folder)
    assert study.evidence is not None
    return {(row.study, row.topic.word): row.study_word for row in read_rows(study.evidence, study.plan)}


def test_no_study_takes_the_id_of_what_is_told_of_its_outcome() -> None:
    assert {*PLANNED, *COUNTED, "local"} == TAKEN


def test_the_page_and_the_analysis_agree_on_what_counts() -> None:
    assert set(published.VERIFICATIONS) == LABELS.keys()
    assert VERIFIED.keys() == published.COUNTED


def test_names_that_look_like_what_joins_them_are_told_apart(small_study: Path) -> None:
    study, outcome = "Ash: a trial – part 2", "urges: to leave – at home"
    write(small_study, row(study, outcome, effect_type="in favour of the full programme"), counts("B", 3, 30, 8, 25))
    registry = find(small_study)
    (topic,) = (one for one in published.list_topics(registry) if one.word not in {"dropout", "symptoms"})
    assert topic.label == outcome[:1].upper() + outcome[1:]
    (source,) = (registry[key].published for key in topic.studies)  # type: ignore[union-attr]
    assert source is not None
    assert (source.study, source.outcome, source.verification) == (f"{study} (2020)", outcome, "seen")


def test_the_forest_draws_each_study_on_its_own_line_and_the_local_result_last(small_study: Path) -> None:
    write(
        small_study,
        counts("Ash", 4, 40, 16, 40),
        counts("Birch", 15, 30, 10, 40, verification="derived"),
        counts("Elm", 6, 30, 3, 30, verification="sources conflict"),
    )
    registry, plan = find(small_study), read_study(small_study).plan
    figure = draw(registry, plan)
    assert figure is not None
    chart = figure.axes[0]
    assert isinstance(chart, Chart)
    places, names = chart.marks["y"].at or (), chart.marks["y"].labels or ()
    labels = [name.text if isinstance(name, Label) else name for name in names]
    expected = {
        "Ash (2020) · seen": (4 / 40) / (16 / 40),
        "Birch (2020) · derived": (15 / 30) / (10 / 40),
        "Elm (2020) · sources conflict": (6 / 30) / (3 / 30),
        "This study, main comparison": value(registry, "evidence.dropout.local"),
    }
    assert [label for label in labels if label in expected] == list(expected)
    drawn = {y: x for x, y in (*points_of(chart, "s"), *points_of(chart, ARM_STYLES["full"].marker))}
    found = {label: drawn.get(place) for label, place in zip(labels, places, strict=True) if label in expected}
    assert found == pytest.approx(expected, rel=1e-12)
    assert len(figure.axes) == 1  # nobody has numbers in standard deviations: no axis for the local result alone
    told = [text.get_text() for text in chart.texts]
    assert [told.count(events) for events in ("4 of 40", "16 of 40", "15 of 30", "10 of 40", "6 of 30", "3 of 30")] == [
        1,
    ] * 6


def test_what_others_published_leaves_as_it_was_printed_and_the_local_result_does_not(small_study: Path) -> None:
    registry = find(write(small_study, counts("A", 3, 7, 2, 6)))
    study = read_study(small_study)
    released = release(registry, study.plan.disclosure).registry
    assert released["evidence.dropout.a_2020"] == registry["evidence.dropout.a_2020"]
    local, shared = registry["evidence.dropout.local"], released["evidence.dropout.local"]
    assert local != shared
    assert shared.n is not None
    assert shared.n % 5 == 0


def test_drop_out_here_is_the_main_comparison_of_who_completed(example: Registry) -> None:
    local = example["evidence.dropout.local"]
    main = example["completion.adjusted.ratio_not_completed"]
    assert isinstance(local, Estimate)
    assert isinstance(main, Estimate)
    assert (local.value, local.limits, local.n) == (main.value, main.limits, main.n)
    assert local.tells == ((main.key,),)
    # one answer to one question: an interval that has no direction for those who did, has none for those who did not
    completed = example["completion.adjusted.difference"]
    assert isinstance(completed, Estimate)
    ends = [(limit > middle) for found, middle in ((completed, 0.0), (local, 1.0)) for limit in found.limits or ()]
    assert ends == [False, True, False, True]


def test_a_local_drop_out_that_must_stay_hidden_does_not_leave_beside_the_published(small_study: Path) -> None:
    table = (small_study / "clients.csv").read_text(encoding="utf-8").splitlines()
    kept = [
        line.rsplit(",", 1)[0] + (",no" if line.startswith(("P001", "P003", "P002", "P004")) else ",yes")
        for line in table[1:]
    ]
    (small_study / "clients.csv").write_text("\n".join([table[0], *kept]) + "\n", encoding="utf-8")
    registry = find(write(small_study, counts("A", 9, 54, 13, 34), plan="[evidence]\npool_local = true\n"))
    assert isinstance(registry["evidence.dropout.local"], Estimate)
    released = release(registry, read_study(small_study).plan.disclosure)
    assert not {"evidence.dropout.local", "evidence.dropout.pooled_with_local"} & set(released.registry)
    assert "evidence.dropout.a_2020" in released.registry


def test_a_note_for_whoever_keeps_the_table_is_printed_nowhere(small_study: Path) -> None:
    note = "recalled, LOW confidence"
    found = find(
        write(
            small_study,
            counts("Counted et al.", 5, 40, 9, 42, note=note),
            row("Told et al.", "depression", effect_type="favours both", note=note),
            row("Printed et al.", "dropout", directness="benchmark", effect="28%", effect_type="of 120", note=note),
            row("No one", "dropout", verification="source not given", note=note),
        )
    )
    told = [record for record in found.records() if record.outcome.key.analysis == "evidence"]
    assert {"as printed in the publication"} <= {getattr(one.outcome, "method", "") for one in told}
    assert not [one.id for one in told if "recalled" in repr(one) or "LOW" in repr(one)]
