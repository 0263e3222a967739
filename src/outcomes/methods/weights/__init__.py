"""Weights that make two arms alike, from the chance of being in one of them, and the differences they give."""

from outcomes.methods.weights.difference import WeightedFit, fit_augmented_difference, fit_weighted_difference
from outcomes.methods.weights.jackknife import Without, leave_out
from outcomes.methods.weights.propensity import PropensityFit, SeparatedError, fit_propensity
from outcomes.methods.weights.repeated import WeightedMmrmFit, fit_weighted_mmrm
from outcomes.methods.weights.targets import Target, effective_n, weigh

__all__ = [
    "PropensityFit",
    "SeparatedError",
    "Target",
    "WeightedFit",
    "WeightedMmrmFit",
    "Without",
    "effective_n",
    "fit_augmented_difference",
    "fit_propensity",
    "fit_weighted_difference",
    "fit_weighted_mmrm",
    "leave_out",
    "weigh",
]
