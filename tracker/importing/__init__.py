"""A report as it was read, looked through and corrected by a person before anything is created from it.

Pure functions on plain data: a draft is kept as JSON between two corrections, and nothing here knows of the
database or of pages.
"""
