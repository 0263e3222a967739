"""A second computation of every primary estimate, from the cohort's arrays, by other libraries and other roads.

It shares no numeric code with the methods and imports none of them: statsmodels computes what it can, and where it has
no road, another algorithm does. What it takes over is who is counted: arms, visits, completion and staying are those of
the cohort.
"""

from outcomes.replication.comparison import ALLOWED, Comparison, distance
from outcomes.replication.engine import replicate

__all__ = ["ALLOWED", "Comparison", "distance", "replicate"]
