"""What is true of the people of the synthetic example: every parameter, with its unit.

A trait is measured in standard deviations of the start, and more of it is always better, whatever way its scale runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

VISITS = ("start", "mid", "end", "followup")
PRIMARY = VISITS.index("end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A questionnaire: how it is answered, and how it is added up (written here a second time, apart from the package).

    Attributes
    ----------
    n_items : int
        Items [count].
    lowest : int
        Number of the first of five options.
    better : str
        Whether a higher or a lower score is better.
    reversed_items : tuple of int
        Items that run the other way.
    subscales : tuple of tuple of int
        Items of the subscales whose means are averaged; empty where the items themselves are.
    is_sum : bool
        Whether the score is the sum of the items instead of the mean.
    ease : float
        Trait at which somebody ticks the middle option [sd of the start].
    loading : float
        Correlation of the trait with what an item asks, before it is cut into options, at the start.
    """

    n_items: int
    lowest: int = 1
    better: Literal["higher", "lower"]
    reversed_items: tuple[int, ...] = ()
    subscales: tuple[tuple[int, ...], ...] = ()
    is_sum: bool = True
    ease: float
    loading: float = 0.65


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How one trait moves.

    Attributes
    ----------
    gain : tuple of float
        Gain of everybody at mid, end and follow-up [sd].
    added : tuple of float
        What the full programme adds at mid, end and follow-up for people without a history of self-harm [sd].
    added_self_harm : tuple of float
        What it adds beyond that for people with one [sd].
    shared : float
        Correlation of the trait at the start with the distress that all traits share, in size.
    """

    gain: tuple[float, float, float]
    added: tuple[float, float, float]
    added_self_harm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shared: float = 0.7


SCALES = {
    "dts": Scale(
        n_items=15,
        better="higher",
        reversed_items=(6,),
        subscales=((1, 3, 5), (2, 4, 15), (6, 7, 9, 10, 11, 12), (8, 13, 14)),
        is_sum=False,
        ease=0.7,
        loading=0.6,
    ),
    "ders16": Scale(n_items=16, better="lower", ease=0.8, loading=0.62),
    "ffmq15": Scale(n_items=15, better="higher", reversed_items=(3, 4, 7, 8, 9, 13, 14), ease=0.5, loading=0.6),
    "bsl23": Scale(n_items=23, lowest=0, better="lower", is_sum=False, ease=0.2),
    "wai_sr": Scale(n_items=12, better="higher", ease=-0.6, loading=0.7),
}
ITEM_SCALES = ("dts", "ders16", "ffmq15")  # handed over item by item; of the others only the scores are
NOT_AT_START = ("wai_sr",)  # there is no alliance yet
COURSES = {
    "dts": Course(gain=(0.3, 0.5, 0.5), added=(0.25, 0.51, 0.4)),
    "ders16": Course(gain=(0.3, 0.55, 0.55), added=(0.1, 0.18, 0.15), added_self_harm=(0.2, 0.4, 0.3)),
    "ffmq15": Course(gain=(0.25, 0.4, 0.4), added=(0.05, 0.1, 0.1)),
    "bsl23": Course(gain=(0.3, 0.5, 0.5), added=(0.1, 0.21, 0.15)),
    "wai_sr": Course(gain=(0.0, 0.15, 0.15), added=(0.35, 0.3, 0.3), shared=0.3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who comes, and who is given the full programme.

    Attributes
    ----------
    self_harm, self_harm_distress : float
        Log odds of a history of self-harm, and what one sd of distress adds to it [log odds].
    therapy, therapy_distress : float
        The same for earlier therapy [log odds].
    age_mean, age_sd : float
        Age [years], kept between 18 and 65.
    genders : dict of str to float
        Shares.
    waiting_mean : float
        Waiting time before the start, which changes no score; the dates of the way in tell it [weeks].
    offer : float
        Log odds of the full programme for somebody at 55 points of DERS-16 and 2 of BSL-23 who waited the mean time.
    offer_ders, offer_bsl, offer_self_harm, offer_waiting : float
        What ten points of DERS-16 and one point of BSL-23 at the start, a history of self-harm and ten weeks of
        waiting add to it [log odds].
    """

    self_harm: float = -0.3
    self_harm_distress: float = 0.8
    therapy: float = 0.2
    therapy_distress: float = 0.3
    age_mean: float = 32.0
    age_sd: float = 9.5
    genders: dict[str, float] = field(default_factory=lambda: {"woman": 0.68, "man": 0.23, "non_binary": 0.09})
    waiting_mean: float = 12.0
    offer: float = 0.2
    offer_ders: float = 0.25
    offer_bsl: float = 0.3
    offer_self_harm: float = 0.7
    offer_waiting: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What moves everybody after the start, and who is seen.

    Attributes
    ----------
    persistence : float
        Share of the trait at the start that is still there later.
    self_harm_gain, therapy_gain : float
        What a history of self-harm and earlier therapy add to the gain in both programmes [sd].
    lasting_sd, passing_sd : float
        Spread between people in the gain, and between visits of the same person [sd].
    group_sd, therapist_sd : float
        What a skills group (everybody in it) and a 121 therapist (full programme) add to the gain [sd].
    leaving : tuple of float
        Log odds of leaving between start and mid, mid and end, end and follow-up, in skills group only, for somebody
        whose last recorded DERS-16 was 50.
    leaving_ders, leaving_full : float
        What ten points of the last recorded DERS-16, and the full programme, add to it [log odds].
    """

    persistence: float = 0.75
    self_harm_gain: float = -0.15
    therapy_gain: float = -0.1
    lasting_sd: float = 0.35
    passing_sd: float = 0.35
    group_sd: float = 0.12
    therapist_sd: float = 0.15
    leaving: tuple[float, float, float] = (-1.7, -1.7, -2.2)
    leaving_ders: float = 0.35
    leaving_full: float = -0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What was offered, attended and written down.

    Attributes
    ----------
    weeks : tuple of int
        Planned visits [weeks after the start].
    jitter : dict of str to tuple of int
        Earliest and latest day of a questionnaire around its visit, at the start and later [days].
    astray, astray_days : float, int
        Share of the first three visits that come too late for every window [share], and by how much [days].
    skipped : float
        Share of questionnaires not filled in by people who are still there [share].
    item_missing, poor, poor_missing : float
        Share of answers left out [share]; share of questionnaires of which `poor_missing` of the answers is left out.
    sessions : int
        Weekly sessions of each stream [count].
    attends, attends_sd : float
        Log odds of attending a session on offer, and its spread between people [log odds].
    client_cancels : float
        Share of the sessions not attended that the client cancelled [share].
    service_cancels : float
        Share of sessions that the service cancelled [share].
    share_completed, run_missed : float, int
        Completed: at least this share attended of the group sessions on offer, and never so many missed in a row.
    group_minutes, individual_minutes, individual_minutes_sd : float
        Length of sessions [minutes].
    """

    weeks: tuple[int, ...] = (0, 12, 24, 52)
    jitter: dict[str, tuple[int, int]] = field(default_factory=lambda: {"start": (-14, 3), "later": (-4, 7)})
    astray: float = 0.012
    astray_days: int = 47
    skipped: float = 0.03
    item_missing: float = 0.012
    poor: float = 0.015
    poor_missing: float = 0.5
    sessions: int = 24
    attends: float = 2.2
    attends_sd: float = 0.5
    client_cancels: float = 0.35
    service_cancels: float = 0.03
    share_completed: float = 0.75
    run_missed: int = 4
    group_minutes: int = 120
    individual_minutes: float = 50.0
    individual_minutes_sd: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """What people write down of their own life.

    Attributes
    ----------
    goals : tuple of float
        Shares of people with one, two and three goals.
    goal_start, goal_sd : float
        Rating at the start, and its spread over people and goals [points of 10].
    goal_gain, goal_added : tuple of float
        Gain of everybody at mid, end and follow-up, and what the full programme adds [points].
    goal_lasting, goal_noise : float
        Spread between people in the gain, and of a single rating [points].
    goal_skipped, goal_blank : float
        Share of visits without any rating, and of single ratings left out [share].
    keeps_full, keeps_skills, keeps_sd : float
        Log odds of filling in a week's card, by programme, and their spread between people [log odds].
    days : float
        Share of the days of such a week that are filled in [share].
    ratings : dict of str to tuple of float
        By what is rated: mean in the first week, what a history of self-harm adds, what everybody loses by the last
        week, and what the full programme takes off beyond that [points of 5].
    rating_lasting, rating_noise : float
        Spread between people, and from week to week [points].
    acts, acts_harm, acts_fall, acts_spread : float
        Acts a week in the first week, what a history of self-harm adds, the log ratio of last to first week, and the
        variance of a person's own multiple; the same in both programmes.
    skills, skills_gain, skills_added : float
        Log odds of using a skill on a day, what everybody gains by the last week, what the full programme adds.
    wccl_gain, wccl_added : tuple of float
        Gain in skills use at mid, end and follow-up, and what the full programme adds [sd of the start].
    wccl_loading, wccl_blank : float
        Correlation of the trait with an item; share of answers left out.
    """

    goals: tuple[float, float, float] = (0.2, 0.35, 0.45)
    goal_start: float = 2.6
    goal_sd: float = 1.2
    goal_gain: tuple[float, float, float] = (1.2, 2.2, 2.3)
    goal_added: tuple[float, float, float] = (0.4, 0.8, 0.7)
    goal_lasting: float = 1.0
    goal_noise: float = 0.9
    goal_skipped: float = 0.04
    goal_blank: float = 0.02
    keeps_full: float = 1.5
    keeps_skills: float = 0.4
    keeps_sd: float = 0.8
    days: float = 0.8
    ratings: dict[str, tuple[float, float, float, float]] = field(
        default_factory=lambda: {
            "urge_self_harm": (1.6, 1.0, 0.7, 0.5),
            "urge_suicide": (1.0, 0.5, 0.4, 0.0),
            "misery": (3.2, 0.3, 0.6, 0.2),
        }
    )
    rating_lasting: float = 0.6
    rating_noise: float = 0.6
    acts: float = 0.05
    acts_harm: float = 0.35
    acts_fall: float = 0.7
    acts_spread: float = 1.0
    skills: float = -0.8
    skills_gain: float = 1.3
    skills_added: float = 0.5
    wccl_gain: tuple[float, float, float] = (0.3, 0.5, 0.45)
    wccl_added: tuple[float, float, float] = (0.25, 0.45, 0.35)
    wccl_loading: float = 0.5
    wccl_blank: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Every parameter of the example.

    Attributes
    ----------
    seed : int
        Of the stream from which everything is drawn, and of those of tables that came later.
    n : int
        People [count].
    n_groups, n_therapists : int
        Skills groups, which hold people of both programmes; therapists, of the full programme [count]. Half of each
        belongs to either site.
    group_smallest, group_largest : int
        People in a group that is run [count].
    first_intake : date
        When the first groups of both sites begin.
    intake_weeks, joining_weeks : int
        Between the groups of a site [weeks]; how long a group takes people in [weeks].
    """

    seed: int = 20250101
    n: int = 180
    n_groups: int = 14
    n_therapists: int = 13
    group_smallest: int = 8
    group_largest: int = 16
    first_intake: date = date(2023, 2, 6)
    intake_weeks: int = 20
    joining_weeks: int = 6
    people: People = field(default_factory=People)
    change: Change = field(default_factory=Change)
    records: Records = field(default_factory=Records)
    cards: Cards = field(default_factory=Cards)
