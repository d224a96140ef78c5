"""Engines side by side on the same analysed words: what ``python -m tools.bench_search`` runs."""
