"""A study as one workbook: written to be filled in, and read to the same files that a folder holds."""
