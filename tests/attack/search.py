"""An exact search over counts of people: all that what an edition prints allows, by who knows how it is rounded.

It shares no code with `outcomes.release`. What it is given is the results that an edition prints; the exact ones serve
to know what a number is (which formula, of which shares), and to judge what was found. Each count of people that is
not printed as exact gets the set of values that it could have.
"""

from __future__ import annotations

import dataclasses
import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from outcomes.results.outcome import Estimate
from outcomes.results.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from outcomes.results.registry import Registry

    Many = NDArray[np.float64]
    Fits = Callable[[Estimate, str, Many], NDArray[np.bool_]]

MULTIPLE, LEAST, LEAST_ARM = 5, 8, 10  # the plan's disclosure, which a reader knows
CHOICES = 3
TINY = 1e-9
FAR = 0.5  # of the distance of a limit from its number: a larger step goes outwards
OF_SHARES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
OF_POINTS = tuple(round(one * 10.0**power, 6) for power in range(-4, 4) for one in (1, 2, 5))


# --- how an edition prints


def fits_coarse(told: Estimate, part: str, exact: Many) -> NDArray[np.bool_]:
    """Whether numbers would be told so by the rules of docs/methods/disclosure.md; no step of a limit is known."""
    step = told.step or 0.0
    if part == "value":
        return np.asarray(np.abs(exact - told.value) <= step / 2 + TINY)
    limit = getattr(told.interval, part)
    mark = {"ratio": 1.0, "share": -1.0}.get(told.unit, 0.0)
    found = np.zeros(exact.shape, dtype=bool)
    for now in OF_SHARES if told.unit in {"ratio", "share", "share_difference"} else OF_POINTS:
        if now < step * (1 - TINY):
            continue
        outwards = (np.ceil(exact / now - TINY) if part == "high" else np.floor(exact / now + TINY)) * now
        if told.unit in {"ratio", "share", "share_difference"}:
            ways, aside = [(outwards, np.ones(exact.shape, dtype=bool))], 0.01
        else:  # outwards where the step is large beside the distance from the number, which is known to half its step
            far, aside = np.abs(exact - told.value), math.ceil(now / 4 / step - TINY) * step
            ways = [
                (outwards, now > FAR * (far - step / 2)),
                (np.round(exact / now) * now, now <= FAR * (far + step / 2)),
            ]
        for place, may_be in ways:
            turned = (np.abs(exact - mark) > TINY) & ((place - mark) * (exact - mark) <= TINY * now)
            placed = np.where(turned, mark + np.copysign(aside, exact - mark), place)
            found |= may_be & (np.abs(placed - limit) < 1e-6 * now)
    return found | np.asarray(np.abs(limit - told.value) < TINY)  # kept around a rounded number


def fits_three_figures(told: Estimate, part: str, exact: Many) -> NDArray[np.bool_]:
    """Whether numbers would be told so by version 0.1.0: to three figures, shares to the hundredth."""
    number = told.value if part == "value" else told.se if part == "se" else getattr(told.interval, part)
    return np.asarray(np.abs(exact - number) <= unit_of(number or 0.0, told.unit) / 2 + TINY)


def unit_of(number: float, unit: str) -> float:
    """Give the unit of the last figure that version 0.1.0 printed."""
    if unit.startswith("share"):
        return 0.01
    return float(10.0 ** (math.floor(math.log10(abs(number))) - 2)) if number else 0.001


def print_as_version_010(exact: Registry) -> dict[str, Estimate]:
    """Give what version 0.1.0 printed to share of the results that were not hidden: three figures, and se with them."""

    def place(number: float | None, unit: str) -> float | None:
        if number is None:
            return None
        now = unit_of(number, unit)
        return round(round(number / now) * now, 9)

    found = {}
    for name, one in exact.items():
        if not isinstance(one, Estimate) or one.quantity is Quantity.COUNT or _tells_of_few(one):
            continue
        limits = None
        if one.interval is not None:
            low, high = (place(limit, one.unit) for limit in (one.interval.low, one.interval.high))
            if low is not None and high is not None:
                limits = dataclasses.replace(one.interval, low=min(low, high), high=max(low, high))
        people = {key: getattr(one, key) for key in ("n", "n_full", "n_skills")}
        people = {key: None if many is None else nearest(many) for key, many in people.items()}
        found[name] = dataclasses.replace(
            one, value=place(one.value, one.unit) or 0.0, se=place(one.se, one.unit), interval=limits, **people
        )
    return found


