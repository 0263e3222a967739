"""Mixed model for repeated measures: exact, small-sample right, at a cost that does not grow with the clients."""

from outcomes.methods.mmrm.bootstrap import Bootstrap, bootstrap
from outcomes.methods.mmrm.fit import fit_first_estimable, fit_mmrm, fit_moments
from outcomes.methods.mmrm.inference import DfMethod, FTest, MmrmFit
from outcomes.methods.mmrm.influence import LeaveOneOut, leave_one_out
from outcomes.methods.mmrm.pattern_moments import Moments, moments
from outcomes.methods.mmrm.robust import RobustFit, fit_cluster_robust
from outcomes.methods.mmrm.structures import STRUCTURES, Covariance
from outcomes.results.outcome import NotEstimableError

__all__ = [
    "STRUCTURES",
    "Bootstrap",
    "Covariance",
    "DfMethod",
    "FTest",
    "LeaveOneOut",
    "MmrmFit",
    "Moments",
    "NotEstimableError",
    "RobustFit",
    "bootstrap",
    "fit_cluster_robust",
    "fit_first_estimable",
    "fit_mmrm",
    "fit_moments",
    "leave_one_out",
    "moments",
]
