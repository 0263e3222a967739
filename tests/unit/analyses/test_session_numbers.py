"""What is told of sessions, counted by hand at each arm, visit and third; and what each picture of them draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import outcomes
from active_study import write_active_study
from drawn import points_of, registry_of
from outcomes.charts.chart import Chart
from outcomes.cohort import assemble
from outcomes.plan.model import ARMS
from outcomes.questions.sessions import analysis as sessions
from outcomes.questions.sessions import content_figure, course_figure, pace_figure, targets_figure
from outcomes.questions.sessions.components import COMPONENTS, TARGETS, THIRDS
from outcomes.results.key import Key
from outcomes.results.outcome import Curve, Estimate
from outcomes.results.quantity import Quantity
from outcomes.scoring import score_study
from small_study import edit

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.plan.model import Plan
    from outcomes.results.registry import Registry

IMPROVED = {"full": (9, 15), "skills": (6, 7)}  # of 30 in each arm: at mid, and by the end
MINUTES = (30, 45, 50, 60)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The active study: bonds two points higher in full, moods that improve as `IMPROVED` says, and mixed minutes."""
    folder = write_active_study(tmp_path_factory.mktemp("joints") / "study")
    arms = pd.read_csv(folder / "clients.csv").set_index("client_id")["arm"]
    place = arms.groupby(arms).cumcount()

    def score(table: pd.DataFrame) -> pd.DataFrame:
        bonds = table[table["measure"] == "bond"].copy()
        full = bonds["client_id"].map(arms) == "full"
        bonds["score"] = (3 + 2.0 * full + bonds["client_id"].map(place) % 4).round(2).astype(str)
        others = table[~table["measure"].isin(["mood", "bond"])]
        moods = []
        for who, arm in arms.items():
            start = 40 + place[who] % 5
            by_mid, by_end = (place[who] < many for many in IMPROVED[arm])
            # who improved at the middle falls back: once is enough
            scores = {"start": start, "mid": start - 30 * by_mid, "end": start - 30 * (by_end and not by_mid)}
            moods += [
                {
                    **dict.fromkeys(table.columns, ""),
                    "client_id": who,
                    "visit": visit,
                    "measure": "mood",
                    "score": str(value),
                }
                for visit, value in scores.items()
            ]
        return pd.concat([others, pd.DataFrame(moods), bonds])

    edit(folder, "scores.csv", score)
    edit(folder, "sessions.csv", lambda t: t.assign(minutes=[str(MINUTES[k % 4]) for k in range(len(t))]))
    return folder


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    return outcomes.read_study(folder).plan


@pytest.fixture(scope="module")
def registry(folder: Path) -> Registry:
    study = outcomes.read_study(folder)
    return registry_of(sessions.analyse(assemble(study, score_study(study))))


def value(registry: Registry, key: Key) -> float:
    found = registry[key]
    assert isinstance(found, Estimate), found
    return found.value


def test_alliance_is_told_of_its_own_arm_and_visit_and_compared_as_full_less_skills(
    folder: Path, registry: Registry
) -> None:
    scores = pd.read_csv(folder / "scores.csv").query("measure == 'bond'")
    scores = scores.join(pd.read_csv(folder / "clients.csv").set_index("client_id")["arm"], on="client_id")
    for visit in ("mid", "end"):
        for arm in ARMS:
            mine = scores[(scores["visit"] == visit) & (scores["arm"] == arm)]["score"]
            key = Key("alliance", "bond", visit, "mean", arm)
            assert value(registry, key) == pytest.approx(mine.mean(), rel=1e-12)
            found = registry[key]
            assert (found.n, getattr(found, f"n_{arm}")) == (len(mine), len(mine))
        assert value(registry, Key("alliance", "bond", visit, "difference")) == pytest.approx(2, abs=1)


