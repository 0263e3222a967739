"""Missing scores: drawn from the repeated-measures model, or put at their expected value."""

from outcomes.methods.impute.assumptions import ASSUMPTIONS, Assumption, is_lost, move_scores
from outcomes.methods.impute.columns import complete_columns
from outcomes.methods.impute.complete import Completed, complete_scores
from outcomes.methods.impute.counted import (
    CountAssumption,
    CountDraws,
    Unfollowed,
    complete_counts,
    complete_yes_no,
    draw_count_posterior,
)
from outcomes.methods.impute.expected import Expected, fit_expected
from outcomes.methods.impute.people import People, to_people
from outcomes.methods.impute.posterior import Draws, draw_posterior
from outcomes.methods.impute.start import CompletedStart, StartModel
from outcomes.methods.impute.tipping import Tipping, to_contrast
from outcomes.methods.jackknife import Jackknifed

__all__ = [
    "ASSUMPTIONS",
    "Assumption",
    "Completed",
    "CompletedStart",
    "CountAssumption",
    "CountDraws",
    "Draws",
    "Expected",
    "Jackknifed",
    "People",
    "StartModel",
    "Tipping",
    "Unfollowed",
    "complete_columns",
    "complete_counts",
    "complete_scores",
    "complete_yes_no",
    "draw_count_posterior",
    "draw_posterior",
    "fit_expected",
    "is_lost",
    "move_scores",
    "to_contrast",
    "to_people",
]
