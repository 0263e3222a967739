"""How many people an answer needs, before there are data or with what a study's data say."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods.sample_size import (
    Arm,
    Clusters,
    Design,
    people_for_difference,
    people_for_equivalence,
    people_for_shares,
    require_design,
    whole_people,
)
from outcomes.models.covariates import read_covariates
from outcomes.models.occasion import Occasion
from outcomes.questions.precision.nuisance import gather
from outcomes.results.how import How
from outcomes.results.key import Key
from outcomes.results.outcome import NotEstimableError
from outcomes.results.planned import Planned
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.cohort import Cohort
    from outcomes.models.covariates import Covariates
    from outcomes.questions.precision.nuisance import Kind
    from outcomes.results.outcome import Outcome

NO_DIFFERENCE = (
    "The plan does not say which difference would be worthwhile on this measure; state one with --difference."
)
# What lays people out in arms, groups and caseloads: where one is stated, sizes are taken to be equal.
LAYOUT = ("group_size", "mixed_groups", "caseload", "ratio", "dropout_full", "dropout_skills")
# Of the difference, where the curve is drawn: from half of it to twice, with the difference itself in the middle.
PLACES = np.round(np.geomspace(0.5, 2.0, 25), 3)
SAMPLE_SIZE = How(estimator="sample_size")
METHOD = (
    "noncentral t; variance by the design effects of groups and therapists, the correlation with the start, who was "
    "not seen"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a planner states; None is taken from the study's data, or where there is no study is none at all.

    Attributes
    ----------
    difference : float or None
        To be seen, and the margin of equivalence [points].
    sd, correlation : float or None
        Within an arm; with the score at the start.
    dropout_full, dropout_skills : float or None
        [share]
    group_size, icc_group : float or None
        People in a skills group; how alike they are.
    mixed_groups : bool or None
        Whether a group holds people of both arms, in the ratio of the arms.
    caseload, icc_therapist : float or None
        People of a 121 therapist; how alike they are.
    explained : float or None
        How far what is adjusted for tells the programme: zero where people are allocated at random [share].
    ratio : float or None
        People in the full arm for each in the skills arm.
    power, level : float or None
        [share]
    """

    difference: float | None = None
    sd: float | None = None
    correlation: float | None = None
    dropout_full: float | None = None
    dropout_skills: float | None = None
    group_size: float | None = None
    icc_group: float | None = None
    mixed_groups: bool | None = None
    caseload: float | None = None
    icc_therapist: float | None = None
    explained: float | None = None
    ratio: float | None = None
    power: float | None = None
    level: float | None = None

    def over(self, other: Given) -> Given:
        """Give what is stated here, else what is stated there."""
        stated = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}
        return replace(other, **stated)


BY_DEFAULT = Given(
    sd=1.0,
    correlation=0.0,
    dropout_full=0.0,
    dropout_skills=0.0,
    group_size=1.0,
    icc_group=0.0,
    mixed_groups=True,
    caseload=1.0,
    icc_therapist=0.0,
    explained=0.0,
    ratio=1.0,
    power=0.8,
    level=0.95,
)


def size_alone(given: Given) -> tuple[Outcome, ...]:
    """Size a study that there are no data for."""
    whole = given.over(BY_DEFAULT)
    return tuple(_size("", "", whole, _to_design(whole)))


def size_shares(full: float, skills: float, given: Given) -> tuple[Outcome, ...]:
    """Size a study of a share, such as of those who complete."""
    whole = given.over(BY_DEFAULT)
    share = _number(whole.ratio) / (1 + _number(whole.ratio))
    ask = {"level": _number(whole.level), "power": _number(whole.power)}
    try:
        people = people_for_shares(full=full, skills=skills, share_full=share, **ask)
    except NotEstimableError as why:
        return (_plan("", "People who have to start").refuse(str(why), why.cause),)
    return tuple(_tell_people("", "", people, share, "difference of two shares (Fleiss, Levin & Paik 2003)"))


def size_study(cohort: Cohort, given: Given) -> dict[str, tuple[Given, tuple[Outcome, ...]]]:
    """Size by what a study's data say, for each of its primary measures."""
    plan = cohort.plan
    covariates = read_covariates(cohort)
    found = {}
    for measure in plan.primary_scored:
        occasion = Occasion(cohort, measure, plan.primary)
        whole = given.over(Given(level=plan.confidence.level, power=plan.precision.power))
        whole = whole.over(Given(difference=plan.measures[measure].worthwhile))
        label = f"{occasion.label}: "
        try:
            read, design, assumed = _read_design(occasion, covariates, whole)
            found[measure] = (read, tuple(_size(measure, label, read, design, assumed)))
        except NotEstimableError as why:
            absent = _plan(measure, f"{label}people who have to start").refuse(str(why), why.cause)
            found[measure] = (whole, (absent,))
    return found


