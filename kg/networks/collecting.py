"""From a view to its network: the rows of its query, the things they name, the claims they rest on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox
from rdflib.namespace import RDF, RDFS, SKOS

from kg import coverage
from kg.answers import say
from kg.networks.errors import EmptyNetworkError
from kg.networks.model import PARALLEL, REPROJECTED, Edge, Evidence, Network, Node
from kg.networks.projecting import project
from kg.networks.views import View, bind, resolved, settings, view
from kg.proof import Reader
from kg.store import evaluate
from kg.vocabulary import DEF, GRO, OA, shorten

CLASSES = (
    "Country",
    "Region",
    "Place",
    "Treaty",
    "LegalNorm",
    "Goal",
    "IntendedResult",
    "Theme",
    "Instrument",
    "Organisation",
    "Role",
    "Group",
    "Event",
    "Amount",
    "Document",
    "Issue",
)
"""The classes that a node may have, the narrower before the wider."""

STANCE = ("status", "polarity", "realisation", "commitment", "speechAct", "holder")
READ = {
    **{str(GRO.__getattr__(name)): name for name in STANCE},
    str(GRO.condition): "condition",
    str(GRO.startDate): "start",
    str(GRO.endDate): "end",
    str(GRO.isAsserted): "asserted",
    str(GRO.isStatedIn): "passage",
}
IN_SECTION, SECTION_OF = str(GRO.isInSection), str(GRO.isSectionOf)
SELECTOR, EXACT = str(OA.hasSelector), str(OA.exact)


Row = tuple[str, str, str, str]
"""Source, target, relation, and the claim that says so, empty for a plain triple that no claim states."""


def _rows(store: ox.Store, query: str) -> Iterator[ox.QuerySolution]:
    solutions = evaluate(store, query)
    assert isinstance(solutions, ox.QuerySolutions)
    return solutions


def _one_of(variable: str, wanted: set[str]) -> str:
    """Return the line that binds *variable* to *wanted*; nothing for so many that a scan is faster."""
    return (
        f"VALUES ?{variable} {{ {' '.join(f'<{w}>' for w in sorted(wanted))} }}" if len(wanted) < 2000 else ""
    )


def _pairs(
    store: ox.Store, predicate: str, wanted: set[str]
) -> Iterator[tuple[str, ox.Literal | ox.NamedNode]]:
    """Yield subject and object of the triples of *predicate* whose subject is one of *wanted*."""
    for s, o in _rows(store, f"SELECT ?s ?o WHERE {{ {_one_of('s', wanted)} ?s <{predicate}> ?o }}"):
        if s.value in wanted:
            yield s.value, o


def labels(store: ox.Store, wanted: set[str]) -> dict[str, dict[str, str]]:
    """Return the labels of *wanted* by language."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for iri, text in _pairs(store, str(RDFS.label), wanted):
        if isinstance(text, ox.Literal):
            language = text.language or "en"
            found[iri][language] = min(text.value, found[iri].get(language, text.value))
    return found


def nodes(store: ox.Store, wanted: set[str]) -> dict[str, Node]:
    """Return the node of each IRI of *wanted*, in the order of the IRIs."""
    names, external = labels(store, wanted), defaultdict(set)
    kinds: dict[str, set[str]] = defaultdict(set)
    for iri, kind in _pairs(store, str(RDF.type), wanted):
        if kind.value.startswith(DEF):
            kinds[iri].add(kind.value.removeprefix(DEF))
    for iri, other in _pairs(store, str(SKOS.exactMatch), wanted):
        external[iri].add(other.value)
    made = {}
    for iri in sorted(wanted):
        nl, en = names[iri].get("nl"), names[iri].get("en")
        fallback = nl or en or shorten(iri)
        card = next((c for c in CLASSES if c in kinds[iri]), "Matter")
        made[iri] = Node(iri, nl or fallback, en or fallback, card, tuple(sorted(external[iri])))
    return made


def _said(store: ox.Store, iri: str) -> Iterator[tuple[str, ox.Literal | ox.NamedNode]]:
    """Yield predicate and object of the triples of *iri*: for single things much faster than a query."""
    for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()):
        if isinstance(quad.object, ox.Literal | ox.NamedNode):
            yield quad.predicate.value, quad.object


