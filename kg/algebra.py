"""A SELECT query taken apart: its algebra, and the same query with every variable in sight.

The algebra is rdflib's (https://www.w3.org/TR/sparql11-query/#sparqlAlgebra). The text of the WHERE clause
is never rewritten: only what is selected changes, so the engine that answers is the one that is explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyparsing import ParseException
from rdflib import URIRef, Variable
from rdflib.paths import Path as PropertyPath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import SPARQLError

from kg.errors import KGError
from kg.vocabulary import PREFIXES

TOKEN = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|\"{3}(?:\\.|(?!\"{3}).)*\"{3}|'{3}(?:\\.|(?!'{3}).)*'{3}"""
    r"""|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\#[^\n]*|[?$]\w+|[\w-]*:[\w%.:-]*|[A-Za-z]\w*|\s+|.""",
    re.S,
)


EXISTS = ("Builtin_EXISTS", "Builtin_NOTEXISTS")


class NoProofError(KGError):
    """No proof can be computed for a query; ``because`` says why."""

    def __init__(self, because: str) -> None:
        self.because = because
        super().__init__(f"no proof: because {because}")


@dataclass(frozen=True)
class Select:
    """A SELECT query: its algebra, its keys (what tells a row's solutions apart), and the expanded query.

    ``keys`` are the variables by whose values solutions of ``expanded`` belong to a row; ``groups`` tells
    that the query aggregates, so that a row stands for all solutions with its key.
    """

    text: str
    algebra: CompValue
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    groups: bool
    expanded: str


def nodes(part: Any) -> Iterator[CompValue]:
    """Yield every node of an algebra or expression, depth first, each once."""
    if isinstance(part, CompValue):
        yield part
        if part.name in EXISTS:
            yield from nodes(part.graph)  # rdflib keeps the translated pattern here, the parsed one as an item
            return
        for name in part:
            if name != "_vars":
                yield from nodes(part[name])
    elif isinstance(part, (list, tuple)):
        for one in part:
            yield from nodes(one)


def conjuncts(expression: Any) -> Iterator[Any]:
    """Yield the parts of an expression that ``&&`` joins."""
    if isinstance(expression, CompValue) and expression.name == "ConditionalAndExpression":
        yield from conjuncts(expression.expr)
        for other in expression.other:
            yield from conjuncts(other)
    else:
        yield expression