def _tells_of_few(one: Estimate) -> bool:
    if one.quantity is not Quantity.SHARE or one.unit != "share" or not one.n:
        return False
    return min(one.value, 1 - one.value) * one.n < LEAST - TINY


def nearest(count: float) -> int:
    """Round a count as every edition did."""
    return MULTIPLE * math.floor(count / MULTIPLE + 0.5)


def alike(told: float) -> list[int]:
    """List the counts that are told so."""
    return [one for one in range(max(0, round(told) - MULTIPLE), round(told) + MULTIPLE + 1) if nearest(one) == told]


# --- means


def people_of_means(told: Mapping[str, Estimate], exact: Registry, fits: Fits) -> dict[str, set[int]]:
    """Search the numbers of people behind means that stand with their standard deviation and limits."""
    found: dict[str, set[int]] = {}
    for name, mean in told.items():
        true = exact[name]
        sd = told.get(str(mean.key.but(what="sd")))
        if mean.key.what != "mean" or sd is None or mean.interval is None or mean.n is None:
            continue
        if not isinstance(true, Estimate) or true.how is None or true.how.inference != "t" or true.how.clusters:
            continue
        # what is counted once and told by two results
        count = f"{mean.key.measure or mean.key.subject}.{mean.key.visit or 'start'}.{mean.key.arm}"
        left = {n for n in alike(mean.n) if n >= LEAST_ARM and _mean_fits(mean, sd, n, fits)}
        found[count] = found.get(count, left) & left
    return found


def _mean_fits(mean: Estimate, sd: Estimate, n: int, fits: Fits) -> bool:
    """Whether a mean and a deviation can be found that would be told so, with so many people."""
    assert mean.interval is not None
    half = 0.5 * (sd.step or unit_of(sd.value, sd.unit))
    deviations = np.linspace(max(sd.value - half, 0.0), sd.value + half, 121)
    if sd.value and mean.se is not None and fits is fits_three_figures:
        deviations = deviations[fits(mean, "se", deviations / math.sqrt(n))]
    half = 0.5 * (mean.step or unit_of(mean.value, mean.unit))
    middle, spread = np.meshgrid(np.linspace(mean.value - half, mean.value + half, 41), deviations)
    reach = stats.t.ppf((1 + mean.interval.level) / 2, n - 1) * spread / math.sqrt(n)
    return bool((fits(mean, "low", middle - reach) & fits(mean, "high", middle + reach)).any())


# --- shares


@dataclasses.dataclass(frozen=True)
class Arm:
    """Combinations of people and of those with whom it happened that a share allows."""

    events: Many
    of: Many

    def kept(self, which: NDArray[np.bool_]) -> Arm:
        return Arm(self.events[which], self.of[which])

    def choices(self) -> dict[str, set[int]]:
        """Give the values that each count could have."""
        both = {"with": self.events, "people": self.of, "without": self.of - self.events}
        return {name: {int(one) for one in np.unique(many)} for name, many in both.items()}


def wilson(e: Many, n: Many, level: float) -> tuple[Many, Many]:
    z = stats.norm.ppf((1 + level) / 2)
    p = e / n
    middle, reach = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)
    return np.where(e == 0, 0.0, low), np.where(e == n, 1.0, high)


def newcombe(e: Many, n: Many, f: Many, m: Many, level: float) -> tuple[Many, Many]:
    (a, b), (c, d) = wilson(e, n, level), wilson(f, m, level)
    p, q = e / n, f / m
    return p - q - np.hypot(p - a, d - q), p - q + np.hypot(b - p, q - c)


def katz(e: Many, n: Many, f: Many, m: Many, level: float) -> tuple[Many, Many]:
    ratio, z = (e / n) / (f / m), stats.norm.ppf((1 + level) / 2)
    reach = np.exp(z * np.sqrt(1 / e - 1 / n + 1 / f - 1 / m))
    return ratio / reach, ratio * reach


