"""Finding, changing, trashing and downloading files that are already stored."""
