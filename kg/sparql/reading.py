"""What can be known of a request from its tokens: its form, its graphs, what is forbidden in it, its limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from kg.sparql.errors import ForbiddenOperationError, TooComplexError
from kg.sparql.template import template
from kg.sparql.tokens import Token, tokenise, unescape

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
MAX_NESTING = 200
"""Brackets within brackets; the engine's parser uses some kilobytes of stack for each."""
MAX_OPERATORS = 5000
"""Operators and keywords that become nested algebra, however flat they are written."""
OPEN, CLOSE = {"{", "(", "[", "<<", "<<(", "{|"}, {"}", ")", "]", ">>", ")>>", "|}"}
OPERATORS = {"||", "&&", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "!", "|", "^"}
NESTING_WORDS = {"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH", "AS", "EXISTS", "LATERAL"}
UNREPEATABLE = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
ENGINE_ONLY = (
    "bif:",
    "sql:",
    "http://www.openlinksw.com/schemas/bif#",
    "http://www.openlinksw.com/schemas/sql#",
)
"""Functions of one engine that reach its machine; never forwarded."""
REMOTE_WORDS = ("SERVICE", "LOAD", "DEFINE", "BIF:", "SQL:", "OPENLINKSW", "\\U")
"""What a request that would have the engine fetch has somewhere in its text, in whatever case."""


