"""Moving old layouts of keys as durable jobs."""
