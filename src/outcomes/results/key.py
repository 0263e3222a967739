"""What a result is about, as fields; an id is how a key prints, and nobody reads it back."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

_WORD = re.compile(r"^[a-z0-9_]+$")
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Key:
    """Key of a result: which analysis says what, of which measure, visit, arm and subject.

    Attributes
    ----------
    analysis : str
        Family of the result, for example "mmrm".
    measure, visit : str
        Words of the plan; "" where the result is not about one.
    what : str
        What is told, for example "difference".
    arm : str
        "full", "skills", or "" for what is about both.
    subject : str
        A covariate, component, kind of event, published outcome, stream or clinic.
    category : str
        One of the subject's levels, a reason, a study; of a comparison that is made both ways, "crude" or "adjusted".
    of : str
        The analysis whose result is computed a second time; "" for results themselves.
    """

    analysis: str
    measure: str = ""
    visit: str = ""
    what: str = ""
    arm: str = ""
    subject: str = ""
    category: str = ""
    of: str = ""

    def __post_init__(self) -> None:
        """Refuse fields that no id can be made of."""
        for name in FIELDS:
            word = getattr(self, name)
            if word and not _WORD.match(word):
                msg = f"the {name} of a key is made of lower-case letters, digits and underscores"
                raise ValueError(msg)

    def __str__(self) -> str:
        """Print the id: the fields in the order that the analysis declares; empty ones leave no trace."""
        prints = LAYOUTS.get(self.of or self.analysis, {})
        layout = prints.get(self.what, prints.get("", _PLAIN))
        filled = _FIELD.sub(lambda found: getattr(self, found[1]), layout)
        words = (*((self.analysis,) if self.of else ()), self.of or self.analysis, *filled.split("."))
        return ".".join(word for word in words if word)

    def but(self, **changed: str) -> Key:
        """Give the key that differs in these fields."""
        return replace(self, **changed)

    def matches(self, **wanted: str) -> bool:
        """Whether every field named has the value asked for."""
        return all(getattr(self, name) == value for name, value in wanted.items())


FIELDS = tuple(field.name for field in fields(Key))

_PLAIN = "{measure}.{visit}.{subject}.{category}.{arm}.{what}"

# In which order the fields of each analysis print. By what is told, where one thing prints otherwise than the rest;
# a thing whose layout leaves {what} out is the one that the analysis is about.
LAYOUTS: dict[str, dict[str, str]] = {
    # A measure of alliance does not print; any but the first of the plan stands as the subject too.
    "alliance": {"": "{subject}.{visit}.{arm}.{what}", "per_sd": "{subject}.{measure}.{visit}.per_sd"},
    "attendance": {"attended": "{subject}.{arm}"},
    "balance": {"propensity": "propensity.{arm}"},
    "change": {
        "": "{measure}.{subject}.{visit}.{category}.{arm}.{what}",
        "share": "{measure}.{subject}.{visit}.{arm}.{category}",
        "people": "{measure}.{subject}.{visit}.{arm}.{category}.people",
        "cut_off": "{measure}.{visit}.cut_off.{category}",
    },
    "costs": {
        "price": "{measure}.per_{subject}",
        "plane_effect": "{measure}.{subject}.plane.effect",
        "plane_cost": "{measure}.{subject}.plane.cost",
    },
    "dose": {"": "{measure}.{visit}.{arm}.{subject}.{what}"},
    "events": {"curve": "{subject}.curve.{arm}"},
    "evidence": {
        # of all that is published; an outcome of the file is never called by one of these first words
        "direct_rows": "direct.rows",
        "direct_with_numbers": "direct.with_numbers",
        "unsourced_rows": "unsourced.rows",
        "published": "{subject}.{category}",
        "share": "{subject}.{category}.{arm}",
        "benchmark": "benchmark.{subject}.{category}",
        "indirect": "indirect.{subject}.{category}",
        "unsourced": "unsourced.{subject}.{category}",
    },
    "verdict": {"events": "events.{subject}"},
    "flow": {"left_out": "{measure}.{arm}.left_out.{category}"},
    "missing": {"kind": "{measure}.kind.{category}.{arm}", "pattern": "{measure}.pattern.{category}.{arm}"},
    "needs": {
        "looks_apart": "looks.apart",
        "looks_by_chance": "looks.by_chance",
        "people": "profile.{subject}.{arm}.people",
        "seen": "profile.{subject}.{arm}.seen",
    },
    "pace": {"curve": "{measure}.{arm}"},
    "retention": {"curve": "curve.{arm}"},
    "size": {"equivalence": "{measure}.equivalence.people"},
    "sessions": {
        "target_share": "target.{subject}.share",
        "target_third": "target.{subject}.{category}",
        "target_clients": "target.{subject}.clients",
        "target_taken": "target.{subject}.taken",
        "mode_share": "mode.{subject}.share",
        "mode_clients": "mode.{subject}.clients",
        "therapist_share": "therapist.{category}.{subject}.share",
        "therapist_clients": "therapist.{category}.clients",
    },
}
