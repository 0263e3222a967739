"""What others published, a second time: rows counted one by one, effects by textbook formulas, pooling by scipy."""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from outcomes.replication.comparison import REFITTED, NotFollowedError, Numbers
from outcomes.replication.described import factor
from outcomes.replication.random_effects import find_i2, find_tau2, weigh
from outcomes.replication.roads import scores, sharing
from outcomes.replication.roads.names import word
from outcomes.results.key import Key
from outcomes.results.outcome import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.replication.wide import Road, Wide

# Words of outcomes that stand under a topic, and which way is better: the table of docs/methods/meta_analysis.md.
TOPICS: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("dropout", "drop_out", "treatment_dropout", "attrition"), ("dropout", -1.0)),
    **dict.fromkeys(("completion", "completed", "treatment_completion", "retention"), ("dropout", 1.0)),
    "distress_tolerance": ("distress_tolerance", 1.0),
    **dict.fromkeys(("emotion_regulation", "emotional_regulation"), ("emotion_regulation", 1.0)),
    **dict.fromkeys(
        ("emotion_regulation_difficulties", "difficulties_in_emotion_regulation", "emotion_dysregulation"),
        ("emotion_regulation", -1.0),
    ),
    **dict.fromkeys(("mindfulness", "mindfulness_skills"), ("mindfulness", 1.0)),
    **dict.fromkeys(
        ("symptoms", "borderline_symptoms", "general_psychopathology", "psychopathology", "symptom_severity"),
        ("symptoms", -1.0),
    ),
    **{
        one: (one, -1.0)
        for one in (
            *("depression", "anxiety", "hopelessness", "suicide_ideation", "suicidal_ideation", "suicide_attempt"),
            *("nssi_frequency", "self_harm", "self_directed_violence", "anger"),
        )
    },
    "skills_use": ("skills_use", 1.0),
}
NOT_COMPLETED = Key("completion", what="ratio_not_completed", category="adjusted")
PUBLISHED = 0.95  # level of the limits that others print
LONGEST, SHORTENED = 60, 7  # letters of a study's word, and of what ends a longer one


class Row(NamedTuple):
    """A row: where it stands, whether it counts, its effect and variance, and towards whom it leans."""

    topic: str
    study: str
    group: str
    believed: bool
    effect: tuple[float, float] | None
    ratio: bool
    leans: str
    told: tuple[float | None, float | None, float | None]
    counts: tuple[float, ...]


def _number(text: str) -> float | None:
    """Read a number as it is printed; of per cent the share."""
    plain = text.replace("−", "-").strip()  # the minus that is printed
    if not re.fullmatch(r"[+-]?\d+(\.\d+)? *%?", plain):
        return None
    return float(plain.rstrip("% ")) / (100 if plain.endswith("%") else 1)


def _read(wide: Wide) -> list[Row]:
    if wide.people.plan.evidence.outcomes:  # what the plan overrules is not followed
        raise NotFollowedError
    table = wide.people.tables["evidence"]
    return [_row(wide, dict(zip(table.columns, cells, strict=True))) for cells in table.to_numpy(dtype=object).tolist()]


def _row(wide: Wide, cells: Mapping[str, object]) -> Row:
    texts = {name: "" if pd.isna(one) else str(one).strip() for name, one in cells.items()}  # type: ignore[call-overload]  # one cell
    outcome = texts["outcome"]
    plain = word(outcome) if word(outcome) in TOPICS else word(re.split(r"[,(]", outcome)[0])
    topic, better = TOPICS.get(plain, (word(outcome), math.nan))
    low = {name: text.casefold() for name, text in texts.items()}
    told_first = ("effect", "effect_type", "note", "verification")
    unchecked = any(low.get(name, "").startswith("unchecked") for name in told_first)
    group = low.get("directness", "")
    if low["verification"].startswith("source not given"):
        group = "unsourced"
    elif group not in {"direct", "benchmark"}:
        group = "indirect"
    told = (_number(texts.get("effect", "")), _number(texts.get("low", "")), _number(texts.get("high", "")))
    numbers = {name: float(one) for name, one in cells.items() if isinstance(one, int | float) and not pd.isna(one)}
    counts = _counted(numbers, complete=topic == "dropout" and better > 0)
    effect, ratio = None, False
    if group == "direct":
        effect, ratio = _effect(numbers, counts, told, low.get("effect_type", ""), better)
    year = f"{numbers['year']:.0f}" if "year" in numbers else ""
    leans = _leans(effect, f"{low.get('effect', '')} {low.get('effect_type', '')}", wide.level(), ratio=ratio)
    believed = not unchecked and low["verification"].startswith(("seen", "derived"))
    return Row(topic, word(f"{texts['study']} {year}"), group, believed, effect, ratio, leans, told, counts)


