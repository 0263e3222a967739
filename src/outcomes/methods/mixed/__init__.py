"""Mixed model for people in skills groups (both arms) and with 121 therapists (full arm only), over any visits."""

from outcomes.methods.mixed.fit import MixedFit, fit_mixed
from outcomes.methods.mixed.indicators import GROUP, NOT_APART, THERAPIST, can_tell_apart

__all__ = ["GROUP", "NOT_APART", "THERAPIST", "MixedFit", "can_tell_apart", "fit_mixed"]
