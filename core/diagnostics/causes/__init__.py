"""Rules that name causes: one small function each, grouped by the place where the cause acts."""
