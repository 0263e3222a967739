"""What one clinic gives to a pool: sums over people, in a file that a person can read.

For each measure and each pattern of later visits the file holds how many people there are, how many of them in the
full programme, and the sums and sums of products of arm, score at the start, covariates and scores. The clinic's own
difference is computed from these sums, so that it tells nothing beyond them; what stands under `shared` are results of
all its people as its edition to share tells them.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.core.digests import is_sealed, seal
from outcomes.methods import mmrm
from outcomes.methods.mmrm.clinics import recentre
from outcomes.pooling.agreement import plan_digest
from outcomes.pooling.alone import fit_own
from outcomes.pooling.people import SUMMED
from outcomes.pooling.refusals import PoolRefusedError
from outcomes.results.outcome import NotEstimableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from outcomes.pooling.agreement import Agreement
    from outcomes.pooling.folding import Folded
    from outcomes.pooling.people import People

VERSION = 1
WHAT_IT_IS = (
    "This file is what one clinic gives to a pool: sums over groups of people, each of at least the threshold.",
    "It holds no row, no date, no name or pseudonym, and no free text of any person.",
    "people: how many; full: how many of them were in the full programme; products: sums of products of the columns.",
    "own: the difference in this clinic, computed from these sums and nothing else.",
    "shared: results on all people of this clinic, as its edition to share tells them.",
)
_FIGURES = 6  # of the clinic's own difference: other machines differ past the tenth, and the file is to be the same
_SAME = 1e-3  # of a standard error, which six figures of any difference hold


@dataclass(frozen=True, slots=True)
class Contribution:
    """A contribution, read and held against its agreement."""

    content: Mapping[str, Any]

    @property
    def clinic(self) -> str:
        """Name of the clinic."""
        return str(self.content["clinic"])

    @property
    def digest(self) -> str:
        """Digest of all that the file holds."""
        return str(self.content["digest"])

    @property
    def shared(self) -> Sequence[Mapping[str, Any]]:
        """Released results, as rows of results.json."""
        rows: Sequence[Mapping[str, Any]] = self.content["shared"]
        return rows

    def moments(self, measure: str, agreement: Agreement) -> mmrm.Moments:
        """Give the sums of a measure as moments."""
        later, columns = agreement.plan.later, agreement.columns()
        blocks = self.content["measures"][measure]["blocks"]
        width = len(SUMMED) + len(columns) + len(later)
        gram = np.zeros((len(blocks), 1 + width, 1 + width))
        for whole, block in zip(gram, blocks, strict=True):
            products = np.array(block["products"], dtype=np.float64)
            seen = [len(SUMMED) + len(columns) + later.index(visit) for visit in block["visits"]]
            at = np.array([*range(len(SUMMED) + len(columns)), *seen])
            # the column of ones stands before the columns, the first of which it is again
            both = np.concatenate([[0], 1 + at])
            whole[np.ix_(both, both)] = products[np.ix_([0, *range(len(at))], [0, *range(len(at))])]
        patterns = np.array([_to_pattern(block["visits"], later) for block in blocks], dtype=np.int64)
        labels = tuple(agreement.plan.visits[visit].label for visit in later)
        order = np.argsort(patterns)
        gathered = mmrm.Moments(
            patterns=patterns[order],
            gram=gram[order],
            centre=np.zeros(width),
            clients=np.array([block["people"] for block in blocks], dtype=np.int64)[order],
            visits=labels,
            by_visit=SUMMED,
            constant=columns,
        )
        return recentre(gathered)


def _to_pattern(visits: Iterable[str], later: Sequence[str]) -> int:
    return sum(1 << later.index(visit) for visit in visits)


def make_contribution(
    agreement: Agreement,
    *,
    clinic: str,
    people: People,
    folded: Folded,
    shared: Sequence[Mapping[str, Any]],
    groups: str,
) -> Contribution:
    """Sum a clinic's people.

    Parameters
    ----------
    agreement : Agreement
    clinic : str
    people : People
    folded : Folded
        Who is in the sums.
    shared : sequence of mapping
        Released results, as rows of results.json.
    groups : str
        How skills groups lie to the arms.
    """
    measures = {
        measure: {"blocks": [*_sum_blocks(agreement, people, folded, measure)]} for measure in agreement.plan.measures
    }
    content = {
        "what_this_is": list(WHAT_IT_IS),
        "version": VERSION,
        "pool": agreement.digest,
        "name": agreement.name,
        "clinic": clinic,
        "plan": plan_digest(agreement.plan),
        "threshold": agreement.threshold,
        "columns": [*SUMMED, *agreement.columns()],
        "counted_as_the_first_level": [f"{name}: {agreement.levels_of(name)[level]}" for name, level in folded.merged],
        "groups": groups,
        "measures": measures,
        "shared": list(shared),
    }
    bare = Contribution(content)
    for measure, told in measures.items():
        told["own"] = list_own(bare, agreement, measure)
    return Contribution(seal(json.loads(json.dumps(content))))


def _sum_blocks(agreement: Agreement, people: People, folded: Folded, measure: str) -> Iterable[dict[str, Any]]:
    """Sum the people of each pattern; exactly, so that the order of people leaves no trace."""
    later, kept = agreement.plan.later, folded.kept[measure]
    fixed = [np.ones(len(people.full)), people.full.astype(float), people.start[measure]]
    fixed += [*_columns_of(agreement, people, folded)]
    for pattern in sorted({tuple(row) for row in kept if row.any()}, reverse=True):
        mine = (kept == np.array(pattern)).all(axis=1)
        seen = np.flatnonzero(pattern)
        rows = np.column_stack([*fixed, *(people.later[measure][:, place] for place in seen)])[mine]
        yield {
            "visits": [later[place] for place in seen],
            "people": int(mine.sum()),
            "full": int((mine & people.full).sum()),
            "products": _sum_products(rows),
        }


def _sum_products(rows: NDArray[np.float64]) -> list[list[float]]:
    """Sum the products of all pairs of columns, rounded once."""
    return [[math.fsum(one * other) for other in rows.T] for one in rows.T]


def _columns_of(agreement: Agreement, people: People, folded: Folded) -> Iterable[NDArray[np.float64]]:
    """Give the columns with one effect, a merged level as zeros."""
    for name in agreement.covariates:
        if name in people.numbers:
            yield people.numbers[name]
        else:
            for level in range(1, len(agreement.levels_of(name))):
                is_merged = (name, level) in folded.merged
                yield np.zeros(len(people.full)) if is_merged else (people.levels[name] == level).astype(float)


def list_own(contribution: Contribution, agreement: Agreement, measure: str) -> list[dict[str, Any]]:
    """Give a clinic's own difference at each later visit, from its sums."""
    found = []
    for visit, outcome in fit_own(contribution.moments(measure, agreement), agreement).items():
        said: dict[str, Any] = {"visit": visit}
        if isinstance(outcome, NotEstimableError):
            said["reason"] = str(outcome)
        else:
            numbers = {"difference": outcome.estimate, "se": outcome.se, "df": outcome.df}
            said |= {name: float(f"{value:.{_FIGURES}g}") for name, value in numbers.items()}
        found.append(said)
    return found


