"""The study folder: read once, validated at once."""
