"""What usage costs, and whether a stated price is right. Prices are data in `sheets/`."""
