"""Whether one person carries a result."""
