"""What CloudFront does with a request before it asks an origin: viewer rules, functions, cache."""
