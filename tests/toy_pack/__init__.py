"""A pack of three operations in another dialect: the proof that the engine knows no nation."""
