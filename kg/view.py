"""The store as rdflib sees it: a read-only view, so that rdflib's algebra can be evaluated on our data.

Only the default graph is shown, as the build wrote it. Queries run in pyoxigraph; this view serves the few
places that need a query's parts one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.store import Store
from rdflib.term import Node

Term = ox.NamedNode | ox.BlankNode | ox.Literal


def to_rdflib(term: Any) -> URIRef | BNode | Literal:
    """Return the rdflib term for a pyoxigraph term, its lexical form untouched."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if term.language:
        return Literal(term.value, lang=term.language)
    kind = term.datatype.value
    return (
        Literal(term.value) if kind.endswith("#string") else Literal(term.value, datatype=kind, normalize=False)
    )


def to_ox(term: Node) -> Term:
    """Return the pyoxigraph term for an rdflib term."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return (
            ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
            if term.datatype
            else ox.Literal(str(term))
        )
    return ox.BlankNode(str(term))


class StoreView(Store):
    """An rdflib store over the default graph of a pyoxigraph store; it cannot be written to."""

    def __init__(self, store: ox.Store) -> None:
        super().__init__()
        self.store = store

    def triples(self, triple: Any, context: Any = None) -> Iterator[Any]:
        """Yield the triples that match, in rdflib's shape."""
        s, p, o = (None if t is None else to_ox(t) for t in triple)
        if isinstance(s, ox.Literal) or isinstance(p, (ox.Literal, ox.BlankNode)):
            return
        for quad in self.store.quads_for_pattern(s, p, o, ox.DefaultGraph()):
            yield (to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)), iter(())

    def __len__(self, context: Any = None) -> int:
        """Return how many triples the default graph has."""
        return sum(1 for _ in self.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))


def view(store: ox.Store) -> Graph:
    """Return the default graph of *store* as a read-only rdflib graph."""
    return Graph(store=StoreView(store))
