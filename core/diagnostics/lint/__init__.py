"""The linter: mistakes that configuration, listings, policies and documents show. Pure."""
