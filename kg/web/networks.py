"""Named views as pages and files: ``/network/views``, ``/network/VIEW``, ``/network/VIEW.graphml`` and so on.

``/network`` itself is the explorer's, which shows what stands around one thing.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from kg.networks import collect, view, views, write
from kg.networks.collecting import covered
from kg.networks.formats import FORMATS, format_named
from kg.networks.measures import EQUAL, MEASURES, measure_named
from kg.networks.model import MERGES, PARALLEL, SAYS, Network
from kg.networks.picture import svg
from kg.networks.sensitivity import Measured, measure
from kg.networks.tables import TOLD, Rows, comparison_rows, means
from kg.networks.views import ANY, View, bind, resolved, settings
from kg.parameters import Parameter, ParameterValueError, choices
from kg.web.edition import edition
from kg.web.language import asked_language
from kg.web.reading import NothingToReadError, Reading, address, address_with, page, reading

networks = Blueprint("networks", __name__)

OWN = ("lang", "merge", "measure", "release")
"""What an address may say besides the blanks of its view."""

EDGES_SHOWN = 100
THINGS_MEASURED = 10
MOST_CHOICES = 400
"""A blank with more choices than this is written, not chosen from a list."""

WORDS = {
    "norm": ("norm", "norm"),
    "document": ("document", "document"),
    "asserted": ("als feit gesteld", "stated as fact"),
    "status": ("status", "status"),
    "reader": ("lezer", "reader"),
    "thing": ("ding", "thing"),
    "hops": ("stappen", "steps"),
    "class": ("klasse", "class"),
    "relation": ("relatie", "relation"),
    "instrument": ("instrument", "instrument"),
    "true": ("ja", "yes"),
    "false": ("nee", "no"),
    ANY: ("alle", "any"),
    "parallel": ("elke bewering apart", "each claim apart"),
    "pair": ("samen per twee dingen", "one for each two things"),
    "degree": ("graad", "degree"),
    "betweenness": ("tussenpositie", "betweenness"),
    "pagerank": ("PageRank", "PageRank"),
    "communities": ("groepen", "communities"),
    "comparison": ("vergelijking van documenten", "comparison of documents"),
    "changes": ("verbindingen erbij en eraf", "edges gained and lost"),
    "without interpreted": ("zonder wat een lezer afleidde", "without what a reader interpreted"),
    "with not asserted": ("ook wat niet als feit is gesteld", "also what is not stated as fact"),
    "first reader": ("eerste lezer", "first reader"),
    "second reader": ("tweede lezer", "second reader"),
    EQUAL: ("elk document even zwaar", EQUAL),
}
"""What the page calls blanks, their values, measures and variants, in nl and en."""

Values = tuple[tuple[str, str], ...]


def collected(now: Reading, name: str, values: Values, merge: str) -> Network:
    """Return the network of a view in the release *now*, which may be empty."""
    return collect(now.store, name, dict(values), merge=merge, release=now.release, allow_empty=True)


def measured(now: Reading, name: str, values: Values, asked: str) -> Measured:
    """Return a measure of a view, per document, and how it moves."""
    return measure(now.store, name, asked, dict(values))


def compared(now: Reading, name: str, values: Values, asked: str) -> Rows:
    """Return what a comparison of the documents of a view counts or lists."""
    return comparison_rows(now.store, name, dict(values), edges=asked == "changes")


def choices_of(now: Reading, parameter: Parameter) -> list[Any]:
    """Return what may fill a blank, where that is few enough to choose from."""
    found = choices(now.store, parameter)
    return found if len(found) <= MOST_CHOICES else []


def served() -> Reading:
    """Return the release that the request asks for (``?release=``), else the one of now."""
    if not request.args.get("release"):
        return reading()
    found = edition().reading
    if found is None:
        raise NothingToReadError(request.path)
    return found


def given(asked: View) -> Values:
    """Return the values that the request gives for the blanks of *asked*, as the view would write them."""
    values = {name: value for name, value in request.args.items() if name not in OWN and value}
    return tuple(sorted(settings(resolved(served().store, asked, values)).items()))


def one_of(name: str, known: tuple[str, ...], default: str) -> str:
    """Return what the request says of *name*, which takes one of *known*."""
    asked = request.args.get(name) or default
    if asked not in known:
        raise ParameterValueError(name, asked, f"choose from {', '.join(known)}")
    return asked


@networks.get("/network/views")
def all_views() -> Response:
    """List the views."""
    return page("views.html", views=views())


@networks.get("/network/<name>")
def page_or_file(name: str) -> Response:
    """Answer in the format of the suffix, else with the page."""
    stem, dot, form = name.partition(".")
    return one_file(stem, form) if dot else one_view(stem)


def one_file(name: str, form: str) -> Response:
    """Answer with the network of a view in a format; raises EmptyNetworkError."""
    way, asked = format_named(form), view(name)
    values, merge = given(asked), one_of("merge", MERGES, PARALLEL)
    now = served()
    network = now.once(collected, name, values, merge)
    if not network.edges:
        collect(now.store, name, dict(values))  # says why there is nothing
    kind = way.media_type + ("; charset=utf-8" if way.media_type.startswith("text/") else "")
    answered = Response(b"".join(write(network, form, asked_language())), content_type=kind)
    answered.headers["Content-Disposition"] = f'inline; filename="{name}.{way.name}"'
    answered.headers["Grotius-Completeness"] = "complete"
    if way.spoken:
        answered.headers["Content-Language"] = asked_language()
    answered.add_etag()
    return answered.make_conditional(request)  # type: ignore[return-value]


def one_view(name: str) -> Response:
    """Show a view: its picture, its files, a measure of it, its edges with their claims."""
    asked, now, language = view(name), served(), asked_language()
    values, merge = given(asked), one_of("merge", MERGES, PARALLEL)
    shown = request.args.get("measure") or "degree"
    if shown not in TOLD:
        measure_named(shown)
    network = now.once(collected, name, values, merge)
    found = now.once(measured, name, values, shown) if network.edges and shown not in TOLD else None
    sparql = bind(asked, resolved(now.store, asked, dict(values)))
    query = {**dict(values), "merge": merge, "lang": language, "release": now.release}
    return page(
        "view.html",
        file=lambda form: address_with(f"/network/{name}.{form}", **query),
        status=200 if network.edges else 404,
        asked=asked,
        network=network,
        values=dict(values),
        choices={p.name: now.once(choices_of, p) for p in asked.parameters},
        any=ANY,
        formats=FORMATS,
        merge=merge,
        merges=MERGES,
        says=SAYS[network.edges_are][language],
        measure=shown,
        measures=[*MEASURES, *TOLD],
        means=means(shown, language),
        found=found,
        differences=now.once(compared, name, values, shown) if network.edges and shown in TOLD else [],
        most=THINGS_MEASURED,
        words=WORDS,
        drawn=Markup(svg(network, language, address)) if network.edges else "",  # it escapes what it draws
        edges_shown=EDGES_SHOWN,
        coverage="" if network.edges else covered(now.store, sparql, language),
    )
