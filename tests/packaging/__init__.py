"""What a user installs, and what README tells them to type."""
