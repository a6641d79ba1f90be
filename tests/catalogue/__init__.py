"""Is a pack read whole, or refused with the line that is wrong."""
