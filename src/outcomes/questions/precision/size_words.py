"""How many people an answer needs, as a terminal shows it: a sentence, what it rests on, and a curve of bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.blocks.format import format_number
from outcomes.results.outcome import Curve, Estimate, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from outcomes.results.outcome import Outcome

    Facts: TypeAlias = Mapping[str, float | bool | None]

WIDTH = 44  # letters of the longest bar: with the number before and behind it a line stays below 80
EVERY = 3  # a row for every third place of the curve: nine rows, the middle one that asked for
EIGHTHS = " ▏▎▍▌▋▊▉"


def say_size(found: Sequence[Outcome], facts: Facts, *, heading: str = "", plain: bool = False) -> list[str]:
    """Lines about one measure, or about a study without data; `plain` where the terminal knows no blocks."""
    lines = [heading] if heading else []
    whole = _find(found, "people")
    if isinstance(whole, NotEstimable) or whole is None:
        return [*lines, "" if whole is None else whole.reason]
    lines.append(_say_people(found, facts))
    equal = _find(found, "equivalence")
    if isinstance(equal, Estimate):
        lines.append(f"To show that two equal programmes differ by less than that: {_count(equal)} people.")
    lines.append(_say_taken(facts))
    lines += whole.notes
    curve = _find(found, "curve")
    if isinstance(curve, Curve):
        lines += ["", *_draw_bars(curve, plain=plain)]
    return lines


def say_shares(found: Sequence[Outcome], facts: Facts, *, full: float, skills: float) -> str:
    """Say how many people show a difference between two shares."""
    whole = _find(found, "people")
    if isinstance(whole, NotEstimable):
        return whole.reason
    shares = f"{_percent(full)} in the first programme and {_percent(skills)} in the second"
    return f"To see a difference between {shares} {_chance(facts)}, {_arms(found)}."


def _find(found: Sequence[Outcome], what: str, arm: str = "") -> Outcome | None:
    """Give what was found of one measure under a key."""
    return next((one for one in found if one.key.matches(what=what, arm=arm)), None)


def _say_people(found: Sequence[Outcome], facts: Facts) -> str:
    return f"To see a difference of {facts['difference']:g} points {_chance(facts)}, {_arms(found)}."


def _chance(facts: Facts) -> str:
    return f"with a power of {_percent(facts['power'])} at {_percent(facts['level'])} confidence"


def _arms(found: Sequence[Outcome]) -> str:
    total, full, skills = (_count(_find(found, "people", arm)) for arm in ("", "full", "skills"))
    return f"{total} people have to start: {full} in the first programme and {skills} in the second"


def _say_taken(facts: Facts) -> str:
    parts = [
        f"standard deviation {_short(facts['sd'])}",
        f"correlation with the start {_short(facts['correlation'])}",
        f"not seen {_percent(facts['dropout_full'])} and {_percent(facts['dropout_skills'])}"
        if facts["dropout_full"] or facts["dropout_skills"]
        else "everybody seen",
        *_say_clusters(facts),
        *([f"how far the adjustment tells the programme {_short(facts['explained'])}"] if facts["explained"] else []),
        "as many people in both programmes"
        if facts["ratio"] == 1
        else f"{_short(facts['ratio'])} people in the first programme for each in the second",
    ]
    return f"Taken: {'; '.join(parts)}."


def _say_clusters(facts: Facts) -> Iterator[str]:
    for size, icc, what in (
        ("group_size", "icc_group", "groups"),
        ("caseload", "icc_therapist", "therapists"),
    ):
        if facts[icc]:
            many = f" of {_short(facts[size])} people" if facts[size] else ""
            mixed = ", which hold people of both," if what == "groups" and facts["mixed_groups"] else ""
            yield f"{what}{many}{mixed} with an intraclass correlation of {_short(facts[icc])}"


def _draw_bars(curve: Curve, *, plain: bool) -> Iterator[str]:
    """One bar for each of some differences; the middle one is the one asked for."""
    rows = list(zip(curve.at, curve.value, strict=True))
    middle = len(rows) // 2
    largest = max(curve.value)
    yield "difference  people who have to start"
    for place in range(middle % EVERY, len(rows), EVERY):
        at, people = rows[place]
        mark = "  <- asked for" if place == middle else ""
        yield f"{_short(at):>10}  {_bar(people / largest, plain=plain)} {format_number(people, decimals=0)}{mark}"


def _bar(share: float, *, plain: bool) -> str:
    if plain:
        return "#" * max(1, round(share * WIDTH))
    whole, rest = divmod(max(1, round(8 * share * WIDTH)), 8)
    return "█" * whole + (EIGHTHS[rest] if rest else "")


def _count(outcome: Outcome | None) -> str:
    return format_number(outcome.value, decimals=0) if isinstance(outcome, Estimate) else "not known"


def _short(number: float | bool | None) -> str:
    return "not known" if number is None else f"{number:.3g}"


def _percent(share: float | bool | None) -> str:
    return "not known" if share is None else f"{100 * share:.3g}%"
