"""Repairs: drafts per cause, the changed snapshot they lead to, and the writes that make them."""