def triple_patterns(part: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield every triple pattern of an algebra, those inside EXISTS and NOT EXISTS too."""
    for node in nodes(part):
        if node.name == "BGP":
            yield from node.triples


def predicates_of(path: Any) -> Iterator[URIRef]:
    """Yield the predicates that a property path, or a plain predicate, names."""
    if isinstance(path, URIRef):
        yield path
    elif isinstance(path, PropertyPath):
        inner = getattr(path, "args", None) or [getattr(path, "arg", None) or getattr(path, "path", None)]
        for one in inner:
            yield from predicates_of(one)


def _tokens(text: str) -> list[tuple[str, int, int]]:
    return [
        (m.group(), m.start(), m.end())
        for m in TOKEN.finditer(text)
        if not m.group().isspace() and not m.group().startswith("#")
    ]


def _items(text: str, tokens: list[tuple[str, int, int]]) -> list[str]:
    """Return the items of a SELECT or GROUP BY clause: ``?x`` or ``(… AS ?y)``, others as written."""
    found, depth, begun = [], 0, 0
    for token, start, end in tokens:
        if token == "(":
            begun = start if depth == 0 else begun
            depth += 1
        elif token == ")":
            depth -= 1
            if depth == 0:
                found.append(text[begun:end])
        elif depth == 0:
            found.append(token)
    return found


def _alias(item: str) -> str | None:
    match = re.search(r"\bAS\s+[?$](\w+)\s*\)$", item, re.I)
    return match.group(1) if match else None


def _word(token: str, *words: str) -> bool:
    return token.upper() in words


def _clauses(text: str) -> tuple[int, int, int, list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """Return where SELECT, the pattern and its end are, with the tokens of the clause and the tail."""
    tokens = _tokens(text)
    at = next(i for i, t in enumerate(tokens) if _word(t[0], "SELECT"))
    depth, stop = 0, at + 1
    while depth or not _word(tokens[stop][0], "WHERE", "FROM", "{"):
        depth += {"(": 1, ")": -1}.get(tokens[stop][0], 0)
        stop += 1
    brace = next(i for i in range(stop, len(tokens)) if tokens[i][0] == "{")
    depth, close = 0, brace
    while True:
        depth += {"{": 1, "}": -1}.get(tokens[close][0], 0)
        if depth == 0:
            break
        close += 1
    clause = [t for t in tokens[at + 1 : stop] if not _word(t[0], "DISTINCT", "REDUCED")]
    return tokens[at][1], tokens[brace][1], tokens[close][2], clause, tokens[close + 1 :]


def _group_by(text: str, tail: list[tuple[str, int, int]]) -> list[str]:
    at = next((i for i, t in enumerate(tail) if _word(t[0], "GROUP")), None)
    if at is None:
        return []
    stop = at + 2
    while stop < len(tail) and not _word(tail[stop][0], "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"):
        stop += 1
    return _items(text, tail[at + 2 : stop])


def parse(text: str) -> CompValue:
    """Return the algebra of *text*; raises NoProofError where rdflib cannot parse it."""
    try:
        return translateQuery(parseQuery(text), initNs=PREFIXES).algebra
    except (ParseException, SPARQLError, RecursionError) as error:
        raise NoProofError(f"the query could not be taken apart ({error})") from error


def take_apart(text: str) -> Select:
    """Return *text*, a SELECT query, taken apart; raises NoProofError where that cannot be done."""
    algebra = parse(text)
    if algebra.name != "SelectQuery":
        raise NoProofError("only the rows of a SELECT query have a proof")
    if algebra.datasetClause:
        raise NoProofError("FROM chooses other graphs than the one in which claims were matched")
    if any(n.name == "ServiceGraphPattern" for n in nodes(algebra)):
        raise NoProofError("SERVICE asks another server, whose claims are not here")
    start, brace, end, clause, tail = _clauses(text)
    columns = tuple(str(v) for v in algebra.PV)
    groups = _aggregates(algebra)
    items = _items(text, clause)
    computed = [i for i in (_group_by(text, tail) if groups else items) if i.startswith("(")]
    aliases = {_alias(i) for i in computed}
    if groups:
        named = [_alias(i) if i.startswith("(") else i.lstrip("?$") for i in _group_by(text, tail)]
        if any(n is None or f"({n}" in n or not re.fullmatch(r"\w+", n) for n in named):
            raise NoProofError("it groups by an expression without a name: write GROUP BY (… AS ?name)")
        hidden = [n for n in named if n not in columns]
        if hidden:
            raise NoProofError(f"the rows do not show what they are grouped by: add ?{hidden[0]} to SELECT")
        keys = tuple(str(n) for n in named)
    else:
        keys = columns
    selected = {_alias(i) for i in items}
    mentioned = {str(v) for n in nodes(algebra) for v in (n.get("_vars") or ()) if isinstance(v, Variable)}
    given = {str(v) for n in nodes(algebra) if n.name == "values" for row in n.res for v in row}
    in_sight = sorted(mentioned | given | set(columns))
    plain = [
        v for v in in_sight if not v.startswith("__agg") and v not in aliases | (selected if groups else set())
    ]
    values = next((t[1] for t in tail if _word(t[0], "VALUES")), None)
    expanded = (
        f"{text[:start]}SELECT {' '.join(f'?{v}' for v in plain)} {' '.join(computed)} WHERE {text[brace:end]}"
        f" {text[values:] if values is not None else ''}"
    )
    return Select(text, algebra, columns, keys, groups, expanded)


def _aggregates(algebra: CompValue) -> bool:
    """Tell whether the query itself, not a subquery, aggregates."""
    part = algebra.p
    while isinstance(part, CompValue):
        if part.name == "AggregateJoin":
            return True
        if part.name not in (
            "Slice",
            "Distinct",
            "Reduced",
            "Project",
            "OrderBy",
            "Extend",
            "Filter",
            "ToList",
        ):
            return False
        if part.name == "Project" and part is not algebra.p and part.get("sub"):
            return False
        part = part.get("p")
    return False