def test_sessions_attended_are_counted_by_arm_and_kind(folder: Path, registry: Registry) -> None:
    table = pd.read_csv(folder / "attendance.csv").query("status == 'attended'")
    arms = pd.read_csv(folder / "clients.csv").set_index("client_id")["arm"]
    for arm, kind in (("full", "group"), ("full", "individual"), ("skills", "group")):
        came = table[(table["client_id"].map(arms) == arm) & (table["kind"] == kind)]
        found = value(registry, Key("dose", what="attended", arm=arm, subject=kind))
        assert found == pytest.approx(len(came) / (arms == arm).sum(), rel=1e-12)
    assert Key("dose", what="attended", arm="skills", subject="individual") not in registry


def test_pace_counts_each_arm_from_the_first_visit_with_an_improvement(registry: Registry) -> None:
    for arm, many in IMPROVED.items():
        curve = registry[Key("pace", "mood", what="curve", arm=arm)]
        assert isinstance(curve, Curve)
        assert curve.at == (12.0, 24.0)
        assert curve.value == pytest.approx([one / 30 for one in many], abs=1e-6)
        assert curve.cells == (many[1], 30 - many[1])
        assert (Key("change", "mood", "end", "share", arm, category="improved"),) in curve.tells
    gap = Key("pace", "mood", what="difference")
    assert value(registry, gap) == pytest.approx((15 - 7) / 30, abs=1e-6)
    assert registry[gap].tells == (tuple(Key("pace", "mood", what="curve", arm=arm) for arm in ARMS),)


def test_minutes_are_those_of_all_sessions(folder: Path, registry: Registry) -> None:
    minutes = pd.read_csv(folder / "sessions.csv")["minutes"]
    wanted = {
        "mean": (minutes.mean(), Quantity.MEAN),
        "sd": (minutes.std(), Quantity.SD),
        "median": (minutes.median(), Quantity.QUANTILE),
        "lower_quartile": (minutes.quantile(0.25), Quantity.QUANTILE),
        "upper_quartile": (minutes.quantile(0.75), Quantity.QUANTILE),
    }
    for what, (number, quantity) in wanted.items():
        found = registry[Key("sessions", what=what, subject="minutes")]
        assert isinstance(found, Estimate)
        assert (found.value, found.quantity) == (pytest.approx(number), quantity)


def test_targets_are_counted_in_their_third_and_people_on_either_side_are_cells(
    folder: Path, registry: Registry
) -> None:
    table = pd.read_csv(folder / "sessions.csv", parse_dates=["date"])
    weeks = (table["date"] - pd.Timestamp("2024-01-08")).dt.days / 7
    third = np.clip(np.floor(3 * weeks / 24), 0, 2)
    for target in TARGETS:
        for place, name in enumerate(THIRDS):
            mine = table[third == place]
            found = registry[Key("sessions", what="target_third", subject=target, category=name)]
            assert isinstance(found, Estimate)
            assert found.value == pytest.approx((mine["target"] == target).mean(), rel=1e-12)
            sides = [mine[(mine["target"] == target) == side]["client_id"].nunique() for side in (True, False)]
            assert list(found.cells) == sides


def test_mediation_tells_how_its_parts_hang_together(registry: Registry) -> None:
    whole = registry[Key("mediation", "mood", "end", "total", subject="bond")]
    assert isinstance(whole, Estimate)
    direct, indirect = (whole.key.but(what=what) for what in ("direct", "indirect"))  # type: ignore[union-attr]
    assert whole.tells == ((direct, indirect),)
    assert value(registry, direct) + value(registry, indirect) == pytest.approx(whole.value, abs=1e-12)
    assert value(registry, whole.key.but(what="on_mediator")) == pytest.approx(2, abs=1)  # type: ignore[union-attr]
    assert whole.how is not None
    assert (whole.how.inference, whole.how.draws) == ("bca", 2000)


# --- Pictures --------------------------------------------------------------------------------------------------------


