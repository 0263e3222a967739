"""What clinics agree on before anything leaves one of them: a file with a digest of itself, which is not edited.

It holds of the plan what must be alike for sums to mean the same in all clinics, the levels of covariates with what
each counts as, the names of the clinics, and the threshold.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.core.digests import digest_content, is_sealed, seal
from outcomes.models.covariates import is_number
from outcomes.plan.faults import TomlFaultsError, parse_toml
from outcomes.plan.model import ARMS, Plan
from outcomes.pooling.refusals import AgreementError
from outcomes.study.book.plan_pages import write_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from outcomes.study.model import Study

VERSION = 1
FEWEST_CLINICS = 3  # with two, each could take its own sums from those of both
NUMBER = "number"
_LONGEST_NAME = 40
_OF_A_MEASURE = ("kind", "better", "range", "instrument", "worthwhile", "scoring")
_OF_AN_EVENT = ("better", "before", "worthwhile", "role")
_HEAD = """\
# An agreement of clinics to pool what they found, made by `outcomes pool new`. Give this file, as it is, to each of
# them: it holds a digest of itself and is not edited. `outcomes pool contribute` holds a clinic's study against it.
"""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreement.

    Attributes
    ----------
    content : mapping
        What the file holds.
    """

    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name of the pool."""
        return str(self.content["name"])

    @property
    def digest(self) -> str:
        """Digest of the content, by which contributions name their agreement."""
        return str(self.content["digest"])

    @property
    def clinics(self) -> tuple[str, ...]:
        """Names of the clinics."""
        return tuple(self.content["clinics"])

    @property
    def threshold(self) -> int:
        """Fewest people of whom any sum may tell [count]."""
        return int(self.content["threshold"])

    @property
    def covariates(self) -> Mapping[str, Any]:
        """By name: "number", or what each text counts as, the first of them being that to which others are compared."""
        found: Mapping[str, Any] = self.content.get("covariates", {})
        return found

    @property
    def plan(self) -> Plan:
        """Give the agreed part of the plan as a plan, which pages and formats read."""
        agreed = dict(self.content["plan"])
        disclosure = {"minimum_count": self.threshold, "minimum_arm": self.threshold}
        adjust = {"covariates": tuple(self.covariates)}
        return Plan.model_validate({**agreed, "disclosure": disclosure, "adjust": adjust}, strict=False)

    def levels_of(self, covariate: str) -> tuple[str, ...]:
        """Levels of a covariate, the one to which others are compared first."""
        return tuple(dict.fromkeys(self.covariates[covariate].values()))

    def columns(self) -> tuple[str, ...]:
        """Columns with one effect: a number, or an indicator of each level but the first."""
        found: list[str] = []
        for name, kind in self.covariates.items():
            found += [name] if kind == NUMBER else [f"{name}: {level}" for level in self.levels_of(name)[1:]]
        return tuple(found)


def make_agreement(
    study: Study, *, name: str, clinics: Sequence[str], threshold: int | None, merges: Mapping[tuple[str, str], str]
) -> Agreement:
    """Make an agreement from the study of one of the clinics.

    Parameters
    ----------
    study : Study
    name : str
    clinics : sequence of str
        At least three.
    threshold : int, optional
        By default the plan's minimum count; never below it.
    merges : mapping of (covariate, text) to str
        What a text counts as.

    Raises
    ------
    AgreementError
    """
    plan = study.plan
    least = plan.disclosure.minimum_count if threshold is None else threshold
    faults = [*_judge_clinics(clinics), *_judge_plan(plan)]
    if least < plan.disclosure.minimum_count:
        faults.append(
            f"The threshold is lower than the minimum count of the plan ({plan.disclosure.minimum_count}): choose that "
            "or more."
        )
    known = set(plan.adjust.covariates)
    faults += [f"The plan adjusts for no covariate {column!r}." for column, _ in merges if column not in known]
    covariates: dict[str, Any] = {}
    for covariate in plan.adjust.covariates:
        own = {text: into for (column, text), into in merges.items() if column == covariate}
        covariates[covariate] = _agree_on(study.clients[covariate], covariate, own, least, faults)
    if faults:
        raise AgreementError("The study's plan", faults)
    content = {
        "version": VERSION,
        "name": name,
        "clinics": list(clinics),
        "threshold": least,
        "plan": {"title": plan.title, "version": 1, "arms": _arms_of(plan), **agreed_part(plan, labels=True)},
        "covariates": covariates,
    }
    return Agreement(seal(_without_nothing(content)))


def _judge_clinics(clinics: Sequence[str]) -> list[str]:
    faults = []
    if len(clinics) < FEWEST_CLINICS:
        faults.append(f"Name at least {FEWEST_CLINICS} clinics: of two, each could work out the other.")
    if len(set(clinics)) < len(clinics):
        faults.append("Two clinics have the same name.")
    if any(not is_word(clinic) for clinic in clinics):
        faults.append(
            "The name of a clinic is a word of lower-case letters, digits and underscores that begins with a letter."
        )
    return faults


def is_word(text: str) -> bool:
    """Whether a text can stand in keys and names of files."""
    return (
        text.isascii()
        and text[:1].islower()
        and text == text.lower()
        and text.replace("_", "").isalnum()
        and len(text) <= _LONGEST_NAME
    )


def _judge_plan(plan: Plan) -> list[str]:
    if plan.primary_scored:
        return []
    return ["The plan has no primary measure in points of a scale: sums can be pooled of those alone."]


def _agree_on(column: pd.Series, name: str, own: Mapping[str, str], least: int, faults: list[str]) -> Any:
    """Give what each text of a covariate counts as, or that it is a number."""
    if is_number(column):
        if own:
            faults.append(f"The covariate {name} is a number here, and has no levels to merge.")
        return NUMBER
    texts = column.dropna().astype(str)
    counted = {text: own.get(text, text) for text in sorted(set(texts))} | dict(own)
    sizes = Counter(counted[text] for text in texts)
    rare = [row for row, text in enumerate(column, start=2) if text == text and 0 < sizes[counted[str(text)]] < least]  # noqa: PLR0124
    if rare:
        faults.append(
            f"{name}: fewer than {least} people have the level that stands in row {rare[0]} of clients.csv. Say what "
            f'it counts as, with --merge "{name}:LEVEL=OTHER LEVEL".'
        )
    order = sorted(counted.items(), key=lambda pair: (-sizes[pair[1]], pair[1], pair[0]))
    return dict(order)


def agreed_part(plan: Plan, *, labels: bool = False) -> dict[str, Any]:
    """Give of a plan what must be the same in every clinic; with the labels that pages print where asked for.

    Titles, labels, seeds, the words of an arm in a table, and measures that are not pooled may differ.
    """
    whole = plan.model_dump(mode="json")

    def take(one: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        return {name: one[name] for name in (*(("label", "domain") if labels else ()), *names)}

    measures = {
        word: {**take(whole["measures"][word], _OF_A_MEASURE), "role": "primary"} for word in plan.primary_scored
    }
    visits = {
        word: {"week": one["week"], "window": one["window"], **({"label": one["label"]} if labels else {})}
        for word, one in whole["visits"].items()
    }
    events = {
        word: {**{name: one[name] for name in _OF_AN_EVENT}, **({"label": one["label"]} if labels else {})}
        for word, one in whole["events"].items()
        if one["role"] != "harm"
    }
    found = {
        "primary": plan.primary,
        "visits": visits,
        "measures": measures,
        "events": events,
        "confidence": whole["confidence"],
        **_instruments_of(plan),
    }
    return found if events else {name: part for name, part in found.items() if name != "events"}


def _instruments_of(plan: Plan) -> dict[str, Any]:
    """Give the clinics' own instruments that pooled measures are scored from; nothing where there are none."""
    named = {plan.measures[word].instrument for word in plan.primary_scored} - {None}
    ids = {plan.instrument(str(name)).id for name in named}
    own = {word: one.model_dump(mode="json") for word, one in plan.instruments.items() if word in ids}
    return {"instruments": own} if own else {}


