"""Why a query has no answer."""

from __future__ import annotations

from pathlib import Path

from kg.errors import KGError


class QueryTimeoutError(KGError):
    """The query ran longer than one query may, and was ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(
            f"the query was ended after {seconds:g} seconds: narrow it, add a LIMIT, "
            "or serve the data yourself with `kg serve --timeout`"
        )


class QueryStoppedError(KGError):
    """Whoever asked stopped the query."""

    def __init__(self) -> None:
        super().__init__("the query was stopped by whoever asked it")


class NothingRunsError(KGError):
    """There is no running query to stop."""

    def __init__(self, ticket: str) -> None:
        self.ticket = ticket
        super().__init__(f"no query runs under the ticket {ticket[:80]!r}: it has ended, or was never asked")


class QueryMemoryError(KGError):
    """The query needed more memory than one query may have, or more of the engine than it can, and was ended.

    *sorts*: it has ORDER BY; the engine breaks off where the terms to sort are not comparable in turn.
    """

    def __init__(self, limit: int, *, sorts: bool = False) -> None:
        self.limit, self.sorts = limit, sorts
        said = f"the query needed more than {limit // 2**20} MB"
        if sorts:
            said += ", or has numbers, dates and texts in one column to sort, which the engine cannot always"
        advice = "narrow it, or ORDER BY STR(…)" if sorts else "narrow it, or group before you sort"
        super().__init__(f"{said}, and was ended: {advice}")


class ResultTooLargeError(KGError):
    """The result is larger than one answer may be."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"the result is larger than {limit // 2**20} MB: ask for it in parts with LIMIT and OFFSET"
        )


class BusyError(KGError):
    """Every place in the queue is taken."""

    def __init__(self, waiting: int) -> None:
        self.waiting, self.retry_after = waiting, 2
        super().__init__(f"{waiting} queries are waiting already: try again in {self.retry_after} seconds")


class EvaluationError(KGError):
    """The engine gave the query up."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the query cannot be evaluated: {problem}")


class NotAcceptableError(KGError):
    """The result has none of the formats that the client accepts."""

    def __init__(self, form: str, offered: tuple[str, ...]) -> None:
        self.form, self.offered = form, offered
        super().__init__(
            f"the answer to this {form} query has none of these formats: ask for {', '.join(offered)}"
        )


class UnreadableFileError(KGError):
    """A file that should be served is no RDF."""

    def __init__(self, path: Path | str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


class NurseryError(KGError):
    """The processes that evaluate queries could not be started."""

    def __init__(self) -> None:
        super().__init__(
            "the process that evaluates queries ended early: see its message above, then start again"
        )
