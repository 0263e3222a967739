"""What a report is made of, before any format: phrases whose numbers are bound, and blocks that hold them."""
