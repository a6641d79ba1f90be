"""The engine under a pack that shares nothing with the first one but the Protocols."""
