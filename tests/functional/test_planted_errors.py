"""Errors planted where numbers are made are found by the second computation: the report's own road, then the other."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import outcomes
from outcomes.cohort import assemble
from outcomes.cohort.model import Cohort
from outcomes.methods import cluster, effect_size, means, mmrm, proportions, reliable_change, survival
from outcomes.models.occasion import Occasion
from outcomes.pipeline import answer
from outcomes.questions.catalogue import CATALOGUE
from outcomes.questions.verdict.family import adjust_family
from outcomes.release import release
from outcomes.replication import read_people, replicate
from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity
from outcomes.scoring import items, score_study
from small_study import write_small_study

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outcomes.study.model import Study

pytestmark = pytest.mark.long  # whole studies, one after the other

PLAN = """\
version = 1
title = "A synthetic study to plant errors in"
[arms]
full   = { value = "full", label = "Full programme" }
skills = { value = "skills", label = "Skills group only" }
[visits]
start = { label = "Start", week = 0, window = [-4, 2] }
mid   = { label = "Mid", week = 12, window = [8, 16] }
end   = { label = "End", week = 24, window = [20, 30] }
primary = "end"
[measures.mood]
label = "Low mood"
domain = "symptoms"
role = "primary"
better = "lower"
range = [0, 63]
reliability = 0.9
clinical = { mean = 30, sd = 8 }
nonclinical = { mean = 12, sd = 6 }
[measures.ders]
label = "Emotion regulation"
domain = "emotion regulation"
role = "primary"
better = "lower"
range = [16, 80]
instrument = "ders16"
[adjust]
covariates = ["age"]
skills_group = "group_id"
[completion]
column = "completed"
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Eighty people in ten groups nested in the arms; visits are found by date, one questionnaire by its items."""
    rng, folder = np.random.default_rng(20), tmp_path_factory.mktemp("planted")
    (folder / "items").mkdir()
    (folder / "plan.toml").write_text(PLAN, encoding="utf-8")
    clients = ["client_id,arm,age,group_id,start_date,end_date,completed"]
    scores = ["client_id,date,measure,score"]
    answers = ["client_id,date," + ",".join(f"q{number:02d}" for number in range(1, 17))]
    day = np.datetime64("2024-01-01")
    for number in range(1, 81):
        client, full = f"P{number:03d}", number % 2 == 0
        began = day + int(rng.integers(0, 60))
        stayed, done = (168, "yes") if rng.random() < 0.6 + 0.15 * full else (int(rng.integers(20, 140)), "no")
        arm = "full" if full else "skills"
        group = f"{arm}-{number % 10 // 2}"
        clients.append(f"{client},{arm},{rng.integers(18, 60)},{group},{began},{began + stayed},{done}")
        level = rng.normal(30, 7) + number % 5
        for place, weeks in enumerate((0, 12, 24)):
            if place and rng.random() < 0.12:
                continue
            for late in (0, 14) if place == 1 and number % 7 == 0 else (0,):  # another score further from the week
                mood = np.clip(level - (3 + full) * place + rng.normal(0, 4), 0, 63)
                scores.append(f"{client},{began + weeks * 7 + late},mood,{mood:.0f}")
            told = np.clip(np.round(rng.normal(3.2 - 0.4 * place * (1 + 0.3 * full), 0.8, 16)), 1, 5).astype(int)
            row = [str(one) for one in told]
            if number % 9 == 0:
                row[4] = ""
            answers.append(f"{client},{began + weeks * 7}," + ",".join(row))
    for name, lines in (("clients", clients), ("scores", scores), ("items/ders16", answers)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return outcomes.read_study(folder)


def find(study: Study, question: str) -> list[str]:
    """Answer a question, and name the results of which the second computation finds something else."""
    analyse = CATALOGUE[question].analyse
    assert analyse is not None
    cohort = assemble(study, score_study(study))
    found = {outcome.id: outcome for outcome in analyse(cohort)}
    if question == "confounding":  # which is of what another question found
        others = CATALOGUE["outcomes"].analyse
        assert others is not None
        found |= {outcome.id: outcome for outcome in others(cohort)}
    if question == "outcomes":  # whose p-values are corrected together behind all questions
        found |= {outcome.id: outcome for outcome in adjust_family(cohort, found)}
    comparisons = list(replicate(read_people(study), found, further=True))
    assert len(comparisons) >= 5
    return [one.first.id for one in comparisons if any(one.differing())]


def changed(owner: Any, name: str, change: Callable[[Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant: what a function gives is changed."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        original = getattr(owner, name)
        patch.setattr(owner, name, lambda *args, **kwargs: change(original(*args, **kwargs)))

    return plant


def multiplied(owner: Any, name: str, **by: float) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant: fields of what a function gives are multiplied."""
    return changed(
        owner, name, lambda made: dataclasses.replace(made, **{key: getattr(made, key) * x for key, x in by.items()})
    )


