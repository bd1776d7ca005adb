"""The URL doctor: what happens to a request, why it fails, what was meant, what repairs it."""
