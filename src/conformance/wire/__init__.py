"""
The only door to a target: the World, sessions, deadlines, redaction and the journal.

Everything that crosses the wire is journalled before a scenario sees it, and a
scenario sees exactly what was journalled.
"""