def instead(owner: Any, name: str, other: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """Plant: something else stands there."""
    return lambda patch: patch.setattr(owner, name, other)


def _module(name: str) -> Any:
    import importlib

    return importlib.import_module(name)


def _other_visit(occasion: Occasion) -> Any:
    visits = list(occasion.cohort.plan.visits)
    return occasion.cohort.scores(occasion.measure, visits[max(visits.index(occasion.visit) - 1, 0)])


def _holm(*, p_values: dict[str, float], family_size: int) -> dict[str, float]:
    order = sorted(p_values, key=lambda name: -p_values[name])
    return {name: min(1.0, (family_size - rank) * p_values[name]) for rank, name in enumerate(order)}


def _central(t: float, *, df: float, level: float) -> tuple[float, float]:
    return _module("outcomes.methods.reference").t_limits(t, se=1.0, df=df, level=level)


def _farther(patch: pytest.MonkeyPatch) -> None:
    visits = _module("outcomes.cohort.visits")
    keep = visits._keep_nearest
    patch.setattr(visits, "_keep_nearest", lambda placed, distance: keep(placed, -distance))


def _cr0(mine: Any, _bread: Any, scale: Any) -> Any:
    return mine.mT * np.where(scale > 0, 1.0, 0.0)[..., None, :]


def _treated(*, share: Any, full: Any, target: str) -> Any:  # noqa: ARG001  # as it is called
    return _module("outcomes.methods.weights.targets").weigh(share=share, full=full, target="att")


def _surer(fit: Any) -> Any:
    return dataclasses.replace(fit, difference=dataclasses.replace(fit.difference, se=fit.difference.se * 0.98))


def _prorated(patch: pytest.MonkeyPatch) -> None:
    """A sum of what was answered, as if what was not were worth nothing."""
    columns = items._columns
    patch.setattr(
        items,
        "_mean",
        lambda chosen, answers, _cap, *, times=1.0: (
            answers.filled[:, columns(chosen)].sum(axis=1) * times / len(chosen)
        ),
    )


PROPENSITY = _module("outcomes.methods.weights.propensity")
SENSITIVITY = _module("outcomes.methods.sensitivity")
MIXED = _module("outcomes.methods.mixed").MixedFit
IMPUTE, REFERENCE = _module("outcomes.methods.impute"), _module("outcomes.questions.missing.reference_based")
PLANTED: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "a standard deviation over n": ("outcomes", multiplied(means, "fit_mean", sd=math.sqrt(0.97))),
    "a standard error of a mean": ("baseline", multiplied(means, "fit_mean", se=0.99)),
    "df of a pooled t": ("outcomes", multiplied(means, "fit_difference", df=1.03)),
    "df of a change": ("outcomes", multiplied(means, "fit_change", df=1.03)),
    "the change turned round": ("outcomes", multiplied(means, "fit_change", mean=-1.0)),
    "the model's errors by 0.9": ("outcomes", multiplied(mmrm.MmrmFit, "contrast", se=0.9)),
    "the model's df": ("outcomes", multiplied(mmrm.MmrmFit, "contrast", df=1.05)),
    "the groups' errors": ("outcomes", multiplied(mmrm.RobustFit, "contrast", se=0.9)),
    "the groups' df": ("outcomes", multiplied(mmrm.RobustFit, "contrast", df=2.0)),
    "CR0 for CR2": ("outcomes", instead(cluster, "_adjust", _cr0)),
    "the wrong visit": ("outcomes", instead(Occasion, "after", property(_other_visit))),
    "the sign of g": ("outcomes", instead(Occasion, "sign", property(lambda _: 1.0))),
    "no factor for small samples": ("outcomes", instead(effect_size, "small_sample_factor", lambda _: 1.0)),
    "a central t for g": ("outcomes", instead(effect_size, "noncentral_t_limits", _central)),
    "Holm from the largest": (
        "outcomes",
        instead(_module("outcomes.questions.verdict.family"), "adjust_holm", _holm),
    ),
    "the arms exchanged where they are split": ("outcomes", changed(means, "split_arms", lambda both: both[::-1])),
    "the arms exchanged in the cohort": ("flow", instead(Cohort, "full", property(lambda one: ~one.clients["full"]))),
    "another arm's people": ("flow", instead(Cohort, "in_arm", lambda one, arm: one.full == (arm == "skills"))),
    "completion turned round": (
        "completion",
        changed(_module("outcomes.cohort.assemble"), "read_completion", lambda one: 1 - one),
    ),
    "weeks of five days": ("flow", instead(_module("outcomes.cohort.visits"), "DAYS_A_WEEK", 5)),
    "the score that lies farther": ("outcomes", _farther),
    "missing answers as nothing": ("outcomes", _prorated),
    "a key that turns an item": (
        "outcomes",
        changed(items, "turn_answers", lambda made: np.hstack([6 - made[:, :1], made[:, 1:]])),
    ),
    "reliable change without the root of two": (
        "change",
        changed(reliable_change, "smallest_reliable_change", lambda made: made / math.sqrt(2)),
    ),
    "alpha of other items": (
        "change",
        changed(_module("outcomes.scoring.scores"), "cronbach_alpha", lambda made: made * 0.98),
    ),
    "another cut-off": ("change", changed(reliable_change, "find_cut_off", lambda made: made + 0.5)),
    "Wilson's limits": ("completion", multiplied(proportions, "fit_share", low=0.99)),
    "the log-rank test": ("retention", multiplied(survival, "fit_log_rank", variance=1.01)),
    "the mean stay": ("retention", multiplied(survival, "fit_restricted_mean", value=1.001)),
    "the error of the mean stay": ("retention", multiplied(survival, "fit_restricted_mean", se=1.01)),
    "who left": ("retention", instead(_module("outcomes.cohort.stay"), "LAST_WEEK", 12.0)),
    "weights of those treated": ("balance", instead(PROPENSITY, "weigh", _treated)),
    "the error of the jackknife": (
        "balance",
        multiplied(_module("outcomes.methods.weights.difference"), "judge_by_jackknife", se=0.99),
    ),
    "a standardised share": (
        "completion",
        multiplied(_module("outcomes.methods.standardise"), "fit_standardised_shares", full=1.01),
    ),
    "the correlation with the start": (
        "precision",
        multiplied(_module("outcomes.questions.precision.nuisance"), "fit_within_correlation", value=0.99),
    ),
    "a difference that would be seen": (
        "precision",
        changed(_module("outcomes.methods.sample_size"), "detectable_difference", lambda one: one * 0.8),
    ),
    "an E-value by its logarithm": ("confounding", changed(SENSITIVITY, "e_value", math.log)),
    "a risk ratio that stands for too little": (
        "confounding",
        changed(SENSITIVITY, "to_risk_ratio", lambda one: one**0.5),
    ),
    "the error of means of clusters": (
        "outcomes",
        changed(_module("outcomes.questions.outcomes.mixed"), "compare_cluster_means", _surer),
    ),
    "visits taken for three weeks earlier": (
        "outcomes",
        changed(_module("outcomes.cohort.visits"), "_weeks_since_start", lambda weeks: weeks - 3),
    ),
    "scores rounded": ("outcomes", changed(items, "_apply", np.round)),
    "the errors of groups and therapists": ("outcomes", multiplied(MIXED, "contrast", se=0.999)),
    "the df of groups and therapists": ("outcomes", multiplied(MIXED, "contrast", df=1.01)),
    "those lost moved away from the other arm": (
        "missing",
        changed(_module("outcomes.methods.impute.expected"), "move_scores", lambda made: -made),
    ),
    "the error of expected scores": ("missing", multiplied(IMPUTE, "to_contrast", se=0.999)),
    # what is drawn is held within four Monte-Carlo errors: smaller errors than these two are not found
    "Rubin's rules with half of the variance within": ("missing", multiplied(REFERENCE, "pool_estimates", total=0.5)),
    "Rubin's differences halved": ("missing", multiplied(REFERENCE, "pool_estimates", estimate=0.5)),
}


