"""Media and cost operations dashboard: rooms of pure rules, doors to AWS, stores and screens."""
