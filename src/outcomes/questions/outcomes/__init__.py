"""Whether people in the full programme improve more."""
