"""What others find."""
