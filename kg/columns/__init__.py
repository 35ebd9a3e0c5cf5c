"""A second copy of the default graph, as sorted columns of numbers, for queries whose cost can be counted.

Numbers stand for terms, sorted. A query is compiled once for all that differ in
their constants only, and runs as whole-column operations of numpy; before each, its size is known, so that a
query which would grow too large is given back to the engine before it has cost much. What is not covered
(arithmetic, regular expressions, other graphs, most functions) is not compiled: the engine answers it.
"""