def _read_design(occasion: Occasion, covariates: Covariates, given: Given) -> tuple[Given, Design, tuple[str, ...]]:
    """Take from the data what is not stated, and say what neither tells; a stated size or mix replaces those found."""
    if given.difference is None:
        raise NotEstimableError(NO_DIFFERENCE, "not planned")
    data = gather(occasion, covariates)
    stated = occasion.cohort.plan.precision
    iccs: dict[Kind, float | None] = {
        "group": stated.icc_group if given.icc_group is None else given.icc_group,
        "therapist": stated.icc_therapist if given.icc_therapist is None else given.icc_therapist,
    }
    design = data.design(iccs)
    read = given.over(
        Given(
            sd=design.sd,
            correlation=design.correlation,
            explained=design.explained,
            dropout_full=design.full.dropout,
            dropout_skills=design.skills.dropout,
            ratio=design.full.share / design.skills.share,
            icc_group=data.planned_icc("group", iccs["group"]),
            icc_therapist=data.planned_icc("therapist", iccs["therapist"]),
        )
    )
    sizes = {kind: data.mean_size(kind) for kind in data.labels}
    read = read.over(Given(group_size=sizes.get("group"), caseload=sizes.get("therapist")))
    if all(getattr(given, name) is None for name in LAYOUT):
        sd, correlation, explained = (_number(one) for one in (read.sd, read.correlation, read.explained))
        design = replace(design, sd=sd, correlation=correlation, explained=explained)
        return read.over(Given(mixed_groups=data.is_crossed("group"))), design, data.notes(iccs)
    whole = read.over(BY_DEFAULT)
    return whole, _to_design(whole), data.notes(iccs)


def _to_design(given: Given) -> Design:
    ratio, icc = _number(given.ratio), _number(given.icc_group)
    share = {"full": ratio / (1 + ratio), "skills": 1 / (1 + ratio)}
    dropout = {"full": _number(given.dropout_full), "skills": _number(given.dropout_skills)}
    seen = {arm: share[arm] * (1 - dropout[arm]) for arm in share}
    total = sum(seen.values())
    size, mixed = _number(given.group_size), bool(given.mixed_groups)
    arms = {}
    for arm, part in share.items():
        within = size * seen[arm] / total if mixed and total else size
        clusters = [Clusters(size=max(within, 1.0), cv=0.0, icc=icc)]
        if arm == "full":
            clusters.append(Clusters(size=_number(given.caseload), cv=0.0, icc=_number(given.icc_therapist)))
        own = (not mixed, True)[: len(clusters)]
        arms[arm] = Arm(share=part, dropout=dropout[arm], clusters=tuple(clusters), own=own)
    return Design(
        sd=_number(given.sd),
        correlation=_number(given.correlation),
        explained=_number(given.explained),
        full=arms["full"],
        skills=arms["skills"],
        crossing=icc * size if mixed and size > 1 else 0.0,
        reference="t",
    )


def _plan(measure: str, label: str, what: str = "people", arm: str = "") -> Planned:
    key = Key("size", measure, what=what, arm=arm)
    return Planned(key=key, label=label, quantity=Quantity.DESIGN_NUMBER, unit="number")


def _size(measure: str, label: str, given: Given, design: Design, assumed: tuple[str, ...] = ()) -> Iterator[Outcome]:
    """Size for one measure, or without any where there are no data."""
    difference, level, power = (_number(one) for one in (given.difference, given.level, given.power))
    start, share = f"{label}people who have to start", design.full.share
    try:
        require_design(design)
        people = people_for_difference(design=design, difference=difference, level=level, power=power)
        equal = people_for_equivalence(design=design, margin=difference, level=level, power=power)
    except NotEstimableError as why:
        yield _plan(measure, start).refuse(str(why), why.cause)
        return
    yield from _tell_people(measure, label, people, share, METHOD, assumed)
    equivalence = f"{start}, to show that two equal programmes differ by less"
    yield _plan(measure, equivalence, "equivalence").estimate(
        sum(whole_people(equal, share)),
        method="two one-sided tests of equal programmes, Owen's Q; otherwise the same",
        how=SAMPLE_SIZE,
        notes=assumed,
    )
    at = tuple(float(difference * place) for place in PLACES)
    needed = (people_for_difference(design=design, difference=one, level=level, power=power) for one in at)
    yield _plan(measure, f"{start}, by the difference to be seen", "curve").curve(
        axis="true difference, points",
        at=at,
        value=tuple(sum(whole_people(one, share)) for one in needed),
        method=METHOD,
        how=SAMPLE_SIZE,
        notes=assumed,
    )


def _tell_people(
    measure: str, label: str, people: float, share: float, method: str, notes: tuple[str, ...] = ()
) -> Iterator[Outcome]:
    full, skills = whole_people(people, share)
    for arm, value, whom in (
        ("", full + skills, ""),
        ("full", full, ", {full}"),
        ("skills", skills, ", {skills}"),
    ):
        planned = _plan(measure, f"{label}people who have to start{whom}", arm=arm)
        yield planned.estimate(value, method=method, how=SAMPLE_SIZE, notes=notes)


def _number(value: float | None) -> float:
    if value is None:
        msg = "a quantity to plan from is neither stated nor read from data"
        raise ValueError(msg)
    return float(value)
