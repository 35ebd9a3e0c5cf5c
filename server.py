"""The graph as a WSGI application: ``app`` for any WSGI server; ``kg serve`` runs it."""

from kg.web import create_app

app = create_app()
