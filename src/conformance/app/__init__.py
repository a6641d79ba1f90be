"""
The composition root: builds the parts, hands down clock, seeds and keys, and runs the jobs.

Nothing here prints or exits; that is the command line's business.
"""
