"""Whether the answer holds if those not seen did worse."""
