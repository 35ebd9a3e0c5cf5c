"""The questions as an OpenAPI document (https://spec.openapis.org/oas/v3.1.0): generated, never written."""

from __future__ import annotations

from typing import Any

from kg.errors import KGError
from kg.parameters import Parameter
from kg.questions import Question, questions

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "ttl": "text/turtle",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown",
    "html": "text/html",
}
"""The suffixes of a question's address, and what they answer."""

TEXTS = {
    "txt": "text/plain",
    "bib": "application/x-bibtex",
    "csljson": "application/vnd.citationstyles.csl+json",
}
"""The suffixes that answer with footnotes."""

LITERALS = {"xsd:integer": "integer", "xsd:decimal": "number"}
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class UnknownFormatError(KGError):
    """A question has no such suffix."""

    def __init__(self, suffix: str) -> None:
        self.suffix, self.offered = suffix, (*MEDIA_TYPES, *TEXTS)
        super().__init__(f"no format {suffix!r}: a question answers as {', '.join(self.offered)}")


def _schema(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": LITERALS.get(parameter.kind, "string"), "default": parameter.default}
    if parameter.allowed:
        schema["enum"] = list(parameter.allowed)
    if not parameter.is_literal:
        schema["description"] = f"a {parameter.kind}: an IRI, a prefixed name, or an exact label"
    return schema


def _common(language: str) -> list[dict[str, Any]]:
    asked = [
        ("lang", {"type": "string", "enum": ["nl", "en"]}, "language of labels and words"),
        ("proof", {"type": "boolean", "default": True}, "with the claims and passages each row rests on"),
        ("release", {"type": "string"}, "an older release, by the first digits of its name"),
        ("result", {"type": "string"}, "the result hash that is expected, to hear whether it changed"),
    ]
    return [{"name": n, "in": "query", "schema": s, "description": d} for n, s, d in asked]


def _operation(asked: Question, suffix: str, language: str) -> dict[str, Any]:
    blanks = [{"name": p.name, "in": "query", "schema": _schema(p)} for p in asked.parameters]
    return {
        "operationId": f"{asked.name}-{suffix}",
        "summary": asked.title[language],
        "description": asked.text[language],
        "tags": list(asked.tags),
        "parameters": [*blanks, *_common(language)],
        "responses": {
            "200": {"description": "the answer", "content": {MEDIA_TYPES[suffix]: {"schema": _body(suffix)}}},
            "400": {
                "description": "a parameter does not fit; the nearest valid choice is named",
                "content": PROBLEM,
            },
            "404": {"description": "no such question", "content": PROBLEM},
            "410": {"description": "the release is not kept here", "content": PROBLEM},
        },
    }


def _body(suffix: str) -> dict[str, Any]:
    if suffix == "json":
        return {"$ref": "#/components/schemas/Answer"}
    return {"type": "string", "format": "binary"} if suffix == "xlsx" else {"type": "string"}


SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
    },
    "Answer": {
        "type": "object",
        "required": [
            "format",
            "release",
            "resultHash",
            "completeness",
            "coverage",
            "columns",
            "rows",
            "sparql",
        ],
        "properties": {
            "format": {"type": "string"},
            "name": {"type": ["string", "null"]},
            "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
            "address": {"type": "string"},
            "release": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "sha256": {"type": "string"}},
            },
            "resultHash": {"type": "string"},
            "completeness": {"type": "object", "properties": {"state": {"enum": ["complete", "cut"]}}},
            "coverage": {
                "type": "object",
                "properties": {"state": {"enum": ["found", "looked-for-and-not-found", "not-covered"]}},
            },
            "warnings": {"type": "array", "items": {"type": "string"}},
            "columns": {"type": "array", "items": {"type": "object"}},
            "rows": {"type": "array", "items": {"type": "array", "items": {"type": ["object", "null"]}}},
            "sparql": {"type": "string"},
            "proof": {"type": "object"},
        },
    },
}


def document(version: str, language: str = "en") -> dict[str, Any]:
    """Return the OpenAPI document for every question in every format."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Grotius: questions that carry their proof", "version": version},
        "paths": {
            f"/questions/{name}.{suffix}": {"get": _operation(asked, suffix, language)}
            for name, asked in questions().items()
            for suffix in MEDIA_TYPES
        },
        "components": {"schemas": SCHEMAS},
    }
