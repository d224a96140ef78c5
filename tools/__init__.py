"""What a developer runs and a server does not: set-up, the browser for tests, benchmarks."""
