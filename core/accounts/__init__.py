"""Who may come in: accounts, passwords, sessions, lock-out. Only `service.py` reaches the store."""
