"""Items to scores, with each instrument's rule; and the audit that looks for faults in the items."""

from outcomes.scoring.alpha import cronbach_alpha
from outcomes.scoring.audit import audit_items
from outcomes.scoring.findings import AuditFinding
from outcomes.scoring.items import ScoredItems, score_items
from outcomes.scoring.scores import Scores, score_study
from outcomes.scoring.settings import ScoringSettings, ScoringSettingsError

__all__ = [
    "AuditFinding",
    "ScoredItems",
    "Scores",
    "ScoringSettings",
    "ScoringSettingsError",
    "audit_items",
    "cronbach_alpha",
    "score_items",
    "score_study",
]