@pytest.mark.parametrize("question", sorted({question for question, _ in PLANTED.values()}))
def test_without_an_error_nothing_differs(study: Study, question: str) -> None:
    assert find(study, question) == []


def test_planted_errors_are_found(study: Study) -> None:
    missed = []
    for name, (question, plant) in PLANTED.items():
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            if not find(study, question):
                missed.append(name)
    assert missed == []
    assert len(PLANTED) - len(missed) == 47


def test_a_completion_without_one_person_is_held_within_what_shares_can_differ_by(tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "apart", n=24)
    header, *rows = (folder / "clients.csv").read_text(encoding="utf-8").splitlines()
    told = [row.rsplit(",", 1)[0] + (",yes" if ",full," in row else ",no") for row in rows]
    told[1], told[2] = told[1].replace(",yes", ",no"), told[2].replace(",no", ",yes")  # one of each arm, each otherwise
    (folder / "clients.csv").write_text("\n".join([header, *told]) + "\n", encoding="utf-8")
    study = outcomes.read_study(folder)
    registry = answer(study).registry
    without = registry["influence.completion.difference"]
    assert isinstance(without, Estimate)
    assert without.limits is not None
    assert without.limits[1] == 1.0
    compared = [one for one in replicate(read_people(study), registry, further=True) if one.key.analysis == "influence"]
    mine = [one for one in compared if one.key.subject == "completion"]
    assert len(mine) == 3
    assert all(one.second is not None and not list(one.differing()) for one in mine)


