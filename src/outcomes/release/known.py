"""The closed list of what release has a rule for; what does not stand here does not leave the clinic.

A result is known by its analysis, the family that begins its id and the quantity that ends it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.results.registry import Record

SECOND = "independent."  # begins the id of a second computation; the id of the first follows
NO_RULE = "not released: no rule says what may be told of it"


class Rule(Enum):
    """How a result that is not hidden is told."""

    ROUNDED = auto()  # by its unit and its interval
    SCORES = auto()  # a count of scores, which is as telling as a count of people
    GIVEN = auto()  # stands in the plan, in an instrument's norms or in print, or counts no people: as it is
    PLACED = auto()  # a curve whose places were computed from data
    KEPT = auto()  # its text or number gives limits more finely than they are shown: never


_EFFECTS = "difference ratio odds_ratio hazard_ratio"
_WAYS = "jump_to_reference copy_increments copy_reference mar"
_RUBIN = "jump_to_reference_rubin copy_increments_rubin copy_reference_rubin mar_rubin"
_CONTENT = "clients clients_without share course followed_up first middle last left_out recorded"
_MINUTES = "mean sd median lower_quartile upper_quartile"
# Analysis, then family: the quantities, by rule. A quantity named by data, a study of the evidence, is "*".
_LIST: dict[str, dict[str, dict[Rule, str]]] = {
    "flow": {
        "flow": {
            Rule.ROUNDED: "started completed completion_not_recorded observed compared compared_and_seen "
            "no_window no_start no_covariate no_later",
        },
    },
    "baseline": {"baseline": {Rule.ROUNDED: "mean sd share smd"}},
    "outcomes": {
        "describe": {Rule.ROUNDED: "mean sd"},
        "within": {Rule.ROUNDED: "change g"},
        "between": {Rule.ROUNDED: "difference g_change g_score"},
        "ancova": {Rule.ROUNDED: "difference g"},
        "clusters": {Rule.ROUNDED: "difference g"},
        "mmrm": {Rule.ROUNDED: "difference clustered g adjusted_mean p_holm", Rule.SCORES: "observations"},
        "mixed": {Rule.ROUNDED: "difference g group_sd therapist_sd"},
    },
    "completion": {
        "completion": {Rule.ROUNDED: f"share {_EFFECTS}", Rule.KEPT: "number_needed"},
        "attendance": {Rule.ROUNDED: "full skills"},
    },
    "retention": {
        "retention": {Rule.ROUNDED: f"{_EFFECTS} full skills left rmst horizon logrank proportional_hazards"},
    },
    "change": {
        "change": {
            Rule.ROUNDED: "improved unchanged deteriorated crossed recovered people threshold difference "
            "imputed_difference recovery reliable_recovery reliable_improvement reliable_deterioration",
            Rule.GIVEN: "a b c",
        },
    },
    "balance": {
        "balance": {
            Rule.ROUNDED: "before after overlap full skills",
            Rule.GIVEN: "alike alike_weighted compared comparable",
        },
        "weighting": {
            Rule.ROUNDED: "ate att atc overlap mmrm doubly_robust doubly_robust_att doubly_robust_overlap "
            "effective_n left_out",
        },
    },
    "missing": {
        "missing": {Rule.ROUNDED: "full skills left missed_next last_score share difference"},
        "imputation": {
            Rule.ROUNDED: f"{_WAYS} {_RUBIN} mar_clustered monte_carlo_error tipping_point tipping_lean "
            "worse_full worse_skills worse_both",
            Rule.PLACED: "by_delta",
        },
    },
    "confounding": {
        "confounding": {Rule.ROUNDED: "bound e_value e_value_interval robustness_value robustness_value_interval"},
    },
    "agreement": {"agreement": {Rule.GIVEN: "agree compared"}},
    "independent": {"independent": {Rule.GIVEN: "agreeing compared", Rule.ROUNDED: "largest"}},
    "needs": {
        "needs": {
            Rule.ROUNDED: "difference shrunken interaction people seen value by_chance",
            Rule.GIVEN: "looks apart moderators",
        },
    },
    "sessions": {
        "sessions": {Rule.ROUNDED: f"{_CONTENT} {_MINUTES} concordance life_threatening_first"},
        "dose": {Rule.ROUNDED: "attended per_session"},
        "alliance": {Rule.ROUNDED: "mean difference per_sd"},
        "mediation": {Rule.ROUNDED: "direct indirect total on_mediator proportion"},
        "pace": {Rule.ROUNDED: "full skills difference"},
    },
    "costs": {
        "costs": {
            Rule.ROUNDED: "mean difference per_booked_place per_attended_place per_completion per_improvement "
            "acceptability cost effect",
        },
    },
    "evidence": {"evidence": {Rule.ROUNDED: "local pooled_with_local", Rule.GIVEN: "*"}},
    "precision": {
        "precision": {
            Rule.ROUNDED: "arm_explained baseline_correlation icc_group icc_therapist dropout detectable equivalence "
            "clients_needed clients_needed_equivalence",
            Rule.PLACED: "curve",
        },
    },
}


def _spread() -> Iterator[tuple[tuple[str, str, str], Rule]]:
    for analysis, families in _LIST.items():
        for family, rules in families.items():
            for rule, quantities in rules.items():
                yield from (((analysis, family, quantity), rule) for quantity in quantities.split())


RULES: Mapping[tuple[str, str, str], Rule] = dict(_spread())
ANALYSES = frozenset(_LIST)
_BY_ID = {(family, quantity): rule for (_, family, quantity), rule in RULES.items()}


def rule_of(record: Record) -> Rule | None:
    """Give the rule for a result; None where there is none, so that the result stays inside."""
    if record.provenance.analysis not in ANALYSES:
        return None
    name = record.id.removeprefix(SECOND) if record.id.count(".") > 1 else record.id
    family, quantity = name.split(".", 1)[0], name.rsplit(".", 1)[-1]
    return _BY_ID.get((family, quantity), _BY_ID.get((family, "*")))
