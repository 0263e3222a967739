"""Where the example study lies: inside the installed package, or in the checkout that the package is run from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from outcomes.errors import StudyNotFoundError

EXAMPLE = "example"


def find_example() -> Path:
    """Find the folder of the example study, whose data are synthetic.

    Raises
    ------
    StudyNotFoundError
        When the package was installed without it.
    """
    package = Path(str(files("outcomes")))
    places = (package / EXAMPLE, package.parents[1] / "data" / EXAMPLE)
    found = next((place for place in places if (place / "plan.toml").is_file()), None)
    if found is None:
        raise StudyNotFoundError(EXAMPLE)
    return found
