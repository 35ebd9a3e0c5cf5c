"""The operations of an update: LOAD is refused, and LOAD SILENT, whose failure does not count, is left out."""

from __future__ import annotations

from kg.sparql.reading import Reading
from kg.sparql.tokens import Token


def operations(reading: Reading) -> list[list[Token]]:
    """Return the tokens of each operation; raises SyntaxError where a separator has nothing before it."""
    found: list[list[Token]] = [[]]
    for token, depth in reading.with_depth():
        if depth == 0 and token.text == ";" and token.kind == "sign":
            if not found[-1]:
                line, column = reading.position(token)
                raise SyntaxError(f"error at {line}:{column}: a separator without an operation before it")
            found.append([])
        else:
            found[-1].append(token)
    return found


def without_silent_loads(reading: Reading) -> tuple[str, tuple[str, ...]]:
    """Return the update without its LOAD SILENT operations, and the addresses that they named.

    Raises SyntaxError where a LOAD is malformed (https://www.w3.org/TR/sparql11-update/#rLoad).

    >>> from kg.sparql.reading import read
    >>> without_silent_loads(read("CLEAR ALL; LOAD SILENT <http://x/> INTO GRAPH <http://g/>; CLEAR DEFAULT"))
    ('CLEAR ALL; DELETE DATA { }; CLEAR DEFAULT', ('<http://x/>',))
    """
    text, silent = reading.text, []
    for tokens in reversed(operations(reading)):
        at = next((i for i, t in enumerate(tokens) if t.word == "LOAD"), None)
        if at is None:
            continue
        load = tokens[at:]
        kinds = [t.word or t.kind for t in load]
        rest = kinds[2:] if kinds[1:2] == ["SILENT"] else kinds[1:]
        target = [k for k in rest if k not in ("iri", "name")]
        iris = len(rest) - len(target)
        begins_operation = all(t.word in ("BASE", "PREFIX") or t.kind in ("iri", "name") for t in tokens[:at])
        if not begins_operation or (target, iris) not in (([], 1), (["INTO", "GRAPH"], 2)):
            line, column = reading.position(load[0])
            raise SyntaxError(
                f"error at {line}:{column}: write LOAD <source> or LOAD <source> INTO GRAPH <graph>"
            )
        if kinds[1] == "SILENT":
            silent.append(load[2].text)
            # An operation that does nothing stands in for it, so that separators and declarations stay right.
            text = f"{text[: load[0].start]}DELETE DATA {{ }}{text[load[-1].end :]}"
    return text, tuple(reversed(silent))
