"""
What the words of this field mean: frozen values and pure functions, standard library only.

No module here performs input or output, reads a clock, or knows a nation.
"""
