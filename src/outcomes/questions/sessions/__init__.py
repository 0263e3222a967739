"""What happens in 121 sessions."""