def test_shares_stand_in_the_order_of_the_design_at_their_values(registry: Registry, plan: Plan) -> None:
    figure = content_figure.draw(registry, plan)
    assert figure is not None
    chart = figure.axes[0]
    assert isinstance(chart, Chart)
    shares = [registry[Key("sessions", what="share", subject=part)] for part in COMPONENTS]
    known = [one for one in shares if isinstance(one, Estimate)]
    followed = registry[Key("sessions", what="followed_up", subject="homework")]
    assert isinstance(followed, Estimate)
    places = [*range(len(known)), len(known) + 1]
    marker = content_figure.STYLE.marker
    wanted = [(100 * one.value, -float(place)) for place, one in zip(places, [*known, followed], strict=True)]
    np.testing.assert_allclose(points_of(chart, marker), sorted(wanted))
    labels = [label.text for label in chart.marks["y"].labels or () if not isinstance(label, str)]
    assert labels == [*(one.label for one in known), "Homework set, then reviewed"]
    assert list(chart.marks["y"].at or ()) == [-place for place in places]


def test_the_course_draws_each_component_in_its_panel(registry: Registry, plan: Plan) -> None:
    figure = course_figure.draw(registry, plan)
    assert figure is not None
    found = [registry[Key("sessions", what="course", subject=part)] for part in COMPONENTS]
    curves = [one for one in found if isinstance(one, Curve)]
    lines = [line for line in figure.axes[0].lines if line.get_color() == course_figure.STYLE.colour]
    first, *_, last = curves[0].at
    for place, (line, curve) in enumerate(zip(lines, curves, strict=True)):
        row, column = divmod(place, course_figure.COLUMNS)
        heights = [y + row * course_figure.UP for y in line.get_ydata()]
        across = [(x - column * course_figure.ACROSS) * (last - first) + first for x in line.get_xdata()]
        assert heights == pytest.approx(curve.value)
        assert across == pytest.approx(curve.at)


def test_targets_are_stacked_from_the_highest_to_the_lowest_in_each_third(registry: Registry, plan: Plan) -> None:
    figure = targets_figure.draw(registry, plan)
    assert figure is not None
    chart = figure.axes[0]
    assert isinstance(chart, Chart)
    assert list(chart.marks["y"].labels or ()) == ["First third", "Middle third", "Last third"]
    bars = iter(chart.patches)
    for place, third in enumerate(THIRDS):
        left = 0.0
        for target, bar in zip(TARGETS, bars, strict=False):
            share = 100 * value(registry, Key("sessions", what="target_third", subject=target, category=third))
            middle = bar.get_y() + bar.get_height() / 2  # type: ignore[attr-defined]
            assert (bar.get_x(), bar.get_width(), middle) == pytest.approx((left, share, -place))  # type: ignore[attr-defined]
            assert bar.get_facecolor()[:3] == pytest.approx(colour_of(targets_figure.SHADES[target].fill))
            left += share


def colour_of(text: str) -> tuple[float, ...]:
    return tuple(int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))


def test_pace_draws_each_arm_in_its_own_look_at_its_shares(registry: Registry, plan: Plan) -> None:
    figure = pace_figure.draw(registry, plan)
    assert figure is not None
    full = {one: registry[Key("pace", one, what="curve", arm="full")] for one in plan.primary_measures}
    shown = [measure for measure, curve in full.items() if isinstance(curve, Curve)]
    assert [chart.heading.text for chart in figure.axes if isinstance(chart, Chart)] == [
        plan.measure_names[one] for one in shown
    ]
    chart = figure.axes[shown.index("mood")]
    for arm in ARMS:
        curve = registry[Key("pace", "mood", what="curve", arm=arm)]
        assert isinstance(curve, Curve)
        moved = 24 * pace_figure.SHIFT[arm]
        wanted = [(week + moved, 100 * share) for week, share in zip(curve.at, curve.value, strict=True)]
        np.testing.assert_allclose(points_of(chart, pace_figure.ARM_STYLES[arm].marker), wanted)
