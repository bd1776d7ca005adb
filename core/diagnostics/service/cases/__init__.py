"""Saved cases, and the watch over their URLs."""
