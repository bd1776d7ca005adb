"""Demo content for the embedded cloud: people, pictures, and faults that the doctor explains."""
