"""What a report is made of: the first page, the sections of the questions, and what stands around them."""
