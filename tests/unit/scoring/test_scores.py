from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from outcomes.instruments import UnknownInstrumentError, read_instrument
from outcomes.plan.model import Measure, Scoring
from outcomes.scoring import ScoringSettings, cronbach_alpha, score_items, score_study

VISITS = {"baseline": None, "end": None}
COLUMNS = ["client_id", "visit", "date", "measure", "score"]


def measure(instrument, span, *, better="higher", domain="distress tolerance", **scoring):
    return Measure(
        label="A scale",
        role="primary",
        instrument=instrument,
        range=span,
        better=better,
        domain=domain,
        scoring=Scoring(**scoring),
    )


def study(measures, items, scores=None):
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS})
    return SimpleNamespace(
        plan=SimpleNamespace(measures=measures, visits=VISITS, instrument=read_instrument),
        items=items,
        scores=empty if scores is None else scores,
    )


def table(name, answers, *, visits=("baseline",), dates=None):
    """Clients c00, c01, … at each visit in turn; the answers in the same order."""
    n = len(answers) // len(visits)
    frame = pd.DataFrame(answers, columns=[f"q{i + 1:02d}" for i in range(answers.shape[1])])
    frame.insert(0, "client_id", [f"c{i:02d}" for i in range(n)] * len(visits))
    if name == "by date":
        frame.insert(1, "date", pd.to_datetime(dates))
    else:
        frame.insert(1, "visit", [visit for visit in visits for _ in range(n)])
    return frame


def simulate(name, n, seed=1, *, trait=None):
    rng = np.random.default_rng(seed)
    instrument = read_instrument(name)
    trait = rng.standard_normal(n) if trait is None else trait
    latent = 0.7 * trait[:, None] + 0.7 * rng.standard_normal((n, instrument.n_items))
    low, high = instrument.answers
    answers = low + np.searchsorted(np.linspace(-1.3, 1.3, int(high - low)), latent)
    reverse = np.isin(np.arange(1, instrument.n_items + 1), instrument.reversed_items)
    return np.where(reverse, low + high - answers, answers).astype(float)


def test_scores_from_items_and_scores_as_given_stand_in_one_sorted_frame():
    answers = np.full((4, 15), 3.0)
    given = pd.DataFrame(
        {"client_id": ["c01", "c00"], "visit": ["end", "baseline"], "measure": ["bsl", "bsl"], "score": [10.0, 20.0]}
    )
    measures = {"bsl": measure(None, (0, 92), better="lower"), "dts": measure("DTS", (1, 5))}
    items = {"dts": table("by visit", answers, visits=("end", "baseline"))}
    frame = score_study(study(measures, items, given)).frame
    assert list(frame.columns) == COLUMNS
    assert frame[["client_id", "measure", "visit"]].to_numpy().tolist() == [
        ["c00", "bsl", "baseline"],
        ["c00", "dts", "baseline"],
        ["c00", "dts", "end"],
        ["c01", "bsl", "end"],
        ["c01", "dts", "baseline"],
        ["c01", "dts", "end"],
    ]
    assert frame["score"].tolist() == [20.0, 3.0, 3.0, 10.0, 3.0, 3.0]


def test_the_order_of_rows_in_the_files_changes_nothing():
    shuffled = np.random.default_rng(0).permutation(80)
    items = table("by visit", simulate("dts", 80), visits=("baseline", "end"))
    measures = {"dts": measure("dts", (1, 5))}
    one = score_study(study(measures, {"dts": items}))
    two = score_study(study(measures, {"dts": items.iloc[shuffled].reset_index(drop=True)}))
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert one.alphas == pytest.approx(two.alphas, rel=1e-12)
    assert one.findings == two.findings


def test_alpha_is_that_of_each_clients_first_questionnaire():
    answers = simulate("dts", 60)
    answers[:3] = np.nan  # three clients did not answer at the start: their first questionnaire is the last
    first = np.vstack([answers[3:30], answers[30:33]])
    expected = cronbach_alpha(score_items(first, read_instrument("dts"), ScoringSettings()).items_used)
    items = {"dts": table("by visit", answers, visits=("baseline", "end"))}
    scores = score_study(study({"dts": measure("dts", (1, 5))}, items))
    assert scores.alphas["dts"] == pytest.approx(expected, rel=1e-12)


def test_without_visits_the_first_questionnaire_is_the_earliest():
    answers = simulate("dts", 60)
    dates = ["2024-06-01"] * 30 + ["2024-01-01"] * 30
    items = {"dts": table("by date", answers, visits=("end", "baseline"), dates=dates)}
    expected = cronbach_alpha(score_items(answers[30:], read_instrument("dts"), ScoringSettings()).items_used)
    scores = score_study(study({"dts": measure("dts", (1, 5))}, items))
    assert scores.alphas["dts"] == pytest.approx(expected, rel=1e-12)
    assert scores.frame["date"].is_monotonic_increasing is False
    assert scores.frame.groupby("client_id")["date"].apply(lambda dates: dates.is_monotonic_increasing).all()


