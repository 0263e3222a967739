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
# What was added to the records later, drawn apart.
SHARES_TOO = {
    "crisis_reviewed": 0.35,
    "priority_target_worked_on": 0.72,
    "goal_set": 0.48,
    "cognitive_restructuring": 0.41,
    "behavioural_task_set": 0.38,
    "relationship_discussed": 0.27,
    "plan_adjusted": 0.19,
}
TASK_FOLLOWED_UP = 0.83 * 0.84
MODES = {"in_person": 0.7, "online": 0.22, "phone": 0.08}
RATED, MEAN_RATING = 0.25, 0.1 * 2 + 0.3 * 3 + 0.4 * 4 + 0.2 * 5


def dose_truths() -> list[tuple[str, float]]:
    """Pairs of id and truth: no session changes any score."""
    return [(f"dose.{measure}.end.{dose}per_session", 0.0) for measure in PRIMARY_MEASURES for dose in DOSES]


def session_truths() -> list[tuple[str, float]]:
    """Pairs of id and truth: what was done in sessions, and how long they took."""
    shares = [(f"sessions.{name}.share", share) for name, share in SHARES.items()]
    return [*shares, ("sessions.homework.followed_up", 0.83), ("sessions.minutes.mean", 50.0)]


def later_session_truths() -> list[tuple[str, float]]:
    """Pairs of id and truth of what was added to the records of sessions later."""
    shares = [(f"sessions.{name}.share", share) for name, share in SHARES_TOO.items()]
    modes = [(f"sessions.mode.{mode}.share", share) for mode, share in MODES.items()]
    followed = ("sessions.behavioural_task.followed_up", TASK_FOLLOWED_UP)
    rated = [("sessions.adherence.recorded_share", RATED), ("sessions.adherence.mean", MEAN_RATING)]
    return [*shares, *modes, followed, *rated]


# Rate a year in skills group only, ratio in the full programme, and how many times as many there are before the start,
# from which data/make_example/events.py draws.
EVENTS = {"self_harm": (3.6, 0.5, 1.6), "emergency": (1.1, 1.0, 1.4), "admission": (0.4, 1.0, 1.3)}


def event_truths() -> list[tuple[str, float]]:
    """Pairs of id and truth of events.

    One person of the full programme has 70 episodes of self-harm, planted: of its rate there, and of comparisons by
    what is not adjusted for, nothing is known in advance. Elsewhere nobody is planted, and leaving out whoever moves a
    ratio most moves it away from the truth.
    """
    found = []
    for kind, (rate, ratio, worse) in EVENTS.items():
        arms = {"full": rate * ratio, "skills": rate} if kind != "self_harm" else {"skills": rate}
        found += [(f"events.{kind}.{arm}.rate", true) for arm, true in arms.items()]
        found += [(f"events.{kind}.mirror.{arm}.rate_ratio", true / rate / worse) for arm, true in arms.items()]
        ways = ["", "without_one."] if kind == "self_harm" else ["", "crude."]
        found += [(f"events.{kind}.{way}rate_ratio", ratio) for way in ways]
        if kind != "self_harm":
            found += [(f"events.{kind}.rate_ratio_robust", ratio), (f"events.{kind}.rate_difference", 0.0)]
            found.append((f"events.{kind}.any.difference", 0.0))
    return [*found, ("events.self_harm.mar.rate_ratio", 0.5)]
