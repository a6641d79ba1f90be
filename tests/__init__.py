"""Is the toolkit itself right? Nothing here judges a target."""
