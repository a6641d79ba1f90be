"""The scenarios below belong to runs of the toolkit, not to its tests."""

collect_ignore = ["suites"]
