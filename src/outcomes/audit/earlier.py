"""What an earlier run found, as a new one keeps it: its main results, as they were printed, and what changed since.

The new run holds the texts themselves, so that its pages can be made again without the earlier one. The edition to
share takes them from what the earlier run released, and from nothing else.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from outcomes.audit.causes import list_sentences
from outcomes.audit.verdict import Check, judge, note
from outcomes.blocks.quote import Quoter
from outcomes.errors import OutcomesError
from outcomes.plan.model import ARMS, Plan
from outcomes.questions.flow.words import ADJUSTED, started
from outcomes.questions.verdict.words import list_measures
from outcomes.reporting.before import BEFORE, COMPLETED, PEOPLE
from outcomes.results.outcome import Estimate
from outcomes.results.store import read_registry
from outcomes.results.ways import VERDICT_ON_COMPLETION, main_key, verdict_of
from outcomes.runs import RESULTS, digest_of, read_manifest
from outcomes.runs.manifest import SCHEMA
from outcomes.runs.names import INTERNAL, SHARE
from outcomes.runs.shared_plan import share_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from outcomes.results.key import Key
    from outcomes.results.registry import Registry

KEPT = "what the earlier run found, as this one keeps it"
# What decides on the rule by which a measure is compared, beside the visit and what all are adjusted for.
_OF_A_MEASURE = ("better", "kind", "weeks", "range", "instrument", "worthwhile", "scoring")
EARLIER_SCHEMA = "it was written by an earlier version of the program, whose results say less about themselves"
OTHER_RULES = "it was released by other rules of disclosure"
HELD_BACK = "its own edition to share was held back"
NOT_READ = "it cannot be read"


def make_keeper(run: Path) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Look at an earlier run before anything is computed, and give what keeps it; raises as `keep_earlier`."""
    read_manifest(run)
    return partial(keep_earlier, run)


def keep_earlier(run: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a new run keeps of an earlier one, for each edition.

    Parameters
    ----------
    run : Path
        Folder of the earlier run.
    manifest : mapping
        Of the new one, as `outcomes.runs.describe_run` makes it.

    Raises
    ------
    RunNotFoundError, RunDamagedError
        When there is no earlier run.
    """
    then = read_manifest(run)
    is_earlier = then["schema"] != SCHEMA
    inside = EARLIER_SCHEMA if is_earlier else ""
    return {
        "run": then["run"],
        "created": then["created"],
        "schema": then["schema"],
        "results": digest_of(run / RESULTS) if (run / RESULTS).is_file() else None,
        INTERNAL: _keep(run / RESULTS, then["plan"], manifest["plan"], inside, list_sentences(then, manifest)),
        SHARE: _keep(
            run / SHARE / RESULTS,
            share_plan(then["plan"]),
            share_plan(manifest["plan"]),
            inside or _explain_withheld(then, manifest),
            _share_sentences(then, manifest),
        ),
    }


def _explain_withheld(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say why values that an earlier edition shared are not shown beside those of another, or nothing."""
    if then["released"]["held"]:
        return HELD_BACK
    rules = (Plan.model_validate(one["plan"], strict=False).disclosure for one in (then, now))
    return "" if len(set(rules)) == 1 else OTHER_RULES


def _share_sentences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say what changed by what both editions to share tell: no counts of rows, nothing that stays inside."""
    told = [{**one, "plan": share_plan(one["plan"]), "machine": {}} for one in (then, now)]
    for one in told:
        one["files"] = [{**file, "rows": None} for file in one["files"]]
    return list_sentences(*told)


def _keep(
    path: Path, then: Mapping[str, Any], now: Mapping[str, Any], withheld: str, causes: list[str]
) -> dict[str, Any]:
    """Keep the main results of an edition, as they were printed."""
    plans = [Plan.model_validate(one, strict=False) for one in (then, now)]
    rows: list[dict[str, Any]] = []
    if not withheld:
        try:
            rows = list(_list_rows(read_registry(path), *plans))
        except OutcomesError:
            withheld = NOT_READ
    return {"rows": rows, "withheld": withheld, "causes": causes}


def _list_rows(registry: Registry, then: Plan, now: Plan) -> Iterator[dict[str, Any]]:
    """Give people, each measure of the first page that both plans have, and completion."""
    counts = [registry.record(key).text if registry.get(key) is not None else "" for key in map(started, ARMS)]
    if all(counts):
        yield {"what": PEOPLE, "rules": [], "counts": counts}
    for word in list_measures(now):
        if word in then.measures:
            key, verdict = main_key(registry, word, then.primary), verdict_of(word, then.primary)
            yield {"what": word, "rules": _list_other_rules(then, now, word), **_quote(registry, then, key, verdict)}
    rules = _list_common(then, now) + (["completion"] if then.completion != now.completion else [])
    yield {"what": COMPLETED, "rules": rules, **_quote(registry, then, ADJUSTED, VERDICT_ON_COMPLETION)}


def _list_other_rules(then: Plan, now: Plan, word: str) -> list[str]:
    """Name what of the rules of a comparison is another, by its key in the plan."""
    one, other = then.measures[word], now.measures[word]
    own = [f"measures.{word}.{name}" for name in _OF_A_MEASURE if getattr(one, name) != getattr(other, name)]
    if then.visits[then.primary].week != now.visits[now.primary].week:
        own.append("visits.primary")
    return own + _list_common(then, now)


def _list_common(then: Plan, now: Plan) -> list[str]:
    return [name for name in ("adjust", "confidence") if getattr(then, name) != getattr(now, name)]


def _quote(registry: Registry, plan: Plan, key: Key, verdict: Key) -> dict[str, str]:
    """Give a difference, its interval and what it tells, as that run printed them; "" where it did not."""
    record = registry.record(key) if registry.get(key) is not None else None
    told = registry.record(verdict).text if registry.get(verdict) is not None else ""
    found = record.outcome if record is not None else None
    if record is None or not isinstance(found, Estimate):
        return {"difference": "" if record is None else record.text, "interval": "", "reading": told}
    interval = Quoter(registry, plan, {}).interval(key).plain if found.interval is not None else ""
    return {"difference": record.text, "interval": interval, "reading": told}


def check_earlier(run: Path, manifest: Mapping[str, Any]) -> list[Check]:
    """Hold what a run keeps of an earlier one against that one, where it lies beside it; else say that nobody can."""
    kept = manifest.get(BEFORE)
    if kept is None:
        return []
    beside = run.resolve().parent / str(kept["run"])
    try:
        again = keep_earlier(beside, manifest)
    except OutcomesError:
        return note(
            KEPT, [f"before: the earlier run {kept['run']} does not lie beside this one; outcomes diff compares two"]
        )
    return [judge(KEPT, 1, [] if again == kept else ["before in manifest.json is not what the earlier run gives"])]
