"""Layouts of keys: learned from listings, mapped to those of today, and migrated."""
