"""How alike the arms were at the start."""
