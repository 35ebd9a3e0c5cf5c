"""What a client can get wrong about HTTP and the SPARQL Protocol."""

from __future__ import annotations

from kg.errors import KGError


class RequestError(KGError):
    """The request is not what the SPARQL Protocol asks for."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class EncodingError(RequestError):
    """The request is not UTF-8."""

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"the {where} is not UTF-8: send it as UTF-8, percent-encoded where it stands in an address"
        )


class MediaTypeError(KGError):
    """The body is of a kind that is not read here."""

    def __init__(self, media_type: str, accepted: tuple[str, ...]) -> None:
        self.media_type, self.accepted = media_type, accepted
        said = f"a body of type {media_type!r}" if media_type else "a body without Content-Type"
        super().__init__(f"{said} is not read here: send {' or '.join(accepted)}")


class TooLargeRequestError(KGError):
    """The request is larger than is read here."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"the request is larger than {limit} MB: send less, or the data in parts")


class TooManyRequestsError(KGError):
    """One client sent more requests than it may."""

    def __init__(self, rate: str, retry_after: int) -> None:
        self.rate, self.retry_after = rate, retry_after
        super().__init__(f"more than {rate}: try again in {retry_after} seconds, or serve the data yourself")


class ReadOnlyError(KGError):
    """What is served here is a release or a file, and does not change."""

    def __init__(self) -> None:
        super().__init__(
            "this server is read-only: it serves a release or files; "
            "to write, put it before a SPARQL server (KG_STORE)"
        )


class NotAuthorisedError(KGError):
    """Writing needs the token of this server."""

    def __init__(self, *, offered: bool) -> None:
        self.offered = offered
        said = "this is not the token" if offered else "writing needs a token"
        super().__init__(f"{said}: send it as Authorization: Bearer, or as the password of Basic")


class WritingDisabledError(KGError):
    """No token is set, so nobody can write."""

    def __init__(self) -> None:
        super().__init__("nobody may write here: the operator has set no KG_TOKEN")


class NoGraphError(KGError):
    """The graph that the address names does not exist."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        super().__init__(
            f"there is no graph <{iri}>: list the graphs with SELECT DISTINCT ?g {{ GRAPH ?g {{ }} }}"
        )


class EngineError(KGError):
    """The SPARQL server behind this one does not answer, or not with SPARQL."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(f"the SPARQL server behind this one failed: {problem}")
