"""Linking: other people's tables and identifiers to the things of the graph, never by guess."""
