"""What others copy from us or make of our documents works against `conformance mock`."""