def smd(e: Many, n: Many, f: Many, m: Many) -> Many:
    p, q = e / n, f / m
    return np.asarray((p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2))


FORMULAS = (
    (lambda e, n, f, m: e / n - f / m, newcombe),
    (lambda e, n, f, m: (e / n) / (f / m), katz),
    (lambda e, n, f, m: (1 - e / n) / (1 - f / m), lambda e, n, f, m, level: katz(n - e, n, m - f, m, level)),
    (lambda e, n, f, m: e * (m - f) / ((n - e) * f), None),
    (smd, None),
    (lambda e, n, f, m: -smd(e, n, f, m), None),
)


def counts_of_shares(told: Mapping[str, Estimate], exact: Registry, fits: Fits) -> dict[str, dict[str, set[int]]]:
    """Search the counts behind shares of people, with their limits, counts beside them and what compares two arms."""
    arms = {name: arm for name, one in told.items() if (arm := _arm_of(one, exact, told, fits)) is not None}
    for between, full, skills in _list_compared(exact):
        one = told.get(between.id)
        if one is None or full not in arms or skills not in arms:
            continue
        kept = _pairs(one, between, (full, skills), arms, exact, fits)
        if kept is not None:
            arms[full], arms[skills] = arms[full].kept(kept.any(axis=1)), arms[skills].kept(kept.any(axis=0))
    return {name: arm.choices() for name, arm in arms.items()}


def _arm_of(one: Estimate, exact: Registry, told: Mapping[str, Estimate], fits: Fits) -> Arm | None:
    true = exact[one.id]
    if one.quantity is not Quantity.SHARE or one.unit != "share" or not isinstance(true, Estimate) or not one.n:
        return None
    if one.key.analysis == "evidence" or not _is_whole(true):
        return None
    people = np.array(alike(one.n), dtype=float)
    e, n = (grid.ravel() for grid in np.meshgrid(np.arange(people.max() + 1), people))
    kept = (e <= n) & (n > 0)
    if fits is fits_coarse:
        kept &= (e >= LEAST) & (n - e >= LEAST)
    e, n = e[kept], n[kept]
    share = e / n
    if fits is fits_coarse:
        low = min(math.ceil(min(LEAST / max(one.n, 1), 0.5) / (one.step or 1) - TINY) * (one.step or 1), 0.5)
        bounds = (low, 1 - low) if (one.step or 0) > 0.01 else (0.0, 1.0)
        placed = np.clip(np.round(share / (one.step or 1)) * (one.step or 1), *bounds)
        kept = np.abs(placed - one.value) < 1e-6
    else:
        kept = fits(one, "value", share)
    if one.interval is not None and true.how is not None and true.how.inference == "wilson" and not true.how.clusters:
        low_, high_ = wilson(e, n, one.interval.level)
        kept &= fits(one, "low", low_) & fits(one, "high", high_)
    for count in _counts_beside(one, exact):
        if (beside := told.get(count)) is not None:
            near = np.isin(e, alike(beside.value)) | (np.abs(e - beside.value) < 1.5 * MULTIPLE)
            kept &= near
    return Arm(e[kept], n[kept])


def _is_whole(true: Estimate) -> bool:
    n = next((many for many in (true.n, true.n_full, true.n_skills) if many), 0)
    return n > 0 and abs(true.value * n - round(true.value * n)) < 1e-6


def _counts_beside(one: Estimate, exact: Registry) -> Iterator[str]:
    for other in exact.values():
        if other.quantity is Quantity.COUNT and any(relation == (one.key,) for relation in other.tells):
            yield other.id


def _list_compared(exact: Registry) -> Iterator[tuple[Estimate, str, str]]:
    seen = set()
    for outcome in exact.values():
        for relation in outcome.tells:
            full = [key for key in relation if key.arm == "full"]
            pair = (full[0], full[0].but(arm="skills")) if full else None
            if pair and set(pair) == set(relation) and isinstance(outcome, Estimate):
                names = (str(pair[0]), str(pair[1]))
                if (outcome.id, *names) not in seen and all(name in exact for name in names):
                    seen.add((outcome.id, *names))
                    yield (outcome, *names)


