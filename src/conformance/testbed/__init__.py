"""
The test bed: the national side, played by us, for software that stands on the consumer side.

It serves a pack's reference, watches what arrives, misbehaves where a mission says so, and
judges nothing. Neither a nation nor a requirement is known here.
"""
