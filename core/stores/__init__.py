"""What the product itself remembers. SQL and DynamoDB live here, business rules do not."""