def _counted(numbers: Mapping[str, float], *, complete: bool) -> tuple[float, ...]:
    """Events and people in both arms, or nothing."""
    if not {"events_full", "events_skills"} <= set(numbers):
        return ()
    n, m = (numbers.get(f"total_{arm}", numbers.get(f"n_{arm}", math.nan)) for arm in ("full", "skills"))
    a, c = numbers["events_full"], numbers["events_skills"]
    found = (n - a, n, m - c, m) if complete else (a, n, c, m)
    return () if any(map(math.isnan, found)) else found


def _effect(
    numbers: Mapping[str, float],
    counts: tuple[float, ...],
    told: tuple[float | None, float | None, float | None],
    kind: str,
    better: float,
) -> tuple[tuple[float, float] | None, bool]:
    """Give an effect and its variance, and whether it is the logarithm of a ratio."""
    from scipy import stats

    if counts:
        a, n, c, m = counts
        if not a + c:
            return None, True
        more = 0.5 if 0 in {a, n - a, c, m - c} else 0.0
        a, n, c, m = a + more, n + 2 * more, c + more, m + 2 * more
        return (math.log(a / n / (c / m)), (n - a) / (a * n) + (m - c) / (c * m)), True
    means = [numbers.get(f"{name}_{arm}") for arm in ("full", "skills") for name in ("mean", "sd", "n")]
    if None not in means:
        x, s, n, y, t, m = (float(one) for one in means if one is not None)
        within = math.sqrt(((n - 1) * s * s + (m - 1) * t * t) / (n + m - 2))
        g = better * factor(n + m - 2) * (x - y) / within
        return (None if math.isnan(g) else (g, (n + m) / (n * m) + g * g / (2 * (n + m)))), False
    if None in told:
        return None, False
    value, low, high = (float(one) for one in told if one is not None)
    wide = 2 * float(stats.norm.ppf((1 + PUBLISHED) / 2))
    if "ratio" in kind or "relative risk" in kind:
        return (math.log(value), (math.log(high / low) / wide) ** 2), True
    raise NotFollowedError  # which way a printed standardised difference is turned is read from a sentence


def _leans(effect: tuple[float, float] | None, said: str, level: float, *, ratio: bool) -> str:
    """Which programme a row speaks for: by its interval, else in words, the arm named first."""
    from scipy import stats

    if effect is not None:
        if abs(effect[0]) <= math.sqrt(effect[1]) * float(stats.norm.ppf((1 + level) / 2)):
            return "neither"
        return "full" if (effect[0] < 0) == ratio else "skills"
    favoured = re.search(r"in favou?r of ([^;(]*)", said)
    if favoured:
        arms = re.search(r"(standalone|skills|group)|standard|full|121|individual|both", favoured[1])
        return "" if arms is None else "skills" if arms[1] else "full"
    return "neither" if re.search(r"\bno\b[^;:.]*\bdifference\b", said) else ""


def _rows(wide: Wide) -> list[Row]:
    return wide.once("evidence", partial(_read, wide))


def _tally(wide: Wide, first: Estimate) -> Numbers:
    """Count the rows that count, of a topic or of all."""
    rows, key = _rows(wide), first.key
    mine = [one for one in rows if one.group == "direct" and one.believed and one.leans]
    mine = [one for one in mine if not key.subject or one.topic == key.subject]
    table = wide.people.tables["evidence"]
    unsourced = [study for study, one in zip(table["study"], rows, strict=True) if one.group == "unsourced"]
    found = {
        "rows": len(mine) if key.subject else len(rows),
        "direct_rows": len(mine),
        "unsourced_rows": len(unsourced),
        "claims_without_source": len(set(unsourced)),
        **dict.fromkeys(("with_numbers", "direct_with_numbers"), sum(one.effect is not None for one in mine)),
        **{f"favours_{arm}": sum(one.leans == arm for one in mine) for arm in ("full", "skills", "neither")},
    }
    return Numbers(value=float(found[key.what]), method="rows counted one by one")


def _find(wide: Wide, first: Estimate, group: str) -> Row:
    """Find the row of a published result by its study."""
    name = first.key.category

    def is_it(study: str) -> bool:
        return study == name or (len(study) > LONGEST and study.startswith(name[:-SHORTENED]))

    mine = [one for one in _rows(wide) if (one.group, one.topic) == (group, first.key.subject) and is_it(one.study)]
    if len(mine) != 1:  # several rows of a study have words of their own
        raise NotFollowedError
    return mine[0]


