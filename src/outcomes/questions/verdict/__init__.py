"""What a comparison tells: one verdict for one question."""
