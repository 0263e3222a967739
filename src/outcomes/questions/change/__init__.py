"""How many people change, and how."""
