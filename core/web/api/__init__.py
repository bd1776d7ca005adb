"""The REST routes, mounted at /api. They translate HTTP into calls of services and nothing more."""
