"""A client in another language, written from the published documents alone."""