def _elsewhere(wide: Wide, first: Estimate) -> Numbers:
    """Give a number as others printed it."""
    value, low, high = _find(wide, first, first.key.what).told
    if value is None:
        raise NotFollowedError
    return Numbers(value=value, method="as printed", interval=None if low is None or high is None else (low, high))


def _published(wide: Wide, first: Estimate) -> Numbers:
    """Give the effect of a study, with its normal interval."""
    from scipy import stats

    row = _find(wide, first, "direct")
    if row.effect is None:
        raise NotFollowedError
    value, se = row.effect[0], math.sqrt(row.effect[1])
    half = se * float(stats.norm.ppf((1 + wide.level()) / 2))
    turn = math.exp if row.ratio else float
    limits = (turn(value - half), turn(value + half))
    return Numbers(value=turn(value), method="its formula", se=None if row.ratio else se, interval=limits)


def _beside(wide: Wide, first: Estimate) -> Numbers:
    """Give the shares of a study, or their difference."""
    from statsmodels.stats.proportion import confint_proportions_2indep

    a, n, c, m = _find(wide, first, "direct").counts
    if first.key.what == "share":
        return Numbers(value=a / n if first.key.arm == "full" else c / m, method="count")
    limits = confint_proportions_2indep(a, n, c, m, method="wald", compare="diff", alpha=1 - wide.level())
    return Numbers(value=a / n - c / m, method="statsmodels' Wald interval", interval=limits)


def _local(wide: Wide, first: Estimate) -> Numbers:
    """Give the main comparison of this study again: the ratio of those who did not complete, or the model's g."""
    plan, topic = wide.people.plan, first.key.subject
    if topic == "dropout":
        main = wide.found.get(str(NOT_COMPLETED))
        left = sharing.ROADS["completion", "ratio_not_completed"](wide, main) if isinstance(main, Estimate) else None
        if left is None:
            raise NotFollowedError
        return left
    mine = [name for name, one in plan.measures.items() if word(one.domain) == topic]
    order = sorted(mine, key=lambda one: (plan.measures[one].kind != "score", one not in plan.primary_measures))
    g = wide.found.get(str(Key("mmrm", order[0], plan.primary, "g"))) if order else None
    second = scores.ROADS["mmrm", "g"](wide, g) if isinstance(g, Estimate) else None
    if second is None or plan.evidence.outcomes:
        raise NotFollowedError
    return second


def _pool(wide: Wide, first: Estimate) -> Numbers:
    """Pool the studies of a topic: restricted likelihood by scipy's bounded search, Knapp and Hartung's interval."""
    from scipy import stats

    rows = [one for one in _rows(wide) if one.topic == first.key.subject and one.believed and one.group == "direct"]
    mine = [one for one in rows if one.effect is not None]
    if len({one.study for one in mine}) < len(mine) or len({one.ratio for one in mine}) != 1:
        raise NotFollowedError
    y, v = (np.array([one.effect[place] for one in mine if one.effect is not None]) for place in (0, 1))
    k, turn = len(y), math.exp if mine[0].ratio else float
    tau2 = find_tau2(y, v)
    mean, q = weigh(y, v + tau2)
    se = math.sqrt(q / (k - 1) / float((1 / (v + tau2)).sum()))
    reach = float(stats.t.ppf((1 + wide.level()) / 2, k - 1))
    if first.key.what == "tau2":
        return Numbers(value=tau2, method="restricted likelihood by scipy", within=REFITTED)
    if first.key.what == "i2":
        return Numbers(value=find_i2(tau2, v), method="its definition", within=REFITTED)
    half = reach * (se if first.key.what == "pooled" else math.sqrt(se**2 + tau2))
    limits = (turn(mean - half), turn(mean + half))
    return Numbers(value=turn(mean), method="restricted likelihood by scipy", interval=limits, within=REFITTED)


TALLIES = (
    *("rows", "with_numbers", "direct_rows", "direct_with_numbers", "unsourced_rows", "claims_without_source"),
    *("favours_full", "favours_skills", "favours_neither"),
)
ROADS: Mapping[tuple[str, str], Road] = {
    **{("evidence", what): _tally for what in TALLIES},
    **{("evidence", what): _elsewhere for what in ("indirect", "benchmark")},
    ("evidence", "published"): _published,
    ("evidence", "share"): _beside,
    ("evidence", "difference"): _beside,
    ("evidence", "local"): _local,
    **{("evidence", what): _pool for what in ("pooled", "prediction", "tau2", "i2")},
}
