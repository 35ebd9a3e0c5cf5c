"""SPARQL as its tokens: enough of the grammar to refuse, bound and limit a request before it is parsed."""
