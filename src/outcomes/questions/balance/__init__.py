"""Whether the answer holds when the arms are made alike."""
