"""Many URLs at once: patterns, groups, and what a repair would do to all of them."""
