"""A study's frame and one line give the report's number exactly: every main estimate of the example."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import outcomes
from outcomes.cohort import assemble
from outcomes.core.threads import in_one_thread
from outcomes.questions.catalogue import CATALOGUE
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate, NotEstimableError
from outcomes.scoring import score_study

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.study.model import Study

pytestmark = pytest.mark.long

ASKED = ("outcomes", "completion", "retention", "change", "events", "balance")
COVARIATES = ["age", "gender", "self_harm_history", "previous_therapy"]
SCORE = {"score": "score", "baseline": "baseline", "covariates": COVARIATES}


@pytest.fixture(scope="module")
def study() -> Study:
    return outcomes.read_study(outcomes.example())


@pytest.fixture(scope="module")
def told(study: Study) -> dict[str, Any]:
    cohort = assemble(study, score_study(study))
    found: dict[str, Any] = {}
    with in_one_thread():  # as every call of the package does: sums that threads share end in other last digits
        for name in ASKED:
            analyse = CATALOGUE[name].analyse
            assert analyse is not None
            found |= {one.id: one for one in analyse(cohort)}
    return found


@pytest.fixture(scope="module")
def long(study: Study) -> pd.DataFrame:
    return study.frame()


@pytest.fixture(scope="module")
def people(study: Study) -> pd.DataFrame:
    return study.frame("clients")


def same(outcome: Any, row: Any) -> None:
    """Compare all that the report tells of a number, to the last bit."""
    assert isinstance(outcome, Estimate), outcome
    df = None if row.df is None or math.isinf(row.df) else row.df
    found = (row.estimate, row.se, df, row.p_value, row.low, row.high)
    limits = (None, None) if outcome.interval is None else (outcome.interval.low, outcome.interval.high)
    assert found == (outcome.value, outcome.se, outcome.df, outcome.p_value, *limits)


def test_repeated_measures_and_their_means_and_clusters(study, told, long) -> None:
    for measure in study.plan.scored:
        mine = long[long["measure"] == measure]
        if not isinstance(told[f"mmrm.{measure}.end.difference"], Estimate):
            with pytest.raises(NotEstimableError):
                outcomes.mmrm(mine, **SCORE)
            continue
        fit, robust = outcomes.mmrm(mine, **SCORE), outcomes.mmrm(mine, **SCORE, cluster="group_id")
        means = fit.contrasts("means").rows
        for row in fit.rows:
            outcome = told[f"mmrm.{measure}.{row.term}.difference"]
            same(outcome, row)
            assert fit.n == outcome.n
            same(told[f"mmrm.{measure}.{row.term}.clustered"], robust[row.term])
            for mean in (one for one in means if one.term == row.term):
                same(told[f"mmrm.{measure}.{row.term}.{mean.contrast}.adjusted_mean"], mean)
        assert fit.n + sum(fit.dropped.values()) == len(study.clients)


def test_one_visit(study, told, long) -> None:
    for measure in study.plan.scored:
        for visit in study.plan.later:
            mine = long[(long["measure"] == measure) & (long["visit"] == visit)]
            outcome = told[f"ancova.{measure}.{visit}.difference"]
            if not isinstance(outcome, Estimate):
                with pytest.raises(NotEstimableError):
                    outcomes.ancova(mine, **SCORE, cluster="group_id")
                continue
            fit = outcomes.ancova(mine, **SCORE, cluster="group_id")
            same(outcome, fit.rows[0])
            assert fit.arms == {"full": outcome.n_full, "skills": outcome.n_skills}


def test_completion(told, people) -> None:
    fit = outcomes.logistic(people, score="completed", covariates=COVARIATES, cluster="group_id")
    same(told["completion.adjusted.difference"], fit.rows[0])
    same(told["completion.adjusted.ratio"], fit.contrasts("ratio").rows[0])
    same(told["completion.adjusted.odds_ratio"], fit.contrasts("odds_ratio").rows[0])


def test_staying(told, people) -> None:
    horizon = told["retention.rmst.horizon"].value
    mean = outcomes.rmst(people, time="weeks", event="left", horizon=horizon, cluster="group_id")
    same(told["retention.rmst.difference"], mean.rows[0])
    hazard = outcomes.cox(people, time="weeks", event="left", covariates=COVARIATES, cluster="group_id")
    same(told["retention.hazard_ratio"], hazard.rows[0])
    test = hazard.contrasts("proportional").rows[0]
    assert (test.estimate, test.p_value) == (
        told["retention.proportional_hazards"].value,
        told["retention.proportional_hazards"].p_value,
    )


def test_reliable_change(study, told, people) -> None:
    for measure in study.plan.primary_scored:
        plan = study.plan.measures[measure]
        outcome = told[f"change.{measure}.end.improved.difference"]
        if plan.reliability is None:
            continue
        fit = outcomes.reliable_change(
            people,
            before=f"{measure}_start",
            after=f"{measure}_end",
            higher_is_better=plan.better == "higher",
            reliability=plan.reliability,
            covariates=COVARIATES,
            cluster="group_id",
        )
        same(outcome, fit.rows[0])
        shares = {(row.term, row.contrast): row for row in fit.contrasts("shares").rows}
        for word in ("improved", "unchanged", "deteriorated"):
            for arm in ("full", "skills"):
                share = told[str(Key("change", measure, "end", "share", arm, category=word))]
                assert (shares[word, arm].estimate, shares[word, arm].low) == (share.value, share.interval.low)


def test_events(study, told, people) -> None:
    for kind, event in study.plan.events.items():
        outcome = told[f"events.{kind}.rate_ratio"]
        if not isinstance(outcome, Estimate):
            continue
        covariates, frame = COVARIATES, people
        if event.before is not None:
            frame = people.assign(before=np.log(people[f"{kind}_before"] + 1))
            covariates = ["before", *COVARIATES]
        fit = outcomes.negbin(frame, score=kind, exposure=f"{kind}_years", covariates=covariates, cluster="group_id")
        same(outcome, fit.rows[0])
        same(told[f"events.{kind}.rate_difference"], fit.contrasts("difference").rows[0])


def test_weights(study, told, people) -> None:
    starts = [f"{measure}_start" for measure in study.plan.measures]
    for measure in study.plan.primary_scored:
        asked = {"score": f"{measure}_end", "covariates": [*COVARIATES, *starts], "cluster": "group_id"}
        for target in ("overlap", "ate", "att", "atc"):
            same(told[f"weighting.{measure}.end.{target}"], outcomes.weighted(people, **asked, target=target).rows[0])
        own = [*COVARIATES, f"{measure}_start"]
        fit = outcomes.weighted(people, **asked, target="ate", doubly_robust=own)
        same(told[f"weighting.{measure}.end.doubly_robust"], fit.rows[0])
