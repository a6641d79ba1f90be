"""
From `specs/` on disk to the values of `model`: load, lint, freeze, coverage.

What a nation demands stands in the data; nothing here knows any of it.
"""