def _pairs(
    one: Estimate, between: Estimate, names: tuple[str, str], arms: Mapping[str, Arm], exact: Registry, fits: Fits
) -> NDArray[np.bool_] | None:
    true = []
    for name in names:
        share = exact[name]
        assert isinstance(share, Estimate)
        n = next((many for many in (share.n, share.n_full, share.n_skills) if many), 0)
        true += [np.array([float(round(share.value * n))]), np.array([float(n)])]
    with np.errstate(all="ignore"):
        made = next((pair for pair in FORMULAS if abs(float(pair[0](*true)[0]) - between.value) < 1e-9), None)
        if made is None:
            return None
        value, limits = made
        full, skills = (arms[name] for name in names)
        grid = (full.events[:, None], full.of[:, None], skills.events[None, :], skills.of[None, :])
        kept = fits(one, "value", value(*grid))
        if one.interval is not None and between.interval is not None and limits is not None:
            low, high = limits(*true, between.interval.level)
            if (
                abs(float(low[0]) - (between.interval.low or 0)) < 1e-9
                and abs(float(high[0]) - (between.interval.high or 0)) < 1e-9
            ):
                low, high = limits(*grid, between.interval.level)
                kept = kept & fits(one, "low", low) & fits(one, "high", high)
    return np.asarray(kept)


# --- sums of counts


def counts_of_sums(told: Mapping[str, Estimate], exact: Registry) -> dict[str, set[int]]:
    """Search counts that add up to each other; what is hidden is small, or goes with it, and can be anything."""
    found: dict[str, set[int]] = {}
    for outcome in exact.values():
        for relation in outcome.tells:
            members = [exact.get(str(key)) for key in (*relation, outcome.key)]
            if len(members) < 3 or not all(is_count(one) for one in members):
                continue
            total = sum(one.value for one in members)  # type: ignore[union-attr]
            whole = next((one for one in members if 2 * one.value == total), None)  # type: ignore[union-attr]
            if whole is None:
                continue
            found |= _search_sum(told, whole, [one for one in members if one is not whole])  # type: ignore[arg-type]
    return found


def is_count(one: object) -> bool:
    return isinstance(one, Estimate) and one.quantity is Quantity.COUNT and one.unit == "people"


def _search_sum(told: Mapping[str, Estimate], whole: Estimate, parts: list[Estimate]) -> dict[str, set[int]]:
    def limits(one: Estimate) -> tuple[int, int]:
        shown = told.get(one.id)
        if shown is None:
            return 0, 10**6
        # a part of a sum may stand at the multiple on its other side
        return max(LEAST, round(shown.value) - MULTIPLE + 1), round(shown.value) + MULTIPLE - 1

    total, ends = limits(whole), [limits(one) for one in parts]
    found = {whole.id: (max(total[0], sum(end[0] for end in ends)), min(total[1], sum(end[1] for end in ends)))}
    for one, (low, high) in zip(parts, ends, strict=True):
        others = [sum(end[side] for end in ends) - (low, high)[side] for side in (0, 1)]
        found[one.id] = (max(low, total[0] - others[1]), min(high, total[1] - others[0]))
    return {name: set(range(low, min(high, low + 50) + 1)) for name, (low, high) in found.items()}


# --- levels

MOST_TOGETHER = 4_000_000


def counts_of_levels(told: Mapping[str, Estimate], exact: Registry, fits: Fits) -> dict[str, set[int]]:
    """Search the counts of the levels of each characteristic from their shares, and from how far apart the arms are."""
    found: dict[str, set[int]] = {}
    levels = defaultdict(lambda: defaultdict(list))  # type: ignore[var-annotated]
    for one in exact.values():
        if isinstance(one, Estimate) and one.key.analysis == "baseline" and one.key.what == "share":
            levels[one.key.subject][one.key.arm].append(one)
    for subject, arms in levels.items():
        splits = {arm: _split(parts, told, fits) for arm, parts in arms.items()}
        if any(split is None for split in splits.values()) or len(splits) < 2:
            continue
        apart = next((told[name] for name in told if name == f"baseline.{subject}.smd"), None)
        if apart is not None and math.prod(len(split) for split in splits.values()) <= MOST_TOGETHER:  # type: ignore[arg-type]
            one, two = (split / split.sum(axis=1, keepdims=True) for split in splits.values())  # type: ignore[union-attr]
            kept = fits(apart, "value", _multinomial(one, two)) | fits(apart, "value", -_multinomial(one, two))
            first, second = splits
            splits = {first: splits[first][kept.any(axis=1)], second: splits[second][kept.any(axis=0)]}  # type: ignore[index]
        for arm, parts in arms.items():
            for place, part in enumerate(parts):
                found[part.id] = {int(many) for many in np.unique(splits[arm][:, place])}  # type: ignore[index]
    return found


