"""The searcher on files of our own (index/engines/whoosh): posting lists as arrays, loops compiled by numba.

Knows nothing of parsing, pages or highlighting. Whoosh itself is not used here: it reads the same files, slowly.
"""
