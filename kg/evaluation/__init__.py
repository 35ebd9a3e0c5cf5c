"""Evaluation of queries in processes that are killed at their deadline and can reach neither network nor files.

A single-threaded nursery loads the store and forks workers that share it copy-on-write; the web process hands
each of them one query at a time. `pebble` was weighed: it forks from the web process itself, which is
multi-threaded (a fork there can copy a held lock) or spawns processes that would each load the store again, so
the nursery is ours.
"""
