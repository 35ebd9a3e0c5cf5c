"""How fast, how large, measured beside others: an invented graph of any size, a workload, peers, a comparison."""
