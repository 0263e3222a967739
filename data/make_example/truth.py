"""What is true of the people of the synthetic example: every parameter, with its unit."""

from __future__ import annotations

from dataclasses import dataclass, field

VISITS = ("start", "mid", "end", "followup")
WEEKS = {"start": 0, "mid": 12, "end": 24, "followup": 52}
LAST_SESSION_WEEK = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """How one trait moves. Traits are in standard deviations of the start, and higher is always better.

    Attributes
    ----------
    need : float
        How far one standard deviation of need lowers the start [sd].
    gain : tuple of float
        Gain of everybody at mid, end and follow-up [sd].
    full : tuple of float
        Gain that the full programme adds at mid, end and follow-up, for people without the moderator [sd].
    full_self_harm : float
        What a history of self-harm adds to it, as a multiple of `full` [ratio].
    """

    need: float
    gain: tuple[float, float, float]
    full: tuple[float, float, float]
    full_self_harm: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Every parameter of the example.

    Attributes
    ----------
    seed : int
    n_full, n_skills : int
        People who start each programme [count].
    n_groups, n_therapists : int
        Skills groups, which hold people of both programmes; therapists, of the full programme only [count].
    choice_need, choice_self_harm : float
        How need (per sd) and a history of self-harm move people towards the full programme [log odds].
    group_sd, therapist_sd : float
        What a group and a therapist add to every trait after the start [sd].
    state_sd : float
        What comes and goes between visits [sd].
    stay : float
        Log odds of staying through an interval for somebody of average traits in skills group only.
    stay_trait, stay_full : float
        What one sd of emotion regulation when last seen, and the full programme, add to it [log odds].
    missed : float
        Share of sessions missed by those who stay [share].
    item_missing, questionnaire_poor : float
        Share of answers missing; share of questionnaires of which more than half is missing [share].
    visit_skipped : float
        Share of questionnaires not given although the person was there [share].
    """

    seed: int = 20250101
    n_full: int = 110
    n_skills: int = 70
    n_groups: int = 14
    n_therapists: int = 13
    choice_need: float = 0.7
    choice_self_harm: float = 0.6
    group_sd: float = 0.15
    therapist_sd: float = 0.2
    state_sd: float = 0.45
    stay: float = 1.9
    stay_trait: float = 0.45
    stay_full: float = 0.35
    missed: float = 0.13
    item_missing: float = 0.012
    questionnaire_poor: float = 0.015
    visit_skipped: float = 0.03
    traits: dict[str, Trait] = field(
        default_factory=lambda: {
            "dts": Trait(need=0.45, gain=(0.35, 0.6, 0.6), full=(0.3, 0.5, 0.4)),
            "ders16": Trait(need=0.55, gain=(0.4, 0.7, 0.65), full=(0.15, 0.25, 0.2), full_self_harm=1.6),
            "ffmq15": Trait(need=0.35, gain=(0.3, 0.5, 0.45), full=(0.1, 0.15, 0.1)),
            "bsl23": Trait(need=0.6, gain=(0.35, 0.6, 0.6), full=(0.1, 0.2, 0.15)),
        }
    )
