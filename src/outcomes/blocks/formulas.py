"""The formula behind a number, in one line; the pages in docs/methods derive them and name their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.results.ways import AT_A_VISIT, OF_EVENTS

if TYPE_CHECKING:
    from outcomes.results.key import Key
    from outcomes.results.outcome import Outcome

MEAN, SD, SHARE = "ȳ = Σy / n", "s = √(Σ(y − ȳ)² / (n − 1))", "count / n"
SMD, EVERYBODY = "(m₁ − m₀) / √((s₁² + s₀²) / 2)", "mean over everybody of P({0} | {{full}}) − P({0} | {{skills}})"
COMPLETED = EVERYBODY.format("completed")
COMPLETERS = "mean of P(completed | {full}) / mean of P(completed | {skills})"
LEAVERS = "(1 − mean of P(completed | {full})) / (1 − mean of P(completed | {skills}))"
E_VALUE = "RR + √(RR (RR − 1)), with RR ≈ exp(0.91 g)"
DOUBLY_ROBUST = "Σh(ŷ₁ − ŷ₀) / Σh + weighted mean of y − ŷ in {full} − the same in {skills}"
CLIENTS = "N at which the standard error, with what makes people alike, is small enough"
ICC, SD_BETWEEN = "σ²(between) / (σ²(between) + σ²(within))", "√σ² of what people who share it have in common"
RUBIN = "Q̄ ± t √(W + (1 + 1/m) B), df by Barnard and Rubin"

# By analysis, what is told, and where it matters the category or the subject. Without a category it holds for any,
# without what for all that an analysis tells besides, without an analysis for every one.
# J is the small-sample factor of Hedges, ȳ a mean, s a standard deviation.
FORMULAS: dict[tuple[str, str, str], str] = {
    ("", "g", ""): "J · difference / pooled s at the start; positive favours {full}",
    ("agreement", "", ""): "count of ways",
    ("alliance", "per_sd", ""): "β of alliance in: later change = α + β·alliance / s + γ·score + δ·covariates",
    ("ancova", "difference", ""): "β of arm in: score = α + β·arm + γ·start + δ·covariates; least squares",
    ("attendance", "", ""): "people who came / people to whom a session was on offer, week by week",
    ("balance", "", ""): "count",
    ("balance", "after", ""): "weighted (m₁ − m₀) / √((s₁² + s₀²) / 2), s not weighted",
    ("balance", "before", ""): SMD,
    ("balance", "overlap", ""): "count of people whose e lies within the other programme's range / n",
    ("baseline", "mean", ""): MEAN,
    ("baseline", "share", ""): SHARE,
    ("baseline", "smd", ""): SMD,
    ("between", "difference", ""): "(change in {full}) − (change in {skills}); pooled t",
    ("between", "g_change", ""): "J · [(change in {full}) − (change in {skills})] / pooled s at the start",
    ("between", "g_score", ""): "J · (ȳ {full} − ȳ {skills}) / pooled s",
    ("change", "cut_off", "a"): "clinical mean ± 2 clinical s, towards health",
    ("change", "cut_off", "b"): "non-clinical mean ∓ 2 of its own s, towards illness",
    ("change", "cut_off", "c"): "(s₀ m₁ + s₁ m₀) / (s₀ + s₁)",
    ("change", "difference", ""): EVERYBODY.format("improved"),
    ("change", "difference", "talking_therapies"): EVERYBODY.format("…"),
    ("change", "imputed_difference", ""): SHARE,
    ("change", "people", ""): "count of people",
    ("change", "share", ""): SHARE,
    ("change", "threshold", ""): "1.96 · √2 · s · √(1 − r)",
    ("clusters", "difference", ""): "mean of the groups' means in {full} − the same in {skills}; Welch's t",
    ("completion", "difference", ""): COMPLETED,
    ("completion", "difference", "crude"): "p₁ − p₀, with Newcombe's interval",
    ("completion", "least", ""): "count recorded as completed / all who started",
    ("completion", "most", ""): "(count recorded as completed + count not recorded) / all who started",
    ("completion", "number_needed", ""): "1 / |adjusted difference|",
    ("completion", "odds_ratio", ""): "exp(β of arm) in the logistic regression",
    ("completion", "ratio", ""): COMPLETERS,
    ("completion", "ratio_not_completed", ""): LEAVERS,
    ("completion", "ratio", "crude"): "p₁ / p₀",
    ("completion", "share", ""): "count / n, with Wilson's interval",
    ("confounding", "bound", ""): "β − bias of a confounder as strong as the named characteristic",
    ("confounding", "e_value", ""): E_VALUE,
    ("confounding", "e_value_interval", ""): E_VALUE,
    ("confounding", "robustness_value", ""): "(√(f⁴ + 4f²) − f²) / 2, f = |t| / √df",
    ("confounding", "robustness_value_interval", ""): "the same with f times the printed limit over the estimate",
    ("counts", "any", ""): "people with any / people seen, with Wilson's interval",
    ("counts", "difference", "any"): EVERYBODY.format("any"),
    ("counts", "rate", ""): "Σ episodes / people seen",
    ("counts", "rate_difference", ""): "mean over everybody of exp(xβ | {full}) − exp(xβ | {skills})",
    ("counts", "rate_ratio", ""): "exp(β of arm) in: log mean count = α + β·arm + γ·log(start + 1) + δ·covariates",
    ("counts", "rate_ratio_exact", ""): "mean in {full} / mean in {skills}",
    ("counts", "rate_ratio_robust", ""): "exp(β of arm) in the Poisson regression of the same",
    ("counts", "superiority", ""): "P(more in {full}) + ½ P(equal), over all pairs of people",
    **{("counts", "rate_ratio", way): RUBIN for way in AT_A_VISIT},
    ("costs", "difference", ""): "mean in {full} − mean in {skills}; bias-corrected bootstrap",
    ("costs", "mean", ""): "Σ cost / n",
    ("costs", "per_attended_place", ""): "cost of the places paid for / places attended",
    ("costs", "per_booked_place", ""): "cost of the places paid for / places booked",
    ("costs", "price", ""): "difference in mean cost / difference in effect",
    ("describe", "mean", ""): MEAN,
    ("describe", "sd", ""): SD,
    ("diary", "mean", ""): "mean over people of each person's mean over the weeks with a card",
    ("diary", "difference", ""): "ȳ {full} − ȳ {skills}; pooled t",
    ("diary", "curve", ""): "mean of the cards of a week",
    ("dose", "per_session", ""): (
        "β of sessions up to the landmark in: later change = α + β·sessions + γ·score + δ·covariates"
    ),
    ("events", "any", ""): "people with any event / people followed, with Wilson's interval",
    ("events", "coverage", ""): "intervals that hold the truth / intervals, in simulated data most like these",
    ("events", "curve", ""): "Σ events / people at risk, day by day",
    ("events", "days", ""): "Σ days",
    ("events", "days_mean", ""): MEAN,
    ("events", "difference", "any"): EVERYBODY.format("any"),
    ("events", "fewer", ""): "P(lower rate in {full}) + ½ P(equal), over all pairs of people",
    ("events", "most_any", ""): "the share p at which so few with any have a chance of 2.5 in 100",
    ("events", "number", ""): "Σ events",
    ("events", "p_holm", ""): "the i-th smallest p times (m − i + 1), made increasing",
    ("events", "rate", ""): "Σ events / Σ years",
    ("events", "rate_difference", ""): "mean over everybody of exp(xβ | {full}) − exp(xβ | {skills})",
    **{("events", "rate_ratio", way): RUBIN for way in OF_EVENTS},
    (
        "events",
        "rate_ratio",
        "",
    ): "exp(β of arm) in: log mean count = log years + α + β·arm + γ·log(before + 1) + δ·covariates",
    ("events", "rate_ratio", "mirror"): "(Σ events / Σ years) during the programme over the same before the start",
    ("events", "rate_ratio_exact", ""): "rate in {full} / rate in {skills}",
    ("events", "rate_ratio_robust", ""): "exp(β of arm) in the Poisson regression of the same",
    ("events", "spread", ""): "a in: variance = μ + a μ²",
    ("events", "years", ""): "Σ days from the start to the last day known / 365.25",
    ("evidence", "i2", ""): "τ² / (τ² + typical v)",
    ("evidence", "pooled", ""): "Σwθ / Σw, w = 1 / (v + τ²); Knapp–Hartung",
    ("evidence", "prediction", ""): "pooled ± t · √(τ² + SE²)",
    ("evidence", "tau2", ""): "τ² by REML; interval by Q-profile",
    ("flow", "", ""): "count of people",
    ("imputation", "", ""): "least squares of the expected scores at the visit; jackknife over people",
    **{("imputation", f"{way}_rubin", ""): RUBIN for way in ("mar", "jump_to_reference", "copy_increments")},
    ("imputation", "copy_reference_rubin", ""): RUBIN,
    ("imputation", "start", ""): "mean over draws of β of arm at the visit in the main model; Rubin's rules",
    ("imputation", "tipping_lean", ""): "δ at which difference(δ) is zero",
    ("imputation", "tipping_point", ""): "δ at which difference(δ) ± t · SE(δ) first reaches zero",
    (
        "influence",
        "moved",
        "",
    ): "largest |difference − difference without the person| / half of the narrower interval's width",
    ("harms", "people", ""): "count of people",
    ("harms", "share", ""): "count / n, with Clopper and Pearson's exact limits",
    ("harms", "upper", ""): "p with P(X ≤ count; n, p) = (1 − level) / 2",
    ("harms", "difference", ""): "p₁ − p₀, with Newcombe's interval",
    ("influence", "difference", ""): "the main comparison without that person",
    ("mediation", "direct", ""): "θ₁ + θ₃ · mean of the mediator in {skills}",
    ("mediation", "indirect", ""): "(θ₂ + θ₃) · β₁: outcome on mediator, times mediator on arm",
    ("mediation", "total", ""): "direct + indirect",
    ("missing", "share", ""): "not seen / started",
    ("mixed", "difference", ""): ("β of arm in: y = X β + group + therapist ({full} only) + ε; REML; Satterthwaite df"),
    ("mixed", "group_sd", ""): SD_BETWEEN,
    ("mixed", "therapist_sd", ""): SD_BETWEEN,
    ("mmrm", "adjusted_mean", ""): "x̄ β: the model's mean at the average start and covariates",
    ("mmrm", "clustered", ""): "the same β; CR2 sandwich over clusters, Satterthwaite df",
    ("mmrm", "difference", ""): (
        "β of arm at the visit in: y = X β + ε, ε ~ N(0, Σ) within a person; REML; Kenward–Roger"
    ),
    ("mmrm", "g", ""): "J · β of arm at the visit / pooled s at the start",
    ("mmrm", "observations", ""): "count of scores after the start",
    ("mmrm", "start_mean", ""): "mean of the scores at the start of everybody in the main model",
    ("mmrm", "p_holm", ""): "the i-th smallest p times (m − i + 1), made increasing",
    ("needs", "difference", ""): "β of arm + β of arm × characteristic · level",
    ("needs", "interaction", ""): "β of arm × characteristic at the visit, in the main model",
    ("needs", "rate_ratio", ""): "exp(β of arm + β of arm × characteristic · level) in the negative binomial",
    ("needs", "shrunken", ""): "μ + τ² (τ² I + S)⁻¹ (effects − μ), S the covariance of the effects",
    ("pace", "difference", ""): "share improved by the visit in {full} − in {skills}, from interval-censored times",
    ("precision", "clients_needed", ""): CLIENTS,
    ("precision", "clients_needed_equivalence", ""): CLIENTS,
    ("precision", "detectable", ""): "(t₀.₉₇₅ + t₀.₈) · standard error",
    ("precision", "dropout", ""): "1 − seen / started",
    ("precision", "equivalence", ""): "both one-sided tests against ± worthwhile; the larger p",
    ("precision", "icc_group", ""): ICC,
    ("precision", "icc_therapist", ""): ICC,
    ("retention", "curve", ""): "Π (1 − leaving / at risk), over the weeks so far",
    ("retention", "difference", ""): "(area under the curve of {full}) − (area under that of {skills})",
    ("retention", "hazard_ratio", ""): "exp(β of arm) in the Cox model",
    ("retention", "left", ""): "1 − Π (1 − leaving / at risk)",
    ("retention", "logrank", ""): "(left − expected)² / variance",
    ("retention", "rmst", ""): "area under the curve up to the horizon",
    (
        "sessions",
        "concordance",
        "",
    ): "pairs of one person's sessions in the order of targets / all with different targets",
    ("sessions", "share", ""): "sessions with it / sessions on record",
    ("sessions", "target_share", ""): "sessions with it / sessions on record",
    ("sessions", "therapist_share", ""): "sessions with it / sessions on record",
    ("weighting", "atc", ""): "Σwy / Σw in {full} − ȳ in {skills}, w = (1 − e) / e",
    ("weighting", "ate", ""): "Σwy / Σw in {full} − Σwy / Σw in {skills}, w = 1 / e and 1 / (1 − e)",
    ("weighting", "att", ""): "ȳ in {full} − Σwy / Σw in {skills}, w = e / (1 − e)",
    ("weighting", "doubly_robust", ""): DOUBLY_ROBUST,
    ("weighting", "doubly_robust_att", ""): DOUBLY_ROBUST,
    ("weighting", "doubly_robust_overlap", ""): DOUBLY_ROBUST,
    ("weighting", "effective_n", ""): "(Σw)² / Σw² in each programme",
    ("weighting", "mmrm", ""): "β of arm at the visit in the main model, people weighted; jackknife",
    ("weighting", "overlap", ""): "Σwy / Σw in {full} − Σwy / Σw in {skills}, w = 1 − e and e",
    ("within", "change", ""): "mean of after − before; t interval on n − 1",
    ("within", "g", ""): "J(n − 1) · (ȳ after − ȳ before) / s before",
    ("yes_no", "difference", ""): EVERYBODY.format("a yes"),
    ("yes_no", "difference", "crude"): "p₁ − p₀, with Newcombe's interval",
    ("yes_no", "difference", "linear"): "β of arm in: answer = α + β·arm + γ·start + δ·covariates; least squares",
    **{("yes_no", "difference", way): RUBIN for way in AT_A_VISIT},
    ("yes_no", "odds_ratio", ""): "exp(β of arm) in the logistic regression",
    ("yes_no", "ratio", ""): "mean of P(a yes | {full}) / mean of P(a yes | {skills})",
    ("yes_no", "share", ""): "count / n, with Wilson's interval",
}
AGAIN = "the same estimate by other code"


def formula_of(outcome: Outcome) -> str | None:
    """Give the formula behind a result, or None where the sentence of the method says it all."""
    key = outcome.key
    return AGAIN if key.of or key.analysis == "independent" else _find(key)


def _find(key: Key) -> str | None:
    places = (
        *((key.analysis, key.what, part) for part in (key.category, key.subject, "")),
        ("", key.what, ""),
        (key.analysis, "", ""),
    )
    return next((FORMULAS[place] for place in places if place in FORMULAS), None)
