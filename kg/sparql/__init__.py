"""SPARQL as its tokens: enough of the grammar to refuse, to bound and to limit a request before it is parsed."""
