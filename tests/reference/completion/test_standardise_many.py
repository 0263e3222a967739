"""Many data sets at once against one at a time; tolerance 1e-8: both are iterative, by other algorithms."""

from __future__ import annotations

import numpy as np
import pytest

from outcomes.methods.logistic import fit_logistic
from outcomes.methods.standardise import fit_standardised_shares
from outcomes.methods.standardise_many import fit_shares_of_many
from outcomes.results.outcome import NotEstimableError

NAMES = ("the intercept", "the arm", "age", "start")


def draw(sets: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    full = rng.random(80) < 0.5
    design = np.column_stack([np.ones(80), full, rng.normal(400, 12, 80), rng.normal(0, 0.01, 80)])
    events = rng.random((sets, 80)) < 1 / (1 + np.exp(0.3 - 0.8 * full))
    return events, design, np.array([f"g{k % 9}" for k in range(80)], dtype=object)


@pytest.mark.parametrize("penalised", [False, True])
def test_many_at_once_are_the_single_ones(penalised: bool) -> None:
    events, design, _ = draw()
    clusters = None
    many = fit_shares_of_many(events=events, design=design, names=NAMES, arm=1, penalised=penalised, clusters=clusters)
    for at, one in enumerate(events):
        fit = fit_logistic(events=one, design=design, names=NAMES, penalised=penalised)
        single = fit_standardised_shares(fit=fit, arm=1, clusters=clusters).difference(0.95)
        assert many.differences[at] == pytest.approx(single.value, rel=1e-8)
        assert np.sqrt(many.variances[at]) == pytest.approx(single.se, rel=1e-8)
        assert many.df == single.df


def test_a_separated_data_set_needs_the_penalty() -> None:
    events, design, _ = draw()
    events[2] = design[:, 1] == 1
    with pytest.raises(NotEstimableError, match="without exception"):
        fit_shares_of_many(events=events, design=design, names=NAMES, arm=1, penalised=False, clusters=None)
    found = fit_shares_of_many(events=events, design=design, names=NAMES, arm=1, penalised=True, clusters=None)
    assert 0.8 < found.differences[2] < 1
    assert np.isfinite(found.variances).all()


def test_few_clusters_are_refused() -> None:
    events, design, _ = draw()
    with pytest.raises(NotEstimableError, match="at least 4"):
        fit_shares_of_many(
            events=events, design=design, names=NAMES, arm=1, penalised=True, clusters=np.array(["a", "b"] * 40)
        )


@pytest.mark.parametrize("penalised", [False, True])
def test_clusters_judge_each_data_set_as_one_alone(penalised: bool) -> None:
    events, design, groups = draw()
    many = fit_shares_of_many(events=events, design=design, names=NAMES, arm=1, penalised=penalised, clusters=groups)
    df = []
    for at, one in enumerate(events):
        fit = fit_logistic(events=one, design=design, names=NAMES, penalised=penalised)
        single = fit_standardised_shares(fit=fit, arm=1, clusters=groups).difference(0.95)
        assert many.differences[at] == pytest.approx(single.value, rel=1e-8)
        assert np.sqrt(many.variances[at]) == pytest.approx(single.se, rel=1e-7)
        df.append(single.df)
    assert many.df == pytest.approx(np.mean(df), rel=1e-7)


def test_of_many_people_a_few_data_sets_judge_as_all_do() -> None:
    """Completed from one, they differ in the few who were not seen: their mean error is the same within a fiftieth."""
    rng = np.random.default_rng(11)
    full, start, groups = rng.random(2400) < 0.5, rng.normal(0, 1, 2400), rng.integers(0, 240, 2400)
    design = np.column_stack([np.ones(2400), full, rng.normal(40, 12, 2400), start])
    chance = 1 / (1 + np.exp(0.3 - 0.8 * full + 0.4 * start + rng.normal(0, 0.6, 240)[groups]))
    known, missed = rng.random(2400) < chance, rng.random(2400) < 0.2
    events = np.where(missed, rng.random((20, 2400)) < chance, known)
    clusters = groups.astype(object)
    many = fit_shares_of_many(events=events, design=design, names=NAMES, arm=1, penalised=False, clusters=clusters)
    assert len(set(many.variances)) == 1
    alone = [
        fit_standardised_shares(
            fit=fit_logistic(events=one, design=design, names=NAMES, penalised=False), arm=1, clusters=clusters
        ).difference(0.95)
        for one in events
    ]
    assert many.variances.mean() == pytest.approx(np.mean([one.se**2 for one in alone]), rel=0.04)
    assert many.variances[0] != pytest.approx(alone[0].se ** 2, rel=0.01)  # and is not that of one of them
    assert many.df == pytest.approx(np.mean([one.df for one in alone]), rel=0.02)
