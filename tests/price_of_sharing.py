"""State the price of sharing: how far printed limits are from exact ones, on the example and ten small studies.

    python tests/price_of_sharing.py

prints the table that stands in docs/methods/disclosure.md. A distance is in half-widths of the exact interval (of a
ratio by its logarithm), so that nought is exact and one is as far as the limit is from the number itself.
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import outcomes  # noqa: E402  # after the place of what makes small studies
from outcomes.pipeline import answer  # noqa: E402
from outcomes.release import release  # noqa: E402
from outcomes.results.outcome import Estimate  # noqa: E402
from outcomes.results.store import read_registry  # noqa: E402
from small_study import write_small_study  # noqa: E402

if TYPE_CHECKING:
    from outcomes.plan.model import Disclosure
    from outcomes.results.registry import Registry

SIZES = (24, 28, 32, 36, 40, 48, 56, 64, 72, 80)  # people in all
EXAMPLE = ROOT / "reports" / "example" / "reference" / "results.json"


class Price(NamedTuple):
    """Distances of printed limits from exact ones, and how many limits were left out."""

    main: list[float]
    others: list[float]
    shares: list[float]
    left_out: int
    hidden: int


def price_of(exact: Registry, rules: Disclosure) -> Price:
    """Hold what is released against what is exact."""
    told = release(exact, rules).registry
    price = Price([], [], [], 0, 0)
    left_out = hidden = 0
    for name, one in exact.items():
        if not isinstance(one, Estimate) or one.limits is None or one.key.analysis in {"evidence", "influence"}:
            continue
        shown = told.get(name)
        if not isinstance(shown, Estimate):
            hidden += one.key.what != "therapist_share"
        elif shown.limits is None:
            left_out += 1
        else:
            is_main = one.key.analysis == "mmrm" and one.key.what == "difference"
            put = price.shares if one.unit in {"share", "share_difference", "ratio"} else price.others
            (price.main if is_main else put).extend(distances(one, shown))
    return price._replace(left_out=left_out, hidden=hidden)


def distances(one: Estimate, shown: Estimate) -> list[float]:
    """Give how far each printed limit is from the exact one, in half-widths."""
    assert one.limits is not None
    assert shown.limits is not None
    pairs = [(a, b) for a, b in zip(one.limits, shown.limits, strict=True) if a is not None and b is not None]
    half = abs((one.limits[1] or 0.0) - (one.limits[0] or 0.0)) / 2
    if one.unit == "ratio" and min(min(pair) for pair in pairs) > 0:
        pairs = [(math.log(a), math.log(b)) for a, b in pairs]
        half = abs(pairs[-1][0] - pairs[0][0]) / 2
    return [abs(a - b) / half for a, b in pairs] if half > 0 else []


def line(name: str, price: Price) -> str:
    """Write a row of the table."""

    def two(found: list[float]) -> str:
        return f"{np.median(found):.2f} ({np.quantile(found, 0.9):.2f})" if found else "–"

    cells = (name, two(price.main), two(price.others), two(price.shares), price.left_out, price.hidden)
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Print the table."""
    print("| study | main differences | other means and differences | shares and ratios | limits left out | hidden |")  # noqa: T201
    print("|---|---|---|---|---|---|")  # noqa: T201
    study = outcomes.read_study(ROOT / "data" / "example")
    print(line("example, 114 and 66", price_of(read_registry(EXAMPLE), study.plan.disclosure)))  # noqa: T201
    for place, many in enumerate(SIZES, start=1):
        with tempfile.TemporaryDirectory() as folder:
            small = outcomes.read_study(write_small_study(Path(folder) / "small", n=many, seed=100 + place))
            price = price_of(answer(small).registry, small.plan.disclosure)
        print(line(f"{many // 2} an arm", price), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