def _split(parts: list[Estimate], told: Mapping[str, Estimate], fits: Fits) -> NDArray[np.float64] | None:
    """List the counts of the levels of an arm that their shares allow; of a hidden one it is not known how many."""
    shown = [told.get(part.id) for part in parts]
    sizes = {one.n for one in shown if one is not None and one.n}
    true = next((part.n for part in parts if part.n), None)
    if true is None or len(parts) > 4:
        return None
    rows = []
    for n in alike(next(iter(sizes), nearest(true))):
        ranges = []
        for one in shown[:-1]:
            counts = np.arange(n + 1, dtype=float)
            ranges.append(counts if one is None else counts[_share_fits(one, counts, n, fits)])
        grid = np.stack([axis.ravel() for axis in np.meshgrid(*ranges, indexing="ij")], axis=1)
        rest = n - grid.sum(axis=1)
        whole = np.column_stack([grid, rest])[rest >= 0]
        last = shown[-1]
        rows.append(whole if last is None else whole[_share_fits(last, whole[:, -1], n, fits)])
    return np.concatenate(rows)


def _share_fits(one: Estimate, counts: Many, n: int, fits: Fits) -> NDArray[np.bool_]:
    enough = (counts >= LEAST) & (n - counts >= LEAST)
    if fits is not fits_coarse:
        return enough & fits(one, "value", counts / n)
    step = one.step or 1.0
    low = min(math.ceil(min(LEAST / max(one.n or 1, 1), 0.5) / step - TINY) * step, 0.5) if step > 0.01 else 0.0
    return enough & (np.abs(np.clip(np.round(counts / n / step) * step, low, 1 - low) - one.value) < 1e-6)


def _multinomial(one: Many, two: Many) -> Many:
    """Give the standardised difference of two splits, each with each, as Yang and Dalton (2012) have it."""
    found = np.zeros((len(one), len(two)))
    for row, split in enumerate(one):
        p, q = split[:-1], two[:, :-1]
        mean = (np.einsum("i,ij->ij", p, np.eye(len(p))) - np.outer(p, p))[None] + (
            q[:, :, None] * np.eye(len(p))[None] - q[:, :, None] * q[:, None, :]
        )
        gap = p[None] - q
        with np.errstate(all="ignore"):
            found[row] = np.sqrt(np.abs(np.einsum("ri,rij,rj->r", gap, np.linalg.pinv(mean / 2), gap)))
    return found


# --- all of it


def search(told: Mapping[str, Estimate], exact: Registry, fits: Fits) -> dict[str, set[int]]:
    """Give the values that each count could have, by a name for the count."""
    found: dict[str, set[int]] = defaultdict(set)
    found |= {f"people: {name}": left for name, left in people_of_means(told, exact, fits).items()}
    for name, counts in counts_of_shares(told, exact, fits).items():
        found |= {f"{what}: {name}": left for what, left in counts.items()}
    found |= {f"level: {name}": left for name, left in counts_of_levels(told, exact, fits).items()}
    if fits is fits_coarse:
        found |= {f"count: {name}": left for name, left in counts_of_sums(told, exact).items()}
    return dict(found)


def narrow(found: Mapping[str, set[int]]) -> dict[str, list[int]]:
    """Give the counts of which fewer than three values are left."""
    return {name: sorted(left) for name, left in found.items() if len(left) < CHOICES}


def estimates(registry: Iterable[object]) -> dict[str, Estimate]:
    """Give the estimates among results, by id."""
    return {one.id: one for one in registry if isinstance(one, Estimate)}
