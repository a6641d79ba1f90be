"""From a Plan to a Report: what will be asked, where it is kept, and what it came to."""
