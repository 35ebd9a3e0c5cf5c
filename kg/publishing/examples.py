"""Example queries and prefixes in the store itself, as ``sh:SPARQLExecutable`` and ``sh:declare``.

Editors and language models that read the endpoint find here what can be asked, and with which prefixes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from rdflib import Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH, XSD

from kg.publishing.addresses import QUESTIONS, SPARQL
from kg.publishing.void import Triple, labelled
from kg.resources import resource
from kg.vocabulary import DEF, ID, PREFIXES

FORMS = {"SELECT": SH.select, "ASK": SH.ask, "CONSTRUCT": SH.construct}
CLASSES = {
    "SELECT": SH.SPARQLSelectExecutable,
    "ASK": SH.SPARQLAskExecutable,
    "CONSTRUCT": SH.SPARQLConstructExecutable,
}
TARGET = URIRef("https://schema.org/target")
KEYWORDS = URIRef("https://schema.org/keywords")


def prefixes() -> Iterator[Triple]:
    """Yield the declarations of the prefixes that the endpoint knows."""
    ontology = URIRef(DEF.rstrip("#"))
    for prefix, namespace in sorted(PREFIXES.items()):
        node = URIRef(f"{ID}prefix/{prefix}")
        yield ontology, SH.declare, node
        yield node, RDF.type, SH.PrefixDeclaration
        yield node, SH.prefix, Literal(prefix)
        yield node, SH.namespace, Literal(namespace, datatype=XSD.anyURI)
        yield from labelled(node, f"prefix {prefix}:", f"prefix {prefix}:")


def _example(path: Path) -> Iterator[Triple]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    head = yaml.safe_load("\n".join(x[2:].removeprefix(" ") for x in lines if x.startswith("#+"))) or {}
    body = "\n".join(x for x in lines if not x.startswith("#+")).strip()
    bare = re.sub(r"#[^\n]*\n|<[^>]*>|\"[^\"]*\"", " ", body)
    form = next((f for f in re.findall(r"\b(SELECT|ASK|CONSTRUCT)\b", bare, re.IGNORECASE)), "").upper()
    if form not in FORMS or "question" not in head:
        return
    node = URIRef(QUESTIONS + path.stem)
    yield node, RDF.type, SH.SPARQLExecutable
    yield node, RDF.type, CLASSES[form]
    yield node, FORMS[form], Literal(body)
    yield node, SH.prefixes, URIRef(DEF.rstrip("#"))
    yield node, TARGET, URIRef(SPARQL)
    for language in ("nl", "en"):
        yield node, RDFS.label, Literal(head["title"][language], lang=language)
        yield node, RDFS.comment, Literal(head["question"][language], lang=language)
    for tag in head.get("tags", []):
        yield node, KEYWORDS, Literal(tag)


def examples() -> Iterator[Triple]:
    """Yield the questions of the library as executable queries."""
    for path in sorted(resource("queries").glob("*.rq")):
        yield from _example(path)
