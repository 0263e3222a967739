"""Harms: who got worse, who left after that, what serious happened, who died."""
