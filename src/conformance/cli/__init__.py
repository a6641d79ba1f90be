"""The command line: the only place where commands print or exit. One thin file per command."""
