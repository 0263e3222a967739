"""How often the main interval errs, and how often each verdict is earned and is wrong, in studies drawn many times.

Writes simulation.json beside this file: python tests/reference/verdict/simulate.py. A measure is seen at the start and
at two later visits; people leave before the last with odds that depend on their score at the visit before, so that
about a quarter is not seen there; people of one skills group are alike by a tenth of the variance. The models, the
verdicts and Holm's correction are those of the report.

The models are linear: a true difference added to everybody of the full programme moves each estimate and its limits by
as much, and leaves standard errors and degrees of freedom. So each data set is fitted once, where there is no
difference, and read at every true difference. Drop-out goes by the score of the visit before, which has none.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from outcomes.methods import mmrm
from outcomes.methods.mixed import fit_mixed
from outcomes.methods.multiplicity import adjust_holm
from outcomes.models.main import FALLBACK
from outcomes.results.outcome import NotEstimableError
from outcomes.results.verdict import Claim, Comparison, Limits, Required, Support, Verdict, give_verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from outcomes.methods.least_squares import Contrast

RESULTS = Path(__file__).parent / "simulation.json"
SEED = 20261
SIZES = (12, 20, 30, 57, 100)
ARRANGEMENTS = ("shared", "nested")
KINDS = (("shared", 6), ("nested", 3), ("nested", 6), ("nested", 10))  # with groups: in all, or in each arm
STUDIES, BLOCK, FAMILY = 400, 25, 3
SETS = 2_500
LEVEL = 0.95
SPREAD, WITHIN, ALIKE = 8.0, 0.6, 0.1  # standard deviation, correlation of two visits, of two people of a group
WORTHWHILE = SPREAD / 2
TRUTHS = {"none": 0.0, "half": 0.5, "worthwhile": 1.0, "twice": 2.0}  # in worthwhile differences
OF_A_GROUP = {"shared": 8, "nested": 7}  # people, about
LAST = np.eye(6)[3]  # the arm at the last visit


@dataclass(frozen=True)
class Drawn:
    """A data set: scores (n, 2), columns by visit (n, 3), arm and group."""

    scores: np.ndarray
    by_visit: np.ndarray
    full: np.ndarray
    groups: np.ndarray


@dataclass(frozen=True)
class Found:
    """What the models find at the last visit, where there is no true difference; None where a model has no estimate."""

    by_people: Contrast
    by_group: Contrast | None
    mixed: Contrast | None


def draw(arrangement: str, per_arm: int, groups: int, rng: np.random.Generator) -> Drawn:
    """Draw people of two arms in so many groups: in all where they are shared, in each arm where they are nested."""
    n = 2 * per_arm
    full = np.arange(n) < per_arm
    place = np.arange(n) % per_arm % groups
    group = place if arrangement == "shared" else place + groups * full
    start = rng.normal(30, 7, n)
    shared = rng.normal(0, SPREAD * math.sqrt(ALIKE), 2 * groups)[group]
    own = rng.standard_normal((n, 2)) @ np.linalg.cholesky([[1, WITHIN], [WITHIN, 1]]).T
    scores = 10 + 0.6 * start[:, None] + shared[:, None] + SPREAD * math.sqrt(1 - ALIKE) * own
    left = rng.random(n) < 1 / (1 + np.exp(1.3 - 0.06 * (scores[:, 0] - 28)))
    scores[left, 1] = np.nan
    return Drawn(scores, np.column_stack([np.ones(n), full, start]), full, group)


def find(drawn: Drawn, *, by_group: bool, mixed: bool) -> Found | None:
    """Fit the models of the report; None where the main model cannot be fitted."""
    try:
        gathered = mmrm.moments(scores=drawn.scores, by_visit=drawn.by_visit)
        fit, _ = mmrm.fit_first_estimable(gathered, order=FALLBACK)
    except NotEstimableError:
        return None
    return Found(
        by_people=fit.contrast(LAST, method="kenward-roger"),
        by_group=_try(partial(_judge_by_groups, fit, drawn)) if by_group else None,
        mixed=_try(partial(_fit_mixed, drawn)) if mixed else None,
    )


def _try(fit: Callable[[], Contrast]) -> Contrast | None:
    try:
        return fit()
    except NotEstimableError:
        return None


def _judge_by_groups(fit: mmrm.MmrmFit, drawn: Drawn) -> Contrast:
    robust = mmrm.fit_cluster_robust(
        fit, scores=drawn.scores, by_visit=drawn.by_visit, constant=None, clusters=drawn.groups
    )
    return robust.contrast(LAST)


def _fit_mixed(drawn: Drawn) -> Contrast:
    """Fit the first structure that can be estimated, in the order of the report."""
    first: NotEstimableError | None = None
    for by_arm, covariance in product((True, False), FALLBACK):
        try:
            fit = fit_mixed(
                scores=drawn.scores,
                by_visit=drawn.by_visit,
                constant=None,
                full=drawn.full,
                groups=drawn.groups,
                therapists=None,
                covariance=covariance,
                by_arm=by_arm,
            )
        except NotEstimableError as refusal:
            first = first or refusal
            continue
        return fit.contrast(LAST)
    raise first or NotEstimableError("No structure was tried.")


def simulate_errors(arrangement: str, groups: int, *, sets: int = SETS) -> dict[str, float]:
    """Give shares of data sets without a true difference in which the main interval, and the other, exclude zero."""
    rng = np.random.default_rng([SEED, ARRANGEMENTS.index(arrangement), groups])
    per_arm = groups * (OF_A_GROUP[arrangement] // (2 if arrangement == "shared" else 1))
    tried = (find(draw(arrangement, per_arm, groups, rng), by_group=True, mixed=False) for _ in range(sets))
    found = [one for one in tried if one is not None]
    by_group = [one.by_group for one in found if one.by_group is not None]
    rates = {
        "by people": sum(_excludes(one.by_people) for one in found) / len(found),
        "by group": sum(map(_excludes, by_group)) / len(by_group),
    }
    main = "by people" if arrangement == "shared" else "by group"
    return {"people": 2 * per_arm, "sets": len(found), "main": rates[main], **rates}


def _excludes(contrast: Contrast) -> bool:
    low, high = contrast.interval(LEVEL)
    return low > 0 or high < 0


def simulate_verdicts(arrangement: str, per_arm: int, *, block: int, studies: int = BLOCK) -> dict[str, Counter[str]]:
    """Count in a block of studies, by true difference, the comparisons with each verdict, and what is wrong.

    Every data set is read twice, the second time with the arms exchanged: of no true difference both say the same.
    """
    rng = np.random.default_rng([SEED, 7, ARRANGEMENTS.index(arrangement), per_arm, block])
    groups = max(2, round(per_arm / OF_A_GROUP[arrangement] * (2 if arrangement == "shared" else 1)))
    nested = arrangement == "nested"
    families = [
        [find(draw(arrangement, per_arm, groups, rng), by_group=nested, mixed=True) for _ in range(FAMILY)]
        for _ in range(studies)
    ]
    return {
        name: count([read_family(one, nested, part * WORTHWHILE, turn) for one in families for turn in (1, -1)], part)
        for name, part in TRUTHS.items()
    }


def read_family(family: Sequence[Found | None], nested: bool, truth: float, turn: int) -> list[Verdict]:
    """Give the verdicts of a family in which each measure has this true difference."""
    mains = [None if one is None else one.by_group if nested else one.by_people for one in family]
    moved = {str(place): _move(main, truth, turn) for place, main in enumerate(mains) if main is not None}
    p_holm = adjust_holm(p_values={name: one.p_value for name, one in moved.items()}, family_size=len(family))
    verdicts = []
    for place, one in enumerate(family):
        main = moved.get(str(place))
        mixed = None if one is None or one.mixed is None else _limits(_move(one.mixed, truth, turn))
        comparison = Comparison(
            main=None if main is None else _limits(main),
            required=(Required(support=Support.MIXED, limits=mixed),),
            p_holm=p_holm.get(str(place)),
            alpha=1 - LEVEL,
            worthwhile=WORTHWHILE,
        )
        verdicts.append(give_verdict(comparison))
    return verdicts


def _move(contrast: Contrast, truth: float, turn: int) -> Contrast:
    return replace(contrast, estimate=turn * contrast.estimate + truth)


def _limits(contrast: Contrast) -> Limits:
    low, high = contrast.interval(LEVEL)
    return Limits(low=low, high=high)


def count(studies: Sequence[Sequence[Verdict]], part: float) -> Counter[str]:
    """Count comparisons by verdict, and what is wrong in them at this part of the worthwhile difference."""
    every = [verdict for study in studies for verdict in study]
    found = Counter({"studies": len(studies), "comparisons": len(every)})
    found.update(one.rung.name.lower() for one in every)
    found["wrong: better, in a family"] = sum(any(_is_wrong(one, part) for one in study) for study in studies)
    found["wrong: better or leans"] = sum(_has_wrong_side(one, part) for one in every)
    found["wrong: worthwhile"] = sum(part <= 1 and Claim.REACHED in one.claims for one in every)
    found["wrong: too small"] = sum(part >= 1 and Claim.EXCLUDED in one.claims for one in every)
    return found


def _is_wrong(verdict: Verdict, part: float) -> bool:
    return Claim.SETTLED in verdict.claims and _has_wrong_side(verdict, part)


def _has_wrong_side(verdict: Verdict, part: float) -> bool:
    """Whether it favours an arm where there is no difference, or the one that does worse."""
    return verdict.side == "skills" or (verdict.side == "full" and part == 0)


def main() -> None:
    """Go on where the results end, and write them as they come: a block of every kind and size before the next."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {"errors": {}, "blocks": 0}
    for arrangement, groups in KINDS:
        if (name := f"{arrangement}, {groups}") not in results["errors"]:
            results["errors"][name] = simulate_errors(arrangement, groups)
            _write(results)
    for block in range(results["blocks"], STUDIES // BLOCK):
        verdicts = results.get("verdicts", {})
        for per_arm, arrangement in product(SIZES, ARRANGEMENTS):
            so_far = verdicts.get(f"{arrangement}, {per_arm}", {})
            more = simulate_verdicts(arrangement, per_arm, block=block)
            verdicts[f"{arrangement}, {per_arm}"] = {
                name: dict(sorted((Counter(so_far.get(name, {})) + counts).items())) for name, counts in more.items()
            }
        results |= {"verdicts": verdicts, "blocks": block + 1}
        _write(results)


def _write(results: dict[str, object]) -> None:
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
