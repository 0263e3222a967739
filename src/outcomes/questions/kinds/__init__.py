"""Counts and yes/no at visits: rates and shares, never points."""
