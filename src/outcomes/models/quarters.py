"""The quarter of the calendar in which each person started: the quarter of intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.cohort.model import once

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from outcomes.cohort import Cohort

NOT_KNOWN = -1
IN_A_YEAR, MONTHS = 4, 3
NOT_DATED = "clients.csv does not tell when anybody started."


@once
def read_quarters(cohort: Cohort) -> NDArray[np.intp]:
    """Give the number of each person's quarter, counted from the year nought; −1 where no start is recorded."""
    if "start_date" not in cohort.clients:
        return np.full(len(cohort.full), NOT_KNOWN, dtype=np.intp)
    start = pd.to_datetime(cohort.clients["start_date"])
    number = start.dt.year * IN_A_YEAR + (start.dt.month - 1) // MONTHS
    return np.asarray(number.fillna(NOT_KNOWN), dtype=np.intp)


def word_of(quarter: int) -> str:
    """Give the word of a quarter, of which keys are made; in their order words stand as quarters do."""
    return f"{quarter // IN_A_YEAR}_q{quarter % IN_A_YEAR + 1}"


def label_of(quarter: int) -> str:
    """Give what people call a quarter."""
    return f"{quarter // IN_A_YEAR} Q{quarter % IN_A_YEAR + 1}"
