"""What every floor shares: estimates, provenance, ids, arrays, seeds."""
