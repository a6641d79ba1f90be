"""
Reusable judgements over exchanges: pure, of no nation, and they raise `Deviation`.

An oracle returns in silence, or returns what it looked up; it never sends, signs,
draws or reads a clock. What a nation calls things is passed in.
"""
