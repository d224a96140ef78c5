"""Documents in, a searchable index out. Knows nothing of queries or pages."""
