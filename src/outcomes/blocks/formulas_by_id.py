"""Formulas of results that have no key yet, by patterns of ids; it goes with the last question that spells its ids."""

from __future__ import annotations

import fnmatch
import re
from functools import cache

# First pattern that fits an id. J is the small-sample factor of Hedges, ȳ a mean, s a standard deviation.
FORMULAS: tuple[tuple[str, str], ...] = (
    ("describe.*.mean", "ȳ = Σy / n"),
    ("describe.*.sd", "s = √(Σ(y − ȳ)² / (n − 1))"),
    ("within.*.change", "mean of after − before; t interval on n − 1"),
    ("within.*.g", "J(n − 1) · (ȳ after − ȳ before) / s before"),
    ("between.*.difference", "(change in full) − (change in skills); pooled t"),
    ("between.*.g_change", "J · [(change in full) − (change in skills)] / pooled s at the start"),
    ("between.*.g_score", "J · (ȳ full − ȳ skills) / pooled s"),
    ("ancova.*.difference", "β of arm in: score = α + β·arm + γ·start + δ·covariates; least squares"),
    ("mmrm.*.observations", "count of scores after the start"),
    ("mmrm.*.difference", "β of arm at the visit in: y = X β + ε, ε ~ N(0, Σ) within a person; REML; Kenward–Roger"),
    ("mmrm.*.clustered", "the same β; CR2 sandwich over clusters, Satterthwaite df"),
    ("mmrm.*.g", "J · β of arm at the visit / pooled s at the start"),
    ("mmrm.*.p_holm", "the i-th smallest p times (m − i + 1), made increasing"),
    ("mmrm.*.adjusted_mean", "x̄ β: the model's mean at the average start and covariates"),
    ("baseline.*.smd", "(m₁ − m₀) / √((s₁² + s₀²) / 2)"),
    ("baseline.*.mean", "ȳ = Σy / n"),
    ("baseline.*.share", "count / n"),
    ("completion.*.share", "count / n, with Wilson's interval"),
    ("completion.crude.difference", "p₁ − p₀, with Newcombe's interval"),
    ("completion.crude.ratio", "p₁ / p₀"),
    ("completion.adjusted.difference", "mean over everybody of P(completed | full) − P(completed | skills)"),
    ("completion.adjusted.ratio", "mean of P(completed | full) / mean of P(completed | skills)"),
    ("completion.adjusted.odds_ratio", "exp(β of arm) in the logistic regression"),
    ("completion.adjusted.number_needed", "1 / |adjusted difference|"),
    ("completion.*_stream.difference", "mean over everybody of P(completed | full) − P(completed | skills)"),
    ("attendance.*", "people who came / people to whom a session was on offer, week by week"),
    ("retention.curve.*", "Π (1 − leaving / at risk), over the weeks so far"),
    ("retention.*.left", "1 − Π (1 − leaving / at risk)"),
    ("retention.*.rmst", "area under the curve up to the horizon"),
    ("retention.rmst.difference", "(area under the curve of full) − (area under that of skills)"),
    ("retention.*hazard_ratio", "exp(β of arm) in the Cox model"),
    ("retention.logrank", "(left − expected)² / variance"),
    ("change.*.cut_off.a", "clinical mean ± 2 clinical s, towards health"),
    ("change.*.cut_off.b", "non-clinical mean ∓ 2 of its own s, towards illness"),
    ("change.*.cut_off.c", "(s₀ m₁ + s₁ m₀) / (s₀ + s₁)"),
    ("change.*.people", "count of people"),
    ("change.talking_therapies.*.difference", "mean over everybody of P(… | full) − P(… | skills)"),
    ("change.*.threshold", "1.96 · √2 · s · √(1 − r)"),
    ("change.*.improved.difference", "mean over everybody of P(improved | full) − P(improved | skills)"),
    ("change.*", "count / n"),
    ("confounding.*.e_value*", "RR + √(RR (RR − 1)), with RR ≈ exp(0.91 g)"),
    ("balance.*.before", "(m₁ − m₀) / √((s₁² + s₀²) / 2)"),
    ("balance.*.after", "weighted (m₁ − m₀) / √((s₁² + s₀²) / 2), s not weighted"),
    ("balance.overlap", "count of people whose e lies within the other programme's range / n"),
    ("weighting.*effective_n", "(Σw)² / Σw² in each programme"),
    ("weighting.*.overlap", "Σwy / Σw in full − Σwy / Σw in skills, w = 1 − e and e"),
    ("weighting.*.ate", "Σwy / Σw in full − Σwy / Σw in skills, w = 1 / e and 1 / (1 − e)"),
    ("weighting.*.att", "ȳ in full − Σwy / Σw in skills, w = e / (1 − e)"),
    ("weighting.*.atc", "Σwy / Σw in full − ȳ in skills, w = (1 − e) / e"),
    ("weighting.*.doubly_robust*", "Σh(ŷ₁ − ŷ₀) / Σh + weighted mean of y − ŷ in full − the same in skills"),
    ("weighting.*.mmrm", "β of arm at the visit in the main model, people weighted; jackknife"),
    ("agreement.*", "count of ways"),
    ("confounding.*.robustness_value_interval", "the same with f less what the interval's limit takes"),
    ("confounding.*.robustness_value", "(√(f⁴ + 4f²) − f²) / 2, f = |t| / √df"),
    ("confounding.*.bound", "β − bias of a confounder as strong as the named characteristic"),
    ("precision.*.detectable", "(t₀.₉₇₅ + t₀.₈) · standard error"),
    ("precision.*.clients_needed*", "N at which the standard error, with what makes people alike, is small enough"),
    ("precision.*.equivalence", "both one-sided tests against ± worthwhile; the larger p"),
    ("precision.*.icc_*", "σ²(between) / (σ²(between) + σ²(within))"),
    ("precision.*.dropout", "1 − seen / started"),
    ("mixed.*.difference", "β of arm in: y = X β + group + therapist (full only) + ε; REML; Satterthwaite df"),
    ("mixed.*_sd", "√σ² of what people who share it have in common"),
    ("clusters.*.difference", "mean of the groups' means in full − the same in skills; Welch's t"),
    ("*.g", "J · difference / pooled s at the start; positive favours full"),
    ("imputation.*_rubin", "Q̄ ± t √(W + (1 + 1/m) B), df by Barnard and Rubin"),
    ("imputation.*.tipping_point", "δ at which difference(δ) ± t · SE(δ) first reaches zero"),
    ("imputation.*.tipping_lean", "δ at which difference(δ) is zero"),
    ("imputation.*", "least squares of the expected scores at the visit; jackknife over people"),
    ("missing.*.share", "not seen / started"),
    ("needs.*.interaction", "β of arm × characteristic at the visit, in the main model"),
    ("needs.*.shrunken", "μ + τ² (τ² I + S)⁻¹ (effects − μ), S the covariance of the effects"),
    ("needs.*.difference", "β of arm + β of arm × characteristic · level"),
    ("sessions.*.share", "sessions with it / sessions on record"),
    ("sessions.*.concordance", "pairs of one person's sessions in DBT's order / pairs with different targets"),
    (
        "dose.*.per_session",
        "β of sessions up to the landmark in: later change = α + β·sessions + γ·score + δ·covariates",
    ),
    ("pace.*.difference", "share improved by the visit in full − in skills, from interval-censored times"),
    ("alliance.*.per_sd", "β of alliance in: later change = α + β·alliance / s + γ·score + δ·covariates"),
    ("mediation.*.indirect", "(θ₂ + θ₃) · β₁: outcome on mediator, times mediator on arm"),
    ("mediation.*.direct", "θ₁ + θ₃ · mean of the mediator in skills"),
    ("mediation.*.total", "direct + indirect"),
    ("costs.per_*", "difference in mean cost / difference in effect"),
    ("costs.*.per_attended_place", "cost of the places paid for / places attended"),
    ("costs.*.per_booked_place", "cost of the places paid for / places booked"),
    ("costs.*.mean", "Σ cost / n"),
    ("costs.*difference", "mean in full − mean in skills; bias-corrected bootstrap"),
    ("evidence.*.pooled", "Σwθ / Σw, w = 1 / (v + τ²); Knapp–Hartung"),
    ("evidence.*.prediction", "pooled ± t · √(τ² + SE²)"),
    ("evidence.*.tau2", "τ² by REML; interval by Q-profile"),
    ("evidence.*.i2", "τ² / (τ² + typical v)"),
    ("independent.*", "the same estimate by other code"),
    ("balance.*", "count"),
    ("flow.*", "count of people"),
)


def formula_of(result: str) -> str | None:
    """Give the formula behind an id, or None where the sentence of the method says it all."""
    found = _pattern().match(result)
    return FORMULAS[found.lastindex - 1][1] if found and found.lastindex else None


@cache
def _pattern() -> re.Pattern[str]:
    """All patterns as one, a group for each: the first that fits is the one that is found."""
    return re.compile("|".join(f"({fnmatch.translate(pattern)})" for pattern, _ in FORMULAS))
