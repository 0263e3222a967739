"""What the plan says about the clinic's further questions: for whom, 121 sessions, costs, evidence, precision."""

from __future__ import annotations

from outcomes.plan.frozen import Frozen


class Needs(Frozen):
    """For whom the programmes may differ: the characteristics to look at, declared beforehand."""


class Sessions(Frozen):
    """How 121 sessions, dose and alliance are read."""


class Costs(Frozen):
    """How money and time are counted."""


class Evidence(Frozen):
    """How published results are set beside the local one."""


class Precision(Frozen):
    """How many people an answer needs."""
