"""What is true of sessions and dose in the synthetic example and its regenerated kin, by id of the result.

For tests that ask of every interval whether it holds the truth often enough.
"""

from __future__ import annotations

PRIMARY_MEASURES = ("dts", "ders16", "ffmq15")
DOSES = ("", "full.group.", "full.individual.", "skills.group.")
# Shares from which data/make_example/sessions.py draws; homework can be reviewed only where it was set the time before.
SHARES = {
    "agenda_set": 0.93,
    "week_reviewed": 0.95,
    "chain_analysis": 0.62,
    "solution_analysis": 0.55,
    "skills_generalised": 0.58,
    "homework_set": 0.84,
    "validation_and_change": 0.78,
    "feedback": 0.66,
    "closing_summary": 0.81,
}


def dose_truths() -> list[tuple[str, float]]:
    """Pairs of id and truth: no session changes any score."""
    return [(f"dose.{measure}.end.{dose}per_session", 0.0) for measure in PRIMARY_MEASURES for dose in DOSES]


def session_truths() -> list[tuple[str, float]]:
    """Pairs of id and truth: what was done in sessions, and how long they took."""
    shares = [(f"sessions.{name}.share", share) for name, share in SHARES.items()]
    return [*shares, ("sessions.homework.followed_up", 0.83), ("sessions.minutes.mean", 50.0)]