def _places(store: ox.Store, passages: set[str]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the document that each passage stands in, and its anchors."""
    document: dict[str, str] = {}
    anchors: dict[str, list[str]] = defaultdict(list)
    sections: dict[str, str] = {}
    for passage in passages:
        for predicate, value in _said(store, passage):
            if predicate == IN_SECTION:
                if value.value not in sections:
                    found = (o.value for p, o in _said(store, value.value) if p == SECTION_OF)
                    sections[value.value] = next(found, "")
                document[passage] = sections[value.value]
            elif predicate == SELECTOR:
                anchors[passage] += [o.value for p, o in _said(store, value.value) if p == EXACT]
    return document, anchors


def evidence(store: ox.Store, wanted: set[str]) -> dict[str, Evidence]:
    """Return what the claims *wanted* say of themselves, in the order of their IRIs."""
    says: dict[str, dict[str, str]] = {c: {} for c in sorted(wanted)}
    passages: dict[str, list[str]] = defaultdict(list)
    for claim, said in says.items():
        for predicate, value in _said(store, claim):
            name = READ.get(predicate)
            if name == "passage":
                passages[claim].append(value.value)
            elif name:
                said[name] = min(value.value, said.get(name, value.value))
    document, anchors = _places(store, {p for found in passages.values() for p in found})
    return {
        claim: Evidence(
            claim,
            document.get(min(passages[claim]), ""),
            tuple(sorted(passages[claim])),
            tuple(sorted({a for p in passages[claim] for a in anchors[p]})),
            said,
        )
        for claim, said in says.items()
        if passages[claim]
    }


def _entailed(store: ox.Store) -> set[tuple[str, str, str]]:
    query = "SELECT ?s ?p ?o WHERE { ?e a gro:Entailment ; gro:subject ?s ; gro:predicate ?p ; gro:object ?o }"
    return {(s.value, p.value, o.value) for s, p, o in _rows(store, query)}


def _edges(store: ox.Store, rows: list[Row], found: Mapping[str, Evidence]) -> tuple[Edge, ...]:
    """Return an edge for each row; those that rest on no claim rest on an entailment or on reference data."""
    per_document = Counter(found[c].document for *_, c in rows if c)
    entailed = set() if all(c for *_, c in rows) else _entailed(store)
    relations = {r: (r,) for _, _, r, _ in rows}
    return tuple(
        Edge(s, t, relations[r], (c,), 1.0, 1 / per_document[found[c].document])
        if c
        else Edge(s, t, relations[r], basis="entailment" if (s, r, t) in entailed else "reference")
        for s, t, r, c in rows
    )


def merged(network: Network, by: str) -> Network:
    """Return *network* with parallel edges made one, per ``relation`` or per ``pair``; weights are added."""
    if by == PARALLEL:
        return network
    groups: dict[tuple[str, ...], list[Edge]] = defaultdict(list)
    for edge in network.edges:
        pair = (edge.source, edge.target) if network.directed else tuple(sorted((edge.source, edge.target)))
        groups[(*pair, *edge.relations) if by == "relation" else pair].append(edge)
    edges = [
        Edge(
            name[0],
            name[1],
            tuple(sorted({r for e in group for r in e.relations})),
            tuple(sorted({c for e in group for c in e.claims})),
            sum(e.weight for e in group),
            sum(e.share for e in group),
            " | ".join(sorted({e.basis for e in group})),
            tuple(sorted({v for e in group for v in e.via})),
        )
        for name, group in sorted(groups.items())
    ]
    edges_are = REPROJECTED if any(e.via for e in edges) else by
    return replace(network, edges=tuple(edges), edges_are=edges_are)


def covered(store: ox.Store, sparql: str, language: str = "en") -> str:
    """Say what it means that *sparql* finds nothing: looked for in vain, or not looked for."""
    return say(coverage.judge(store, sparql, 0), Reader(store, language), 0, language)


def assemble(store: ox.Store, rows: Iterable[Row], network: Network) -> Network:
    """Return *network* with the edges of *rows*, their nodes and evidence, in an order of content alone."""
    given = set(rows)
    found = evidence(store, {c for *_, c in given if c})
    ordered = sorted((s, t, r, c if c in found else "") for s, t, r, c in given)
    edges = _edges(store, ordered, found)
    mentioned = {r for e in edges for r in e.relations} | {e.document for e in found.values()}
    mentioned |= {e.says["holder"] for e in found.values() if "holder" in e.says}
    things = nodes(store, {e.source for e in edges} | {e.target for e in edges})
    return replace(network, nodes=things, edges=edges, evidence=found, labels=labels(store, mentioned))


def collect(
    store: ox.Store,
    name: str,
    values: Mapping[str, str] | None = None,
    *,
    merge: str = PARALLEL,
    release: str = "",
    allow_empty: bool = False,
) -> Network:
    """Return the network of the view *name* under *values*.

    Raises UnknownViewError, UnknownParameterError, ParameterValueError; and EmptyNetworkError unless
    *allow_empty*.
    """
    asked: View = view(name)
    terms = resolved(store, asked, values or {})
    query = bind(asked, terms)
    rows = [
        (s.value, t.value, r.value, c.value if c is not None else "")
        for s, r, t, c in _rows(store, query)
        if isinstance(s, ox.NamedNode) and isinstance(t, ox.NamedNode)
    ]
    if not rows and not allow_empty:
        raise EmptyNetworkError(name, covered(store, query))
    asked_for = Network(
        name, asked.question.title, asked.question.text, settings(terms), release, layers=asked.layers
    )
    network = assemble(store, rows, asked_for)
    if asked.is_projection:
        network = project(network, asked.onto)
    return merged(network, merge)
