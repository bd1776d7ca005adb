"""What is stored and what is delivered: numbers from several sources, compared and never mixed."""
