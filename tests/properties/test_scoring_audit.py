"""How often the scoring audit cries wolf on sound answers, and how often it finds a planted fault.

Sound answers are simulated from one trait, or from a trait and facets that share only a part of it, with items that
lean to either end of the scale. The quick tests use few replicates and generous bounds; the slow one makes the table
in docs/methods/scoring.md.
"""

import numpy as np
import pytest

from outcomes.instruments import read_instrument
from outcomes.scoring import ScoringSettings, audit_items, score_items

PUBLISHED = ScoringSettings()
ITEM_KINDS = {"reversed_twice", "left_unreversed", "against_scale"}


def simulate(rng, instrument, *, n, alpha, shared=1.0):
    """Sound answers; `alpha` is that of the latent items if one trait is all, `shared` the trait's part in a facet."""
    k = len(instrument.score().items)
    r = alpha / (k - alpha * (k - 1))
    facet_of = np.zeros(instrument.n_items, dtype=int)
    for number, subscale in enumerate(instrument.subscales.values()):
        facet_of[[item - 1 for item in subscale.items]] = number
    trait, facets = rng.standard_normal((n, 1)), rng.standard_normal((n, facet_of.max() + 1))
    common = np.sqrt(shared) * trait + np.sqrt(1 - shared) * facets[:, facet_of]
    latent = np.sqrt(r) * common + np.sqrt(1 - r) * rng.standard_normal((n, instrument.n_items))
    low, high = instrument.answers
    cuts = np.linspace(-1.3, 1.3, int(high - low)) + rng.choice([-0.5, 0.0, 0.5])
    answers = (low + np.searchsorted(cuts, latent)).astype(float)
    reverse = np.isin(np.arange(1, instrument.n_items + 1), instrument.reversed_items)
    return np.where(reverse, low + high - answers, answers)


def share_of_false_alarms(name, *, n, alpha, replicates, shared=1.0, seed=1):
    rng, instrument = np.random.default_rng(seed), read_instrument(name)
    alarms = 0
    for _ in range(replicates):
        answers = simulate(rng, instrument, n=n, alpha=alpha, shared=shared)
        alarms += bool(audit_items(answers, instrument, PUBLISHED))
    return alarms / replicates


def share_found(name, plant, *, n, alpha, replicates, seed=2):
    """Share of files in which `plant(rng, answers, instrument)` is found; it gives answers and what to look for."""
    rng, instrument = np.random.default_rng(seed), read_instrument(name)
    found = 0
    for _ in range(replicates):
        answers = simulate(rng, instrument, n=n, alpha=alpha)
        faulty, kinds, items = plant(rng, answers, instrument)
        findings = audit_items(faulty, instrument, PUBLISHED)
        found += any(f.kind in kinds and set(items) <= set(f.items) for f in findings)
    return found / replicates


def turned_item(rng, answers, instrument):
    item = int(rng.choice(instrument.score().items))
    faulty = answers.copy()
    faulty[:, item - 1] = sum(instrument.answers) - faulty[:, item - 1]
    return faulty, ITEM_KINDS, (item,)


def turned_block(_rng, answers, instrument):
    faulty = answers.copy()
    columns = [item - 1 for item in instrument.reversed_items]
    faulty[:, columns] = sum(instrument.answers) - faulty[:, columns]
    return faulty, {"block_against", *ITEM_KINDS}, instrument.reversed_items


def total_as_item(rng, answers, instrument):
    item = int(rng.choice(instrument.score().items))
    faulty = answers.copy()
    faulty[:, item - 1] = score_items(answers, instrument, PUBLISHED).total
    return faulty, {"total_as_item"}, (item,)


def shifted(_rng, answers, _instrument):
    return answers - 1, {"shifted_coding"}, ()


@pytest.mark.parametrize("n", [15, 30, 60])
@pytest.mark.parametrize("alpha", [0.7, 0.85, 0.95])
def test_sound_answers_rarely_raise_an_alarm(n, alpha):
    shares = [share_of_false_alarms(name, n=n, alpha=alpha, replicates=50) for name in ("dts", "ffmq15", "core10")]
    assert np.mean(shares) <= 0.02


@pytest.mark.parametrize("shared", [0.0, 0.3])
def test_facets_that_hardly_hang_together_raise_no_alarm(shared):
    shares = [
        share_of_false_alarms(name, n=60, alpha=0.9, shared=shared, replicates=50) for name in ("ffmq15", "ders18")
    ]
    assert np.mean(shares) <= 0.03


@pytest.mark.parametrize("name", ["dts", "core10", "phq9", "ders16", "ffmq15"])
@pytest.mark.parametrize("alpha", [0.85, 0.95])
def test_a_turned_item_is_found_in_sixty_questionnaires(name, alpha):
    assert share_found(name, turned_item, n=60, alpha=alpha, replicates=50) >= 0.9


@pytest.mark.parametrize("name", ["core10", "ffmq15", "ders36"])
@pytest.mark.parametrize("alpha", [0.8, 0.95])
def test_a_turned_block_is_found_in_sixty_questionnaires(name, alpha):
    assert share_found(name, turned_block, n=60, alpha=alpha, replicates=30) >= 0.9


@pytest.mark.parametrize("name", ["dts", "phq9", "who5"])
@pytest.mark.parametrize("plant", [total_as_item, shifted])
def test_a_total_among_the_items_and_a_shifted_coding_are_always_found(name, plant):
    assert share_found(name, plant, n=60, alpha=0.7, replicates=30) == 1


@pytest.mark.slow
def test_the_rates_of_the_table_in_the_documentation(capsys):
    rows = []
    for alpha in (0.7, 0.8, 0.9, 0.95):
        for name in ("who5", "phq9", "core10", "dts", "ders16", "ffmq15", "ders36", "ffmq39"):
            false = [share_of_false_alarms(name, n=n, alpha=alpha, replicates=400) for n in (15, 60, 300)]
            item = share_found(name, turned_item, n=60, alpha=alpha, replicates=400)
            key = read_instrument(name).reversed_items
            block = share_found(name, turned_block, n=60, alpha=alpha, replicates=200) if len(key) > 1 else np.nan
            rows.append((alpha, name, *false, item, block))
    with capsys.disabled():
        for alpha, name, *shares in rows:
            print(f"| {alpha:.2f} | {name} | " + " | ".join(f"{100 * share:.1f}" for share in shares) + " |")  # noqa: T201 - the table for the page
    assert max(max(row[2:5]) for row in rows) <= 0.03
    assert min(row[5] for row in rows if row[0] >= 0.9) >= 0.95
