"""The audit: from any printed figure back to the files, and the whole run computed again.

Each command has its module, and is imported from there: to trace a number takes no second engine.
"""
