"""
People and unit trees from seeds: the nation-neutral tools with which packs build records.

A record is a pure function of one integer. Not here: what a record looks like, which only a pack
knows.
"""
