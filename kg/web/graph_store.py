"""The Graph Store Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/): a graph by its address.

``/store?default``, ``/store?graph=IRI``, and ``/store/…`` whose own address is the graph's IRI. Bodies are read
here, so that a mistake is told with its place and nothing else reaches the engine than N-Triples.
"""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kg.evaluation.errors import NotAcceptableError
from kg.evaluation.loading import refuse_entity_bomb
from kg.evaluation.messages import Query
from kg.evaluation.worker import absent
from kg.web import completeness
from kg.web.edition import edition, settings
from kg.web.engine import Engine
from kg.web.errors import EngineError, MediaTypeError, NoGraphError, RequestError
from kg.web.negotiation import HTML, TRIPLES, choose, with_charset
from kg.web.protocol import body, parameters
from kg.web.writing import writable_engine

pages = Blueprint("graph_store", __name__)
DEFAULT = ""
"""Stands for the default graph."""
READABLE = tuple(kind for kind in TRIPLES if kind != HTML)


def target(path: str) -> str | None:
    """Return the IRI of the graph that the request names, ``DEFAULT``, or None for the store itself."""
    given = parameters(request.query_string, "address")
    graphs = [value for name, value in given if name == "graph"]
    default = any(name == "default" for name, _ in given)
    if len(graphs) + default > 1:
        raise RequestError("name one graph: ?default, or ?graph= once")
    if path and not graphs and not default:
        return request.base_url
    if default:
        return DEFAULT
    if not graphs:
        return None
    turtle = f"<urn:x> <urn:x> <{graphs[0]}> ."
    try:
        return str(next(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=request.base_url)).object.value)
    except (SyntaxError, StopIteration, ValueError) as error:
        raise RequestError(f"{graphs[0]!r} is no IRI of a graph") from error


@pages.route("/store", defaults={"path": ""}, methods=["GET", "PUT", "POST", "DELETE"])
@pages.route("/store/<path:path>", methods=["GET", "PUT", "POST", "DELETE"])
def store(path: str) -> Response:
    """Read, replace, extend or delete one graph."""
    graph = target(path)
    if request.method in ("GET", "HEAD"):
        return read_graph(graph)
    engine = writable_engine()
    if request.method == "DELETE":
        if graph is None:
            raise RequestError("name the graph to delete: ?default or ?graph=IRI")
        return forward(engine, "DELETE", graph, b"")
    if graph is None:
        if request.method == "PUT":
            raise RequestError("name the graph to replace: ?default or ?graph=IRI")
        minted = f"{request.base_url.rstrip('/')}/{uuid.uuid4()}"
        response = forward(engine, "PUT", minted, content(minted))
        response.status_code = 201
        response.headers["Location"] = minted
        return response
    existed = graph == DEFAULT or engine.has_graph(graph)
    response = forward(engine, request.method, graph, content(graph or request.base_url))
    response.status_code = 204 if existed else 201
    return response


def read_graph(graph: str | None) -> Response:
    """Answer with all of one graph."""
    if graph is None:
        raise RequestError("name the graph: ?default or ?graph=IRI")
    kind = choose(READABLE, request.headers.get("Accept", ""))
    if kind is None:
        raise NotAcceptableError("graph", READABLE)
    query = Query(
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        default_graphs=(graph,) if graph else (),
        triples=TRIPLES[kind],
        rows=settings().rows,
        prefixes=edition().prefixes,
    )
    found = edition().evaluator.evaluate(query)
    if graph and absent(graph) in found.notes:
        raise NoGraphError(graph)
    response = Response(completeness.mark(found.body, found, request.url_root), content_type=with_charset(kind))
    completeness.announce(response, found, request.base_url)
    return response


def content(base: str) -> bytes:
    """Return the triples that the request brings, as N-Triples; a form may bring several files."""
    parts: list[tuple[str, bytes]] = []
    if request.mimetype == "multipart/form-data":
        request.max_content_length = settings().upload * 2**20
        parts = [(part.mimetype, part.read()) for _, part in request.files.items(multi=True)]
    else:
        parts = [(request.mimetype or "text/turtle", body(request, settings().upload))]
    triples: list[ox.Triple] = []
    for kind, data in parts:
        form = ox.RdfFormat.from_media_type(TRIPLES.get(kind, kind))
        if form is None or kind == HTML:
            raise MediaTypeError(kind, READABLE)
        try:
            if form == ox.RdfFormat.RDF_XML:
                refuse_entity_bomb(data)
            triples += [quad.triple for quad in ox.parse(data, format=form, base_iri=base)]
        except (SyntaxError, ValueError) as error:
            raise RequestError(f"this is not {kind}: {error}") from error
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def forward(engine: Engine, method: str, graph: str, triples: bytes) -> Response:
    """Have the engine do it; raises NoGraphError and EngineError."""
    address = f"{engine.graphs_address}?{urlencode({'graph': graph}) if graph else 'default'}"
    headers = {"Content-Type": "application/n-triples"} if method != "DELETE" else {}
    response = engine.send(method, address, triples, headers, 1)
    if response.status == 404:
        raise NoGraphError(graph or "default")
    if response.status >= 300:
        raise EngineError(f"HTTP {response.status}: {response.whole[:300].decode(errors='replace')}")
    return Response(status=204)