def _arms_of(plan: Plan) -> dict[str, Any]:
    return {arm: {"value": arm, "label": getattr(plan.arms, arm).label} for arm in ARMS}


def _without_nothing(content: Any) -> Any:
    """Leave out what is None, which TOML cannot say."""
    if isinstance(content, dict):
        return {key: _without_nothing(part) for key, part in content.items() if part is not None}
    return [_without_nothing(part) for part in content] if isinstance(content, list | tuple) else content


def plan_digest(plan: Plan) -> str:
    """Digest of what must be the same in every clinic."""
    return digest_content(_without_nothing({**agreed_part(plan), "covariates": list(plan.adjust.covariates)}))


def find_differences(agreement: Agreement, plan: Plan) -> list[str]:
    """Name the keys in which a clinic's plan is another than the agreed one."""
    agreed, own = ({**agreed_part(one), "covariates": sorted(one.adjust.covariates)} for one in (agreement.plan, plan))
    return list_differences(agreed, own)


def list_differences(agreed: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    """Name the keys in which two plans, as far as they must be alike, differ."""
    return sorted(_compare("", _without_nothing(dict(agreed)), _without_nothing(dict(own))))


def _compare(place: str, agreed: Any, own: Any) -> set[str]:
    if isinstance(agreed, dict) and isinstance(own, dict):
        found: set[str] = set()
        for key in agreed.keys() | own.keys():
            at = f"{place}.{key}" if place else str(key)
            found |= _compare(at, agreed.get(key), own.get(key))
        if not found and list(agreed) != list(own) and place == "visits":
            found.add("the order of visits")
        return found
    return set() if agreed == own else {place}


def to_toml(agreement: Agreement) -> str:
    """Give the file of an agreement: tables below each other, each key on a line."""
    lines, tables = [_HEAD], list[str]()
    for key, value in agreement.content.items():
        if isinstance(value, dict):
            tables += _to_tables(key, value)
        else:
            lines.append(f"{key} = {write_toml(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _to_tables(place: str, table: Mapping[str, Any]) -> list[str]:
    plain = {key: value for key, value in table.items() if not isinstance(value, dict) or _is_leaf(value)}
    lines = [f"\n[{place}]", *(f"{write_key(key)} = {write_toml(value)}" for key, value in plain.items())]
    for key, value in table.items():
        if key not in plain:
            lines += _to_tables(f"{place}.{write_key(key)}", value)
    return lines


def _is_leaf(table: Mapping[str, Any]) -> bool:
    """Whether a table holds no further ones of names, and stands on one line."""
    return not any(isinstance(value, dict) for value in table.values())


def write_key(key: str) -> str:
    """Write a key of TOML."""
    return key if is_word(key) else write_toml(key)


def read_agreement(path: Path) -> Agreement:
    """Read an agreement.

    Raises
    ------
    AgreementError
        When there is none, or it was changed since it was written.
    """
    try:
        _, content = parse_toml(path.read_bytes())
    except OSError:
        raise AgreementError(path.name, ["There is no such file."]) from None
    except TomlFaultsError:
        raise AgreementError(path.name, ["It is not a file that outcomes pool new wrote."]) from None
    if content.get("version") != VERSION or not is_sealed(content):
        raise AgreementError(
            path.name,
            [
                (
                    "It is not as outcomes pool new wrote it. Take the file that the clinics agreed on; to agree on "
                    "something else, make a new one with outcomes pool new."
                )
            ],
        )
    return Agreement(content)
