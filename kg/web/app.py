"""The application: settings and an edition in, one Flask application with all its blueprints out."""

from __future__ import annotations

import atexit
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from kg.errors import KGError
from kg.evaluation.pool import Nursery
from kg.release import Release, build, releases_folder
from kg.sources import sources_folder
from kg.web import (
    completeness,
    definitions,
    describing,
    editor,
    entity,
    explorer,
    front,
    graph_store,
    graphs,
    networks,
    operations,
    overviews,
    problems,
    questions,
    reading,
    reconciliation,
    sparql,
)
from kg.web.cache import AnswerCache, Cache
from kg.web.compression import compress
from kg.web.edition import Edition, Editions, of_files, of_release
from kg.web.engine import Engine
from kg.web.help import help_pages
from kg.web.rate import limit_rate
from kg.web.settings import Settings, from_environment
from kg.web.shortcut import Shortcut

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BLUEPRINTS = (
    sparql.pages,
    graph_store.pages,
    operations.pages,
    problems.pages,
    completeness.pages,
    front.front,
    help_pages,
    entity.entity,
    graphs.graphs,
    definitions.definitions,
    editor.editor,
    explorer.explorer,
    networks.networks,
    overviews.overviews,
    questions.pages,
    describing.pages,
    reconciliation.pages,
)
"""Every part of the site; a new part is a module with a blueprint, and a line here."""

ALLOWED = "Accept, Authorization, Content-Type, Grotius-Ticket, If-None-Match"


class WholeResponse(Response):
    """A response that goes to the server in one piece, so that a slow reader does not hold a thread."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as WSGI wants it."""
        if not self.is_sequence or self.direct_passthrough:
            return super().__call__(environ, start_response)
        headers = self.get_wsgi_headers(environ).to_wsgi_list()
        bodiless = environ["REQUEST_METHOD"] == "HEAD" or self.status_code in (204, 304)
        whole = b"" if bodiless else b"".join(self.iter_encoded())
        start_response(self.status, headers)
        self.close()
        return [whole]


def open_editions(
    releases: str | None, sources: str | None, settings: Settings, nursery: Nursery | None
) -> Editions:
    """Open what *settings* say: an engine, files, a store on disk, or else the release, built if need be."""

    def reopen(release: Release) -> Edition:
        return of_release(release, folder, settings)

    folder = sources_folder(sources)
    if settings.store:
        return Editions(Edition("engine", Engine(settings), immutable=False), None, reopen)
    if settings.files or settings.store_dir:
        return Editions(of_files(settings, nursery), None, reopen)
    kept: Path = releases_folder(releases)
    return Editions(of_release(build(kept), folder, settings, nursery), kept, reopen)


def create_app(
    releases: str | None = None,
    sources: str | None = None,
    settings: Settings | None = None,
    nursery: Nursery | None = None,
) -> Flask:
    """Return the application over the current release (built first, where its inputs changed).

    *nursery*: one that loads already what *settings* say.
    """
    settings = settings or from_environment()
    app = Flask(__name__)
    app.response_class = WholeResponse
    app.extensions["settings"] = settings
    app.extensions["cache"] = AnswerCache(settings.cache * 2**19)
    app.extensions["sent"] = Cache(settings.cache * 2**19)
    editions = app.extensions["editions"] = open_editions(releases, sources, settings, nursery)
    atexit.register(editions.close)
    operations.watch(app, settings)
    admit = limit_rate(app, settings.rate) if settings.rate else None
    if settings.log != "all":
        app.wsgi_app = Shortcut(app, settings, app.wsgi_app, admit)  # type: ignore[method-assign]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    reading.register(app, lambda: editions.now.reading)
    app.after_request(compress)

    @app.after_request
    def headers(response: Response) -> Response:
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, POST")
            response.headers["Access-Control-Allow-Headers"] = ALLOWED
            response.headers["Access-Control-Max-Age"] = "86400"
        response.vary.add("Accept")
        return response

    app.register_error_handler(KGError, problems.explain)
    app.register_error_handler(HTTPException, problems.explain_http)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
