"""Grotius: Dutch policy as a knowledge graph in which each answer carries its proof."""

from __future__ import annotations

from typing import Any


def network(view: str, *, merge: str = "parallel", store: Any = None, **params: str) -> Any:
    """Return the network of a named view as a networkx graph, every edge with its claims and passages.

    *merge*: ``parallel`` (a multigraph, one edge for each claim), ``relation`` or ``pair`` (weights are
    numbers of claims). *store*: a release in memory; the current release, built where its inputs changed,
    if none is given. *params*: those of the view, as in ``kg views``; raises the errors of ``kg network``.
    """
    from kg.networks import collect, to_networkx
    from kg.release import build, releases_folder
    from kg.store import open_store

    name = ""
    if store is None:
        release = build(releases_folder())
        store, name = open_store(release.nquads), release.name
    return to_networkx(collect(store, view, params, merge=merge, release=name))
