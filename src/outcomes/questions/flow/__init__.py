"""Who started, who completed, who was seen when."""
