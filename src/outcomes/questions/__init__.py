"""One question of the clinic, one folder: what is computed, and how it is told."""