def to_text(contribution: Contribution) -> str:
    """Give the file of a contribution: JSON, a row of sums on a line."""
    text = json.dumps(contribution.content, indent=1, ensure_ascii=False)
    return _join_rows(text) + "\n"


def _join_rows(text: str) -> str:
    """Put each innermost list of numbers on one line."""
    lines: list[str] = []
    for line in text.split("\n"):
        bare = line.strip()
        is_number = (
            bare.rstrip(",")
            .lstrip("-")
            .replace(".", "", 1)
            .replace("e", "")
            .replace("+", "")
            .replace("-", "")
            .isdigit()
        )
        if lines and (is_number or (bare in {"]", "],"} and lines[-1].strip()[-1:].isdigit())):
            lines[-1] += (" " if lines[-1][-1] == "," else "") + bare
        else:
            lines.append(line)
    return "\n".join(lines)


def read_contribution(path: Path, agreement: Agreement) -> Contribution:
    """Read a contribution and hold it against its agreement.

    Raises
    ------
    PoolRefusedError
    """
    name = path.name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sound = isinstance(content, dict) and content.get("version") == VERSION and is_sealed(content)
    except (OSError, ValueError, RecursionError):
        sound, content = False, {}
    if not sound:
        raise PoolRefusedError(
            [f"{name} is not as outcomes pool contribute wrote it: ask the clinic for its file again."]
        )
    if content["pool"] != agreement.digest:
        raise PoolRefusedError(
            [f"{name} was made under another agreement: ask that clinic for a file made from this one."]
        )
    found = Contribution(content)
    if faults := [*_judge(found, agreement)]:
        raise PoolRefusedError([f"{name}: {fault}" for fault in faults])
    return found


def _judge(contribution: Contribution, agreement: Agreement) -> Iterable[str]:
    """Judge what a file holds, which need not have been made by this program."""
    content, least = contribution.content, agreement.threshold
    if contribution.clinic not in agreement.clinics:
        yield "its clinic is none of the agreement."
    if content["plan"] != plan_digest(agreement.plan):
        yield "it was made from another plan."
    if set(content["measures"]) != set(agreement.plan.measures):
        yield "its measures are not those of the agreement."
        return
    for measure, told in content["measures"].items():
        for block in told["blocks"]:
            arms = (block["full"], block["people"] - block["full"])
            if any(0 < count < least for count in arms):
                yield "some of its sums are of fewer people than the threshold."
            products = np.array(block["products"], dtype=np.float64)
            size = len(SUMMED) + len(agreement.columns()) + len(block["visits"])
            if products.shape != (size, size) or not np.isfinite(products).all():
                yield "its sums have not the columns of the agreement."
                return
            if products[0, 0] != block["people"] or products[0, 1] != block["full"]:
                yield "its sums and its counts differ."
        if any(
            not _is_same(one, two)
            for one, two in zip(told["own"], list_own(contribution, agreement, measure), strict=True)
        ):
            yield "its own difference is not that of its sums."


def _is_same(stored: Mapping[str, Any], again: Mapping[str, Any]) -> bool:
    if ("reason" in stored) != ("reason" in again):
        return False
    return "reason" in stored or abs(stored["difference"] - again["difference"]) <= _SAME * again["se"]
