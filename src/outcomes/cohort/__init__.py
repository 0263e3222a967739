"""The cohort: who is counted, in which arm, at which visit, and who shares a group or a therapist."""

from outcomes.cohort.assemble import assemble
from outcomes.cohort.model import Cohort, LeftOut
from outcomes.cohort.structure import Cluster

__all__ = ["Cluster", "Cohort", "LeftOut", "assemble"]
