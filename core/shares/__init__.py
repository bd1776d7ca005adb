"""Letting others in: people, and whoever holds a link."""
