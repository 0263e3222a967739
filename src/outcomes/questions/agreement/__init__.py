"""How much the answer depends on the method."""
