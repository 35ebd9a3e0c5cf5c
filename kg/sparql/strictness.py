"""Where the engine's parser is laxer or stricter than the grammar: told by tokens, before it is asked."""

from __future__ import annotations

from kg.sparql.reading import CLOSE, OPEN, Reading
from kg.sparql.tokens import Token

AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
ODD = ("\\", "<?", "<<(")
"""What a request without an aggregate has in its text if ``check`` can have anything against it."""


def _error(reading: Reading, token: Token, problem: str) -> SyntaxError:
    line, column = reading.position(token)
    return SyntaxError(f"error at {line}:{column}: {problem}")


def check(reading: Reading) -> None:
    """Raise SyntaxError for what the engine accepts and the grammar does not.

    A stray backslash (engines differ in how they read on), an aggregate in an aggregate (§ 18.2.4.1), a
    triple term or literal as subject of a triple term, and an IRI that was meant as a comparison (the
    longest terminal counts: ``?a<?b&&?c>?d``).
    """
    nested = reading.text.count("(") > 1 and reading.mentions(*AGGREGATES)
    if not nested and not reading.mentions(*ODD):
        return
    brackets: list[str] = []
    previous: Token | None = None
    for token in reading.tokens:
        if token.kind == "sign" and token.text in OPEN:
            counts = token.text == "(" and previous is not None and previous.word in AGGREGATES
            brackets.append("aggregate" if counts else token.text)
        elif token.kind == "sign" and token.text in CLOSE and brackets:
            brackets.pop()
        elif token.word in AGGREGATES and "aggregate" in brackets:
            raise _error(reading, token, "an aggregate inside an aggregate: use a sub-SELECT")
        elif token.kind == "iri" and token.text.startswith("<?") and ("&&" in token.text or "||" in token.text):
            raise _error(reading, token, "this is read as one IRI: put spaces around < and >")
        elif token.text == "\\" and reading.text[token.end : token.end + 1] not in ("u", "U"):
            raise _error(reading, token, "a backslash outside of a string, a name and an IRI")
        in_expression = "(" in brackets or "aggregate" in brackets
        wrong = token.kind in ("string", "number") or token.text == "<<("
        if in_expression and previous and previous.text == "<<(" and wrong:
            raise _error(reading, token, "the subject of a triple term is an IRI, a blank node or a variable")
        previous = token


def with_small_booleans(reading: Reading) -> str:
    """Return the text with TRUE and FALSE in small letters: keywords have any case, the engine wants this one.

    >>> from kg.sparql.reading import read
    >>> with_small_booleans(read("ASK { FILTER(TRUE || ?TRUE) }"))
    'ASK { FILTER(true || ?TRUE) }'
    """
    text = reading.text
    if not reading.mentions("TRUE", "FALSE"):
        return text
    for token in reading.tokens:
        if token.word in ("TRUE", "FALSE"):
            text = text[: token.start] + token.text.lower() + text[token.end :]
    return text
