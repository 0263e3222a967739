"""What it costs, in money and in the time of clients."""
