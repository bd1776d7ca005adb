"""Sharing: links for people without an account, drop boxes, and grants for people with one."""
