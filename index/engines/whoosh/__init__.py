"""The engine on files of our own inside Whoosh's model: segments written in bulk, mapped into memory, never unpickled.

docs/format.md describes the files byte by byte. Knows nothing of queries and scores: search/engines/whoosh reads these.
"""
