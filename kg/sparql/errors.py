"""Why a request is refused before it is evaluated."""

from __future__ import annotations

from kg.errors import KGError


class ForbiddenOperationError(KGError):
    """The request asks this server to fetch something from another one, which it never does."""

    def __init__(self, operation: str, line: int, column: int) -> None:
        self.operation, self.line, self.column = operation, line, column
        super().__init__(
            f"{operation} at line {line}, column {column} is refused: nothing is fetched from other servers; "
            "load the data beside these (`kg serve FILE…`), or join the two answers yourself"
        )


class UnknownGraphError(KGError):
    """The request names a graph that is not here, and nothing is fetched."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(
            f"no graph <{iri}> here, and nothing is fetched from other servers: "
            "list the graphs with SELECT DISTINCT ?g { GRAPH ?g { } }"
        )


class TooComplexError(KGError):
    """The query is nested deeper, or is a longer chain of operators, than is read here."""

    def __init__(self, what: str, found: int, limit: int) -> None:
        self.what, self.found, self.limit = what, found, limit
        super().__init__(f"{found} {what}, and {limit} is the limit: split the query, or use VALUES")
