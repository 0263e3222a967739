"""Clinics pooled from their editions to share, as they are: two stages, and what the editions' rounding costs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.blocks.format import format_interval
from outcomes.core.digests import digest_content
from outcomes.plan.model import Plan
from outcomes.pooling.agreement import agreed_part, list_differences
from outcomes.pooling.keys import together
from outcomes.pooling.refusals import PoolRefusedError
from outcomes.pooling.together import FEWEST, pool_told
from outcomes.pooling.told import list_told
from outcomes.results.outcome import Estimate
from outcomes.results.provenance import Provenance, name_code
from outcomes.results.registry import Record, Registry
from outcomes.results.store import read_registry
from outcomes.runs.files import with_texts
from outcomes.runs.manifest import read_shared_manifest
from outcomes.runs.names import RESULTS, SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


FEWEST_SHARES = 2  # they are released: nothing can be worked out from them that each does not tell
QUESTION = "What do the clinics' editions to share tell together?"
WIDE = "With so few clinics the interval is wide, and the spread between clinics hardly known."


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledShares:
    """What editions to share tell together.

    Attributes
    ----------
    registry : Registry
    plan : Plan
        Of the first edition, with its labels.
    clinics : tuple of str
        Names by which the editions are called, in their order.
    """

    registry: Registry
    plan: Plan
    clinics: tuple[str, ...]


def pool_shares(folders: Sequence[Path]) -> PooledShares:
    """Pool editions to share.

    Raises
    ------
    PoolRefusedError
        When there are fewer than two, one is there twice, or measures or visits are coded otherwise.
    RunNotFoundError, RunDamagedError
        When a folder is no edition to share.
    """
    places = [folder / SHARE if (folder / SHARE).is_dir() else folder for folder in folders]
    manifests = [read_shared_manifest(place) for place in places]
    plans = [Plan.model_validate(manifest["plan"], strict=False) for manifest in manifests]
    names = [f"edition_{place}" for place in range(1, len(places) + 1)]
    _require_apart(manifests, plans, names)
    told = {
        name: list(list_told(read_registry(place / RESULTS), plan))
        for name, place, plan in zip(names, places, plans, strict=True)
    }
    fewest = min(FEWEST, len(places))
    outcomes = list(pool_told(told, level=plans[0].confidence.level, fewest=fewest))
    if not outcomes:
        raise PoolRefusedError(
            ["The editions tell no main comparison in common, with an interval: each hides what rests on few people."]
        )
    provenance = Provenance(
        analysis="pool",
        question=QUESTION,
        code=name_code(pool_shares),
        files=tuple(names),
        digest=digest_content([manifest["digest"] for manifest in manifests]),
    )
    registry = Registry(Record(outcome=one, provenance=provenance) for one in outcomes)
    return PooledShares(registry=with_texts(registry, plans[0]), plan=plans[0], clinics=tuple(names))


def _require_apart(manifests: Sequence[Mapping[str, object]], plans: Sequence[Plan], names: Sequence[str]) -> None:
    reasons = []
    if len(manifests) < FEWEST_SHARES:
        reasons.append("One edition is shown as it is: name at least two, of different clinics.")
    digests = [json.dumps(manifest["outputs"], sort_keys=True) for manifest in manifests]
    if len(set(digests)) < len(digests):
        reasons.append("The same edition is named twice.")
    for name, plan in zip(names[1:], plans[1:], strict=True):
        if differing := list_differences(agreed_part(plans[0]), agreed_part(plan)):
            said = ", ".join(differing)
            reasons.append(f"{name} codes measures or visits otherwise than the first: {said}. They cannot be pooled.")
    if reasons:
        raise PoolRefusedError(reasons)


def to_lines(pooled: PooledShares) -> Iterator[str]:
    """Say what was found, for a terminal."""
    registry, plan = pooled.registry, pooled.plan
    yield f"{len(pooled.clinics)} editions to share, pooled in two stages: full programme minus skills group only."
    for subject in sorted({one.key.subject for one in registry.where(what="two_stage")}):
        found = registry.record(together(subject, "two_stage"))
        outcome = found.outcome
        if not isinstance(outcome, Estimate):
            yield f"{outcome.label}: {outcome.reason if hasattr(outcome, 'reason') else ''}"
            continue
        yield f"{outcome.label}: {found.text} ({format_interval(outcome, plan)})"
        expected = registry.get(together(subject, "prediction"))
        if isinstance(expected, Estimate):
            yield f"  to expect in a clinic like these: {format_interval(expected, plan)}"
        widened, moved = (registry.record(together(subject, what)) for what in ("widened", "moved"))
        yield (
            f"  rounding in the editions makes the interval about {widened.text} times as wide, and can have moved the "
            f"value by at most {moved.text} of its standard errors"
        )
    if len(pooled.clinics) < FEWEST + 1:
        yield WIDE
