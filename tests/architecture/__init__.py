"""The laws of the source tree: layers, doors, words, and what a file may hold."""
