"""Compare two ways of delivering DBT, and trace every printed number back to the files."""
