"""Statistics on arrays: one file per method; no pandas, no study, no plan."""
