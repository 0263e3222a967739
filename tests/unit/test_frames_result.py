"""What a call on a frame gives: the numbers of statsmodels, contrasts by name, text, HTML, a drawing."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import outcomes
from outcomes.errors import FrameError

N = 90
VISITS = ["w4", "w12", "w24"]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(11)
    arm = rng.integers(0, 2, N)
    sex = rng.choice(["f", "m"], N)
    base = rng.normal(30, 5, N)
    y = 5 + 0.7 * base + 2 * arm + 3 * arm * (sex == "m") + rng.normal(0, 2, N)
    return pd.DataFrame({"who": np.arange(N), "arm": arm, "sex": sex, "base": base, "y": y})


@pytest.fixture(scope="module")
def long(people: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(12)
    level = rng.normal(0, 2, N)
    parts = [
        people.assign(visit=visit, y=people["y"] + level + place * people["arm"] + rng.normal(0, 1, N))
        for place, visit in enumerate(VISITS)
    ]
    return pd.concat(parts).sample(frac=0.9, random_state=1)


def test_least_squares_by_a_formula_is_that_of_statsmodels(people: pd.DataFrame) -> None:
    # statsmodels 0.15, OLS with HC3 and t; both factor the same matrix, hence agreement but for rounding
    formula = "y ~ arm + base + C(sex) + np.log(base)"
    fit = outcomes.ancova(people, formula)
    model = smf.ols(formula, people).fit(cov_type="HC3", use_t=True)
    found = (fit.estimate, fit.se, fit.df, fit.p_value, fit.low, fit.high)
    wanted = (model.params["arm"], model.bse["arm"], model.df_resid, model.pvalues["arm"], *model.conf_int().loc["arm"])
    assert found == pytest.approx(wanted, rel=1e-7)


def test_an_arm_that_meets_something_is_averaged_and_told_at_each_level(people: pd.DataFrame) -> None:
    fit = outcomes.ancova(people, "y ~ arm*sex + base")
    model = smf.ols("y ~ arm*C(sex) + base", people).fit(cov_type="HC3", use_t=True)
    m = (people["sex"] == "m").mean()
    names = list(model.params.index)
    place = {name: float(np.array([name == one for one in names]).argmax()) for name in ("arm", "arm:C(sex)[T.m]")}

    def test(at: float) -> tuple[float, float]:
        weights = np.zeros(len(names))
        weights[int(place["arm"])], weights[int(place["arm:C(sex)[T.m]"])] = 1.0, at
        one = model.t_test(weights)
        return float(one.effect[0]), float(one.sd[0, 0])

    assert (fit.estimate, fit.se) == pytest.approx(test(m), rel=1e-7)
    each = fit.contrasts("each sex")
    assert (each["f"].estimate, each["f"].se) == pytest.approx(test(0.0), rel=1e-7)
    assert (each["m"].estimate, each["m"].se) == pytest.approx(test(1.0), rel=1e-7)
    assert fit.contrasts("interaction").estimate == pytest.approx(model.params["arm:C(sex)[T.m]"], rel=1e-7)
    means = fit.contrasts("means")
    assert means.rows[0].estimate - means.rows[1].estimate == pytest.approx(fit.estimate)
    grid = [model.predict(people.assign(arm=arm)).mean() for arm in (1, 0)]
    assert [row.estimate for row in means.rows] == pytest.approx(grid, rel=1e-9)


def test_repeated_measures_by_a_formula_are_those_by_names(long: pd.DataFrame) -> None:
    asked = {"client": "who", "visits": VISITS}
    named = outcomes.mmrm(long, score="y", baseline="base", covariates=["sex"], **asked)
    formula = outcomes.mmrm(long, "y ~ arm*visit + base*visit + sex", **asked)
    pd.testing.assert_frame_equal(named.to_frame(), formula.to_frame())
    one = outcomes.mmrm(long, "y ~ arm*visit + base + sex", **asked)
    assert one.estimate != pytest.approx(named.estimate, rel=1e-9)
    assert one.how.adjusted == ("base", "sex")


def test_contrasts_of_repeated_measures_add_up(long: pd.DataFrame) -> None:
    fit = outcomes.mmrm(long, score="y", baseline="base", client="who", visits=VISITS, at="w12")
    assert fit.estimate == fit["w12"].estimate
    by_visit = fit.to_frame()["estimate"]
    assert fit.contrasts("average").estimate == pytest.approx(by_visit.mean())
    change = fit.contrasts("interaction")
    assert [row.estimate for row in change.rows] == pytest.approx(list(by_visit[1:] - by_visit[0]))
    assert change.notes[0].startswith("Arm by visit, all at once: F(2, ")
    means = fit.contrasts("means").to_frame().pivot_table(index="term", columns="contrast", values="estimate")
    assert (means["1"] - means["0"])[VISITS].tolist() == pytest.approx(by_visit.tolist())
    with pytest.raises(FrameError, match="there are: visits, average, interaction, means"):
        fit.contrasts("emmeans")
    with pytest.raises(KeyError, match="there are: w4, w12, w24"):
        fit["w99"]


def test_estimating_equations_are_those_of_statsmodels(long: pd.DataFrame) -> None:
    # statsmodels 0.15, GEE, exchangeable; its moment estimate of the correlation has another divisor, hence 1e-3
    import statsmodels.api as sm

    counted = long.assign(n=long["y"].abs().round().astype(int))
    fit = outcomes.gee(counted, score="n", family="poisson", client="who", visits=VISITS)
    data = counted.assign(v=pd.Categorical(counted["visit"], VISITS)).sort_values(["who", "v"])
    model = smf.gee("n ~ arm + v", "who", data, cov_struct=sm.cov_struct.Exchangeable(), family=sm.families.Poisson())
    assert np.log(fit.estimate) == pytest.approx(model.fit().params["arm"], rel=1e-3)
    assert fit.n == counted["who"].nunique()


def test_broom_names_text_html_and_a_drawing(long: pd.DataFrame) -> None:
    fit = outcomes.mmrm(long, score="y", baseline="base", client="who", visits=VISITS)
    names = ["term", "contrast", "estimate", "std.error", "statistic", "df", "p.value", "conf.low", "conf.high", "n"]
    assert list(fit.to_frame().columns) == names
    assert repr(fit) == str(fit.summary()) == repr(fit.summary())
    assert "outcomes.mmrm: adjusted difference at each visit" in repr(fit)
    assert fit._repr_html_().count("<tr>") == 1 + len(VISITS)
    figure = fit.plot()
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    assert b"<svg" in file.getvalue()
    assert len(figure.axes[0].lines) == 2 * len(VISITS) + 1


def test_published_effects_and_sizes() -> None:
    studies = pd.DataFrame({"d": [0.2, 0.5, 0.4, np.nan], "se": [0.1, 0.2, 0.15, 0.1], "name": list("abcd")})
    fit = outcomes.meta(studies, effect="d", se="se", study="name")
    assert fit.dropped == {"no effect": 1}
    by_variance = outcomes.meta(studies.assign(v=studies["se"] ** 2), effect="d", variance="v")
    assert fit.estimate == by_variance.estimate
    ratio = outcomes.meta(studies, effect="d", se="se", logarithm=True)
    assert ratio.estimate == pytest.approx(np.exp(fit.estimate))
    assert [row.term for row in fit.contrasts("heterogeneity").rows] == ["tau²", "I²", "H²", "Q"]
    with pytest.raises(FrameError, match="stands twice"):
        outcomes.meta(studies.assign(name="a"), effect="d", se="se", study="name")
    # 64 in each arm: Cohen (1988), table 2.4.1, d = 0.5, two-sided 0.05, power 0.8
    assert outcomes.size(difference=0.5, sd=1.0).estimate == 128
    for asked in ({}, {"difference": 1.0, "shares": (0.5, 0.6)}, {"differ": 1}, {"shares": (0.5, 60)}):
        with pytest.raises(FrameError):
            outcomes.size(**asked)
