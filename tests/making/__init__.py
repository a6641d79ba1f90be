"""Making fixtures: run by hand when the contract grows, never by the tests."""
