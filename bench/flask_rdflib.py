"""The peer that most people write first: Flask over an rdflib graph. BENCH_FILE is the data."""

from __future__ import annotations

import os

from flask import Flask, Response, request
from rdflib import Graph

app = Flask(__name__)
graph = Graph().parse(os.environ["BENCH_FILE"])
FORMATS = {"application/sparql-results+json": "json", "text/csv": "csv", "text/turtle": "turtle"}


@app.get("/sparql")
def sparql() -> Response:
    """Answer ``?query=`` in the format that Accept names."""
    kind = request.headers.get("Accept", "application/sparql-results+json")
    return Response(graph.query(request.args["query"]).serialize(format=FORMATS[kind]), content_type=kind)
