"""The analysis plan: what a study asks, written down before it is answered."""
