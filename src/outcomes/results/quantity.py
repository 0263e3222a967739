"""What kind of number a result is: a closed list, which decides how it prints, is rounded and may be released."""

from __future__ import annotations

from enum import StrEnum


class Quantity(StrEnum):
    """Kind of a number; its unit stands beside it, since a mean may be of points, minutes or money."""

    COUNT = "count"  # people, sessions or rows
    TALLY = "tally"  # of covariates, levels, computations or looks: of what is no person and nothing people have
    SHARE = "share"  # a part of people, sessions, or of a variance
    MEAN = "mean"
    QUANTILE = "quantile"
    SD = "sd"
    DIFFERENCE = "difference"  # full minus skills, in the unit of the scale
    CHANGE = "change"  # within one arm, from the start
    SLOPE = "slope"  # per session, or per standard deviation of something
    STANDARDISED_DIFFERENCE = "standardised difference"
    SHARE_DIFFERENCE = "share difference"
    RATIO = "ratio"  # of two shares
    ODDS_RATIO = "odds ratio"
    HAZARD_RATIO = "hazard ratio"
    RATE = "rate"  # per person-year, or in the weeks that a count at a visit is of
    RATE_RATIO = "rate ratio"
    RATE_DIFFERENCE = "rate difference"
    EXPOSURE = "exposure"  # years over which events would have become known
    DISPERSION = "dispersion"  # of counts between people, beyond chance
    EXACT_LIMIT = "exact limit"  # of a share, at which it stands where nobody had it
    SUPERIORITY = "probability of superiority"  # a share of pairs of people, ties counted half
    NUMBER_NEEDED = "number needed"
    P_VALUE = "p-value"
    STATISTIC = "statistic"  # of a test, with its one or two degrees of freedom
    CUT_OFF = "cut-off"
    VARIANCE = "variance"
    CORRELATION = "correlation"  # correlations and other shares of variance that are no share of people
    EFFECTIVE_NUMBER = "effective number"
    MONEY = "money"
    MONEY_DIFFERENCE = "money difference"
    COST_EFFECTIVENESS = "cost-effectiveness"  # money for one more of an effect
    HOURS = "hours"
    TIME = "time"  # weeks of stay, minutes of a session
    TIME_DIFFERENCE = "time difference"
    SENSITIVITY = "sensitivity"  # how strong something not recorded would have to be
    MONTE_CARLO_ERROR = "Monte-Carlo error"
    DISTANCE = "distance"  # of two computations of the same
    DESIGN_NUMBER = "design number"  # of people that a planned study needs
    VERDICT = "verdict"  # what a comparison tells: a word of a closed list, kept by its place in it
