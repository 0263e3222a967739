"""Mixed model for people in skills groups (both arms) and with 121 therapists (full arm only), over any visits."""

from outcomes.methods.mixed.fit import GROUP, THERAPIST, MixedFit, fit_mixed

__all__ = ["GROUP", "THERAPIST", "MixedFit", "fit_mixed"]
