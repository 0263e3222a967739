"""Clinics pooled from their editions to share alone, without any agreement."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner

import outcomes
from outcomes.cli import main
from outcomes.methods.meta_analysis import fit_meta_analysis
from outcomes.pooling.keys import together
from outcomes.pooling.refusals import PoolRefusedError
from outcomes.pooling.shares import pool_shares
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from pooled_clinics import CLINICS, write_clinics

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long  # three whole reports
NORMAL = 1.959963984540054  # qnorm(0.975)


@pytest.fixture(scope="module")
def shares(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    home = tmp_path_factory.mktemp("shares")
    studies = write_clinics(home)
    return [outcomes.report(studies[clinic], out=home / "reports").folder / "share" for clinic in CLINICS]


def test_editions_are_pooled_by_what_they_tell(shares: list[Path]) -> None:
    pooled = pool_shares(shares)
    found = pooled.registry[together("mood", "two_stage")]
    assert isinstance(found, Estimate)
    told = [read_registry(share / "results.json")["mmrm.mood.end.difference"] for share in shares]
    effects = np.array([one.value for one in told if isinstance(one, Estimate)])
    limits = [one.limits for one in told if isinstance(one, Estimate) and one.limits]
    variances = np.array([((high - low) / 2 / NORMAL) ** 2 for low, high in limits])
    assert len(effects) == len(limits) == 3
    fit = fit_meta_analysis(effects=effects, variances=variances, level=0.95)
    assert found.value == pytest.approx(fit.value, rel=1e-12)
    assert found.limits == pytest.approx((fit.low, fit.high), rel=1e-12)  # its scale is above one
    assert fit.scale > 1


def test_what_rounding_costs_is_computed_and_said(shares: list[Path]) -> None:
    registry = pool_shares(shares).registry
    widened, moved = (registry[together("mood", what)] for what in ("widened", "moved"))
    assert isinstance(widened, Estimate)
    assert isinstance(moved, Estimate)
    # narrower errors of single clinics leave the spread between them as it is
    assert 0.9 < widened.value < 1.2
    assert widened.value != 1
    assert 0 < moved.value < 0.2
    said = CliRunner().invoke(main, ["pool", *map(str, shares)])
    assert said.exit_code == 0, said.output
    assert "rounding in the editions makes the interval about" in said.output


def test_one_edition_the_same_twice_and_other_visits_are_refused(shares: list[Path], tmp_path: Path) -> None:
    with pytest.raises(PoolRefusedError, match="at least two"):
        pool_shares(shares[:1])
    with pytest.raises(PoolRefusedError, match="named twice"):
        pool_shares([shares[0], shares[0]])
    other = tmp_path / "share"
    shutil.copytree(shares[1], other)
    text = (other / "manifest.json").read_text(encoding="utf-8")
    (other / "manifest.json").write_text(text.replace('"week": 24.0', '"week": 26.0'), encoding="utf-8")
    with pytest.raises(PoolRefusedError, match=r"visits\.end\.week"):
        pool_shares([shares[0], other])
