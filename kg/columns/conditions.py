"""FILTER over columns: which expressions are known to be true, row by row, and which are left to the engine.

An error counts as false, so each expression is made twice, as it is and denied, and never turned round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from rdflib import Literal, URIRef, Variable
from rdflib.plugins.sparql.parserutils import CompValue

from kg.columns.index import Numbers
from kg.columns.running import Mask, Run, Table
from kg.columns.terms import BLANK, IRI, LITERAL, PLAIN, TYPED, OutsideError

KINDS = {"isIRI": IRI, "isURI": IRI, "isBLANK": BLANK, "isLITERAL": LITERAL}
Test = Callable[[Run, Table], Mask]


class Condition(NamedTuple):
    """What has to hold of a row: the variables that it looks at, and the test."""

    variables: frozenset[str]
    test: Test


class Choice(NamedTuple):
    """A variable that is one of some constants."""

    variable: str
    constants: frozenset[int]


Constants = Callable[[Any], int]
"""Gives a constant of the query its place."""


def conjuncts(expression: Any) -> Iterator[Any]:
    """Yield the parts of an expression that ``&&`` joins."""
    if isinstance(expression, CompValue) and expression.name == "ConditionalAndExpression":
        for part in (expression.expr, *expression.other):
            yield from conjuncts(part)
    else:
        yield expression


def choice(expression: Any, place: Constants) -> Choice | None:
    """Return *expression* as a choice, where it is one: ``?x = <a> || ?x IN (<b>, "c"@en)``."""
    parts = [expression]
    if isinstance(expression, CompValue) and expression.name == "ConditionalOrExpression":
        parts = [expression.expr, *expression.other]
    names: set[str] = set()
    constants: set[int] = set()
    for part in parts:
        if not isinstance(part, CompValue) or part.name != "RelationalExpression" or part.op not in ("=", "IN"):
            return None
        name, others = part.expr, part.other if part.op == "IN" else [part.other]
        if not isinstance(name, Variable) and len(others) == 1:
            name, others = others[0], [name]
        if not isinstance(name, Variable) or not all(_is_constant(o) for o in others):
            return None
        names.add(str(name))
        constants.update(place(o) for o in others)
    return Choice(names.pop(), frozenset(constants)) if len(names) == 1 else None


def _is_constant(term: Any) -> bool:
    return isinstance(term, URIRef) or (isinstance(term, Literal) and term.datatype is None)


def condition(expression: Any, place: Constants, *, denied: bool = False) -> Condition:
    """Return the test of *expression*, or of its denial; raises OutsideError."""
    if not isinstance(expression, CompValue):
        raise OutsideError
    name = expression.name
    if name == "UnaryNot":
        return condition(expression.expr, place, denied=not denied)
    if name in ("ConditionalAndExpression", "ConditionalOrExpression"):
        parts = [condition(e, place, denied=denied) for e in (expression.expr, *expression.other)]
        every = (name == "ConditionalAndExpression") != denied
        return Condition(
            frozenset().union(*(p.variables for p in parts)),
            lambda run, table: (np.logical_and if every else np.logical_or).reduce(
                [p.test(run, table) for p in parts]
            ),
        )
    if name == "Builtin_BOUND":
        return _of(expression.arg, lambda run, x: (x < 0) if denied else (x >= 0))
    if (kind := KINDS.get(name.removeprefix("Builtin_"))) is not None:
        return _of(expression.arg, lambda run, x: (x >= 0) & ((run.columns.kinds[x] == kind) != denied))
    if name == "Builtin_LANGMATCHES":
        return _language(expression.arg1, expression.arg2, place, _matches, denied)
    if name == "RelationalExpression":
        return _relation(expression, place, denied)
    raise OutsideError


def _of(variable: Any, test: Callable[[Run, Numbers], Mask]) -> Condition:
    if not isinstance(variable, Variable):
        raise OutsideError
    name = str(variable)
    return Condition(frozenset({name}), lambda run, table: test(run, table.columns[name]))


def _relation(expression: CompValue, place: Constants, denied: bool) -> Condition:
    left, right, op = expression.expr, expression.other, expression.op
    if op in ("!=", "NOT IN"):
        op, denied = {"!=": "=", "NOT IN": "IN"}[op], not denied
    if op not in ("=", "IN"):
        raise OutsideError
    if isinstance(left, CompValue) and left.name == "Builtin_LANG" and op == "=":
        return _language(left, right, place, _is, denied)
    if op == "=" and isinstance(left, Variable) and isinstance(right, Variable):
        return _same(str(left), str(right), denied)
    found = choice(CompValue("RelationalExpression", expr=left, op=op, other=right), place)
    others = right if op == "IN" else [left, right]
    if found is None or (denied and any(isinstance(o, Literal) for o in others)):
        raise OutsideError

    def test(run: Run, x: Numbers) -> Mask:
        equal = np.isin(x, [run.constants[c] for c in found.constants])
        return (x >= 0) & ~equal if denied else equal & (x >= 0)

    return _of(Variable(found.variable), test)


def _same(one: str, other: str, denied: bool) -> Condition:
    """Return the test of ``?one = ?other``: sure where not both are literals, or both are the same string."""

    def test(run: Run, table: Table) -> Mask:
        a, b = table.columns[one], table.columns[other]
        tongues, bound = run.columns.tongues, (a >= 0) & (b >= 0)
        literals = bound & (run.columns.kinds[a] == LITERAL) & (run.columns.kinds[b] == LITERAL)
        unsure = literals & ((a != b) | (tongues[a] == TYPED))
        if unsure.any():
            raise OutsideError
        fits: Mask = bound & ((a == b) != denied)
        return fits

    return Condition(frozenset({one, other}), test)


def _is(name: str, wanted: str) -> bool:
    return name == wanted


def _matches(name: str, wanted: str) -> bool:
    """Tell whether a language matches a basic range (RFC 4647, § 3.3.1)."""
    name, wanted = name.lower(), wanted.lower() if wanted.isascii() else wanted
    return bool(name) if wanted == "*" else name == wanted or name.startswith(wanted + "-")


def _language(
    asked: Any, wanted: Any, place: Constants, test: Callable[[str, str], bool], denied: bool
) -> Condition:
    if not (isinstance(asked, CompValue) and asked.name == "Builtin_LANG" and isinstance(wanted, Literal)):
        raise OutsideError
    if wanted.language or wanted.datatype:
        raise OutsideError
    at = place(wanted)

    def of(run: Run, x: Numbers) -> Mask:
        word, tongues = run.words[at], run.columns.tongues[x]
        fits = [n for name, n in run.columns.languages.items() if test(name, word)]
        fits += [PLAIN, TYPED] if test("", word) else []
        literal = (x >= 0) & (run.columns.kinds[x] == LITERAL)
        found: Mask = literal & (np.isin(tongues, fits) != denied)
        return found

    return _of(asked.arg, of)
