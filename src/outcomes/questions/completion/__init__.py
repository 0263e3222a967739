"""Whether people are more likely to complete."""
