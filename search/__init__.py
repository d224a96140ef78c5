"""A query in, ranked, highlighted answers out. Knows nothing of Flask."""
