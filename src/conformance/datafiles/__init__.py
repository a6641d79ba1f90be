"""
Data files as people keep them: read row by row, mapped to records, their text recognised.

Nothing here judges a record; what is told concerns reading alone.
"""
