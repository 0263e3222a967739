"""How many more people would settle it."""
