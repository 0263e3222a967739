"""Drawing on a page: charts, their layout, texts and styles; a figure of a question draws on these."""
