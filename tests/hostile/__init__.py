"""Targets that mean harm or are merely broken, and what the toolkit makes of them."""
