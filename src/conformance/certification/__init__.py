"""
What a report is worth: policy, decision, credential, and the checks of a stranger.

Nothing here runs a scenario or reaches a target: everything is decided from files, so that
a certificate can be re-decided years later. What must run again (the evidence root, the
replay) is injected.
"""
