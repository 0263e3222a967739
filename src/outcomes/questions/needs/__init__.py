"""For whom the difference is larger or smaller."""
