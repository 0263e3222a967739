"""From the registry to what people see: the page, its figures and tables. Nothing is computed here."""
