"""The library page in parts: where one is, what is found, what is selected, what changes."""
