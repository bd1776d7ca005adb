"""Proposing, applying, proving and undoing repairs."""
