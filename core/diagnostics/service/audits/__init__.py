"""Audits of a running account as durable jobs."""