def test_several_measures_may_come_from_one_file():
    measures = {
        "observe": measure("FFMQ-15", (3, 15), domain="mindfulness", score="observe"),
        "mindful": measure("ffmq15", (12, 60), domain="mindfulness", score="without_observe"),
    }
    answers = simulate("ffmq15", 40)
    scores = score_study(study(measures, {"ffmq15": table("by visit", answers)}))
    expected = score_items(answers, read_instrument("ffmq15"), ScoringSettings(score="without_observe")).total
    frame = scores.frame
    np.testing.assert_array_equal(frame.loc[frame["measure"] == "mindful", "score"], expected)
    assert set(scores.alphas) == {"observe", "mindful"}
    assert scores.findings == ()


def test_prorated_and_unscored_questionnaires_are_counted_and_blank_ones_are_neither():
    answers = np.full((5, 9), 2.0)
    answers[0, :2] = np.nan
    answers[1, :3] = np.nan
    answers[2, :] = np.nan
    answers[3, 0] = 9
    items = {"phq9": table("by visit", answers)}
    scores = score_study(study({"phq": measure("phq9", (0, 27), better="lower", domain="symptoms")}, items))
    assert scores.prorated == {"phq": 1}
    assert scores.unscored == {"phq": 2}
    assert [f.kind for f in scores.findings] == ["out_of_range"]
    assert scores.frame["score"].isna().sum() == 3
    assert "phq" in scores.no_alpha


def test_a_file_of_another_form_gives_no_score_and_a_finding():
    items = {"ders16": table("by visit", simulate("ders36", 30))}
    scores = score_study(study({"ders": measure("ders16", (16, 80), better="lower")}, items))
    assert scores.frame["score"].isna().all()
    assert [f.kind for f in scores.findings] == ["wrong_item_count"]


def test_a_fault_at_one_visit_names_that_visit():
    answers = simulate("dts", 120)
    answers[60:, 5] = 6 - answers[60:, 5]
    items = {"dts": table("by visit", answers, visits=("baseline", "end"))}
    (finding,) = score_study(study({"dts": measure("dts", (1, 5))}, items)).findings
    assert (finding.kind, finding.items, finding.visits) == ("reversed_twice", (6,), ("end",))


def test_a_form_coded_the_other_way_is_found_beside_the_other_measures():
    trait = np.random.default_rng(4).standard_normal(60)
    dts, ders, bsl = (
        simulate(name, 60, seed, trait=t)
        for name, seed, t in (("dts", 5, trait), ("ders16", 6, -trait), ("bsl23", 7, -trait))
    )
    measures = {
        "dts": measure("dts", (1, 5)),
        "ders": measure("ders16", (16, 80), better="lower", domain="emotion regulation"),
        "bsl": measure("bsl23", (0, 4), better="lower", domain="symptoms"),
    }
    items = {"ders16": table("by visit", ders), "bsl23": table("by visit", bsl)}
    sound = score_study(study(measures, {"dts": table("by visit", dts), **items}))
    assert sound.findings == ()
    mirrored = score_study(study(measures, {"dts": table("by visit", 6 - dts), **items}))
    assert ("opposite_coding", "dts") in {(f.kind, f.instrument) for f in mirrored.findings}
    measures["dts"] = measure("dts", (1, 5), coding="opposite")
    assert score_study(study(measures, {"dts": table("by visit", 6 - dts), **items})).findings == ()


def test_a_plan_that_contradicts_the_score_is_told_so():
    measures = {"bsl": measure("bsl23", (0, 92), better="higher", domain="symptoms")}
    scores = score_study(study(measures, {"bsl23": table("by visit", simulate("bsl23", 30))}))
    assert [f.kind for f in scores.findings] == ["plan_range", "plan_direction"]
    measures = {"bsl": measure("bsl23", (0, 92), better="lower", domain="symptoms", score="sum")}
    assert score_study(study(measures, {"bsl23": table("by visit", simulate("bsl23", 30))})).findings == ()


def test_an_unconfirmed_key_is_said():
    items = {"ffmq24": table("by visit", simulate("ffmq24", 30))}
    (finding,) = score_study(study({"m": measure("FFMQ-24", (24, 120), domain="mindfulness")}, items)).findings
    assert finding.kind == "unchecked_key"


def test_a_measure_without_items_comes_from_its_scores():
    given = pd.DataFrame({"client_id": ["c00"], "visit": ["end"], "measure": ["dts"], "score": [2.0]})
    scores = score_study(study({"dts": measure("dts", (1, 5))}, {}, given))
    assert len(scores.frame) == 1
    assert scores.alphas == {}


def test_a_study_without_any_score_gives_an_empty_frame():
    scores = score_study(study({"dts": measure("dts", (1, 5))}, {}))
    assert list(scores.frame.columns) == COLUMNS
    assert len(scores.frame) == 0


def test_an_instrument_that_does_not_exist_is_an_error():
    with pytest.raises(UnknownInstrumentError):
        score_study(study({"x": measure("dtx", (1, 5))}, {}))


def test_every_suspicion_has_its_sentences() -> None:
    from typing import get_args

    from outcomes.scoring.findings import Kind, read_texts

    assert set(get_args(Kind)) == set(read_texts())
    assert {part for cases in read_texts().values() for case in cases.values() for part in case} == {
        "sentence",
        "remedy",
    }
