"""One family of calls on a data frame: the same arguments, the same result, the methods that the analyses call."""

from outcomes.frames.counted import gee, negbin
from outcomes.frames.linear import ancova
from outcomes.frames.pooled import meta
from outcomes.frames.repeated import mmrm
from outcomes.frames.result import Fit
from outcomes.frames.shares import logistic, reliable_change
from outcomes.frames.sized import size
from outcomes.frames.times import cox, rmst
from outcomes.frames.weighting import weighted

__all__ = [
    "Fit",
    "ancova",
    "cox",
    "gee",
    "logistic",
    "meta",
    "mmrm",
    "negbin",
    "reliable_change",
    "rmst",
    "size",
    "weighted",
]
