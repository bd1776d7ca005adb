"""From a person's bytes to a delivered file. Only `service.py` reaches outside this room."""
