"""
A Report as text: one file per form, all of them pure functions of a Report and its catalogue.

Nothing here judges, asks a target or writes a file: callers get strings and decide where
they go. Only `terminal` holds a stream, which it is given.
"""
