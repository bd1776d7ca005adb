"""Bulk changes as durable jobs: written down, done in steps that can't happen twice, undone."""
