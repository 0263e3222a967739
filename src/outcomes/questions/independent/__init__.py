"""Whether other code finds the same."""
