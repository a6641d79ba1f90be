"""The packs that ship with the toolkit: the only place that knows a nation."""
