"""A second computation of every primary estimate, from the cohort's arrays, by other algorithms.

It shares no numeric code with the methods and imports none of them: where they work on moments it loops over people,
where they climb by Newton's method it solves the score equations by MINPACK or iterates expectations, where they have a
formula it uses another identity for the same number. What it takes over is who is counted: arms, visits, completion and
staying are those of the cohort.
"""

from outcomes.replication.engine import ALLOWED, Look, disagreement, look_again

__all__ = ["ALLOWED", "Look", "disagreement", "look_again"]
