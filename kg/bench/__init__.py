"""How fast, how large, measured beside others: an invented graph, a workload, peers."""
