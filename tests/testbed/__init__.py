"""The test bed and its drivers: what they see, what they disturb, and whom they make act."""
