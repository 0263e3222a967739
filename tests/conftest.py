"""Fixtures that every floor of the tests shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
