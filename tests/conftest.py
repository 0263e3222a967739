"""Fixtures that every floor of the tests shares."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parent))

from small_study import write_small_study  # beside this file, which is no package

ROOT = Path(__file__).resolve().parent.parent
LONG = {line for line in (ROOT / "tests" / "long.txt").read_text(encoding="utf-8").splitlines() if line[:1] != "#"}


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that were measured to be long."""
    for item in items:
        if item.nodeid.partition("[")[0] in LONG:
            item.add_marker("long")


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data sets and R's answers on them, which may not be copied into the project."""
    folder = Path(os.environ.get("OUTCOMES_SHARED", ROOT.parent / "shared"))
    if not (folder / "reference").is_dir():
        pytest.skip("the folder of real reference data is not beside this checkout (see docs/validation.md)")
    return folder


@pytest.fixture
def small_study(tmp_path: Path) -> Path:
    """Folder of a small synthetic study, to spoil at will."""
    return write_small_study(tmp_path / "small")


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the run of a small synthetic study, not to be changed; the study lies two folders above."""
    import outcomes

    home = tmp_path_factory.mktemp("run")
    study = outcomes.read_study(write_small_study(home / "small"))
    return outcomes.report(study, out=home / "reports").folder


# How long it takes to draw an example depends on what else the machine does; what a property says does not.
settings.register_profile("steady", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("steady")