@dataclass(frozen=True)
class Reading:
    """A query or update and what its tokens tell."""

    text: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The terminals, read when they are first asked for: much can be known without them."""
        return tuple(tokenise(self.text))

    @cached_property
    def form(self) -> str:
        """The query form in capitals; empty where there is none."""
        return next((t.word for t, depth in self.with_depth() if depth == 0 and t.word in FORMS), "")

    def mentions(self, *words: str) -> bool:
        """Tell whether any of *words* (capitals) is in the text, as part of whatever, in any case.

        Far quicker than going through the tokens, and enough to know of most requests what they do not do.
        """
        for text in self._capitals:  # no generator: this is asked several times of every query
            for word in words:
                if word in text:
                    return True
        return False

    @cached_property
    def _capitals(self) -> tuple[str, ...]:
        """The text in capitals, by both ways: some letters beyond ASCII are small only, or capital only."""
        return (self.text.upper(),) if self.text.isascii() else (self.text.upper(), self.text.lower().upper())

    @property
    def repeatable(self) -> bool:
        """Whether the same query over the same data has the same answer each time."""
        return not self.mentions(*UNREPEATABLE) or not any(t.word in UNREPEATABLE for t in self.tokens)

    def with_depth(self) -> list[tuple[Token, int]]:
        """Return each token with the number of brackets that are open around it."""
        return self._with_depth

    @cached_property
    def _with_depth(self) -> list[tuple[Token, int]]:
        found, depth = [], 0
        for token in self.tokens:
            if token.kind != "sign":
                found.append((token, depth))
                continue
            if token.text in CLOSE:
                depth = max(depth - 1, 0)
            found.append((token, depth))
            if token.text in OPEN:
                depth += 1
        return found

    def position(self, token: Token) -> tuple[int, int]:
        """Return line and column of *token*, both from 1."""
        before = self.text[: token.start]
        return before.count("\n") + 1, token.start - before.rfind("\n")

    def after(self, *words: str) -> Iterator[Token]:
        """Yield the IRI or name after each of the keywords *words* (``NAMED``, ``GRAPH`` may stand between)."""
        for i, token in enumerate(self.tokens):
            if token.word in words:
                rest = (t for t in self.tokens[i + 1 : i + 3] if t.word not in ("NAMED", "GRAPH"))
                if (target := next(rest, None)) and target.kind in ("iri", "name"):
                    yield target

    def resolvable(self, target: Token) -> str:
        """Return Turtle whose one object is the IRI that *target* stands for."""
        prologue = []
        for i, token in enumerate(self.tokens):
            if token.word in FORMS:
                break
            if token.word == "BASE" and len(self.tokens) > i + 1:
                prologue.append(f"BASE {self.tokens[i + 1].text}")
            if token.word == "PREFIX" and len(self.tokens) > i + 2:
                prologue.append(f"PREFIX {self.tokens[i + 1].text} {self.tokens[i + 2].text}")
        return "\n".join([*prologue, f"<urn:x> <urn:x> {target.text} ."])


def read(text: str) -> Reading:
    """Return *text*, to be read."""
    return Reading(text)


def refuse_remote(reading: Reading) -> None:
    """Raise ForbiddenOperationError where *reading* would have the engine fetch: SERVICE, LOAD, engine pragmas.

    A keyword can stand against its neighbours (``trueSERVICE``), or look like the prefix of a name that a
    group follows (``SERVICE:x {``): both count. Escapes are read as an engine may read them.
    """
    if not reading.mentions(*REMOTE_WORDS):
        return
    texts = [reading]
    if "\\u" in reading.text or "\\U" in reading.text:
        texts.append(read(unescape(reading.text)))
    for version in texts:
        for i, token in enumerate(version.tokens):
            if found := _forbidden(version.tokens, i):
                raise ForbiddenOperationError(found, *version.position(token))


def _forbidden(tokens: tuple[Token, ...], i: int) -> str | None:
    token = tokens[i]
    if token.kind == "word":
        if token.word.endswith("SERVICE") or token.word.startswith("SERVICE"):
            return "SERVICE"
        return token.word if token.word in ("LOAD", "DEFINE") else None
    if token.kind == "name":
        if token.text.lower().startswith(ENGINE_ONLY):
            return token.text
        prefix = token.text.partition(":")[0].upper()
        if prefix.endswith("SERVICE") and len(tokens) > i + 1 and tokens[i + 1].text == "{":
            return "SERVICE"
        declared = any(
            t.word == "PREFIX" and n.kind == "name" and n.text == token.text.partition(":")[0] + ":"
            for t, n in pairwise(tokens)
        )
        return prefix if prefix in ("SERVICE", "LOAD") and not declared else None
    if token.kind == "iri" and token.text[1:].lower().startswith(ENGINE_ONLY):
        return token.text
    return None


def bound(reading: Reading) -> None:
    """Raise TooComplexError where the engine's parser or evaluator would recurse too deep."""
    if sum(map(reading.text.count, "{([<")) <= MAX_NESTING and (
        len(reading.text) <= MAX_OPERATORS or len(reading.tokens) <= MAX_OPERATORS
    ):
        return  # not even all of its brackets, all of its characters or tokens, would be too many
    deepest, operators = 0, 0
    for token, depth in reading.with_depth():
        deepest = max(deepest, depth)
        operators += token.text in OPERATORS if token.kind == "sign" else token.word in NESTING_WORDS
    if deepest > MAX_NESTING:
        raise TooComplexError("levels of brackets", deepest, MAX_NESTING)
    if operators > MAX_OPERATORS:
        raise TooComplexError("operators", operators, MAX_OPERATORS)


def with_limit(reading: Reading, rows: int) -> str:
    """Return a SELECT query that yields at most *rows* rows; any other request, and a wrong one, as it is.

    >>> with_limit(read("SELECT * { ?s ?p ?o } VALUES ?s { <a> }"), 11)
    'SELECT * { ?s ?p ?o } LIMIT 11 VALUES ?s { <a> }'
    >>> with_limit(read("SELECT * { { SELECT * {} LIMIT 9 } } OFFSET 2 LIMIT 500 # LIMIT 1"), 11)
    'SELECT * { { SELECT * {} LIMIT 9 } } OFFSET 2 LIMIT 11 # LIMIT 1'
    """
    plain = template(reading.text)
    if plain and not plain.commented and (after := _end_of_pattern(plain.text)) is not None:
        if after < 0:
            return reading.text
        at = len(reading.text) - after
        return f"{reading.text[:at]} LIMIT {rows}{reading.text[at:]}"
    return _with_limit(reading, rows)


@lru_cache(maxsize=5000)
def _end_of_pattern(plain: str) -> int | None:
    """Return how many blanks end every query of the template *plain*, where a LIMIT goes before them.

    -1 where it is no SELECT query, and stays as it is; None where that takes more thought.
    """
    reading = read(plain)
    if reading.form != "SELECT":
        return -1
    after = len(plain) - len(plain.rstrip())
    end = len(plain) - after
    return after if _with_limit(reading, 1) == f"{plain[:end]} LIMIT 1{plain[end:]}" else None


def _with_limit(reading: Reading, rows: int) -> str:
    if reading.form != "SELECT":
        return reading.text
    top = [t for t, depth in reading.with_depth() if depth == 0]
    limits = [i for i, t in enumerate(top) if t.word == "LIMIT"]
    if len(limits) > 1:
        return reading.text
    if limits:
        number = top[limits[0] + 1] if len(top) > limits[0] + 1 else None
        if number is None or not number.text.isascii() or not number.text.isdigit():
            return reading.text
        if len(number.text) < 19 and int(number.text) <= rows:
            return reading.text
        return reading.text[: number.start] + str(rows) + reading.text[number.end :]
    closing = next((i for i, t in enumerate(top) if t.text == "}"), None)
    if closing is None:
        return reading.text
    values = next((t for t in top[closing:] if t.word == "VALUES"), None)
    at = values.start if values else reading.tokens[-1].end
    gap = "" if reading.text[at - 1 : at].isspace() else " "
    tail = reading.text[at:]
    return f"{reading.text[:at]}{gap}LIMIT {rows}{' ' if values else ''}{tail}"


def next_page(reading: Reading, rows: int) -> str | None:
    """Return the query for the rows after the first *rows*, or None where that cannot be said by its tokens.

    >>> next_page(read("SELECT * { ?s ?p ?o } LIMIT 30"), 10)
    'SELECT * { ?s ?p ?o } LIMIT 20 OFFSET 10'
    """
    if reading.form != "SELECT":
        return None
    top = [t for t, depth in reading.with_depth() if depth == 0]
    closing = next((i for i, t in enumerate(top) if t.text == "}"), None)
    if closing is None or any(t.word == "VALUES" for t in top[closing:]):
        return None
    numbers = {t.word: n for t, n in pairwise(top) if t.word in ("LIMIT", "OFFSET")}
    text = reading.text[: reading.tokens[-1].end]
    changes = []
    if "LIMIT" in numbers:
        changes.append((numbers["LIMIT"], str(max(int(numbers["LIMIT"].text) - rows, 0))))
    if "OFFSET" in numbers:
        changes.append((numbers["OFFSET"], str(int(numbers["OFFSET"].text) + rows)))
    for number, value in sorted(changes, key=lambda c: -c[0].start):
        text = text[: number.start] + value + text[number.end :]
    return text if "OFFSET" in numbers else f"{text} OFFSET {rows}"
