"""A second computation, by other libraries and other roads, from the study's tables up.

It shares no numeric code with the methods and imports none of them, nor the cohort, nor scoring: statsmodels computes
what it can, and where it has no road, another algorithm does. What stands in the report is computed from the people of
the cohort, for the main estimates; `outcomes verify --independent` reads the people again and computes the rest too.
"""

from outcomes.replication.comparison import ALLOWED, Comparison, distance
from outcomes.replication.engine import replicate
from outcomes.replication.people import People, read_people
from outcomes.replication.tally import count_kinds, describe_second

__all__ = [
    "ALLOWED",
    "Comparison",
    "People",
    "count_kinds",
    "describe_second",
    "distance",
    "read_people",
    "replicate",
]