def find_told(study: Study) -> list[str]:
    """Name the results of an edition to share that break a rule of `docs/methods/disclosure.md` by themselves."""
    exact, rules = answer(study).registry, study.plan.disclosure
    faults = []
    for one in release(exact, rules).registry.values():
        if not isinstance(one, Estimate) or one.key.analysis == "evidence":
            continue
        true = exact[one.id]
        assert isinstance(true, Estimate)
        is_people = one.quantity is Quantity.COUNT and one.unit == "people"
        few = is_people and (true.value < rules.minimum_count or one.value % rules.round_to)
        far = one.step is not None and not is_people and abs(one.value - true.value) > max(one.step, 0.15)
        fine = any(n is not None and n % rules.round_to for n in (one.n, one.n_full, one.n_skills))
        if few or far or fine or one.se is not None or one.df is not None:
            faults.append(one.id)
    return faults


def _with_error(made: Any) -> Any:
    return dataclasses.replace(made, se=1.0) if isinstance(made, Estimate) else made


RELEASED: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "people counted to one": instead(_module("outcomes.release.rounding"), "coarse_people", lambda *_: {}),
    "few people told": instead(_module("outcomes.release.edition"), "why_hidden", lambda *_: None),
    "standard errors left": changed(_module("outcomes.release.edition"), "coarsen", _with_error),
    "numbers moved": changed(_module("outcomes.release.rounding"), "to_step", lambda one: one + 1.0),
}


def test_errors_planted_in_release_are_found(study: Study) -> None:
    assert find_told(study) == []
    missed = []
    for name, plant in RELEASED.items():
        with pytest.MonkeyPatch.context() as patch:
            plant(patch)
            if not find_told(study):
                missed.append(name)
    assert missed == []
