"""The Starlette side: who gets past the door, the pages before it, health, assets and the API."""
