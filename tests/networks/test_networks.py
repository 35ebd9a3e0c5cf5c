"""Networks say what the claims say, whole, in every format, with the same bytes each time."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from html import escape
from pathlib import Path

import igraph
import networkx as nx
import pyoxigraph as ox
import pytest
import xmlschema

import kg
from kg.networks import FORMATS, collect, to_networkx, to_rustworkx, views, write
from kg.networks.comparing import compare
from kg.networks.errors import EmptyNetworkError, UnknownViewError
from kg.networks.layout import HEIGHT, MOST_LINES, WIDTH, lay_out
from kg.networks.legend import STROKES
from kg.networks.measures import EQUAL, betweenness, communities, pagerank, part
from kg.networks.model import Network
from kg.networks.palette import COLOURS, colour
from kg.networks.sensitivity import measure
from kg.parameters import ParameterValueError
from kg.questions import UnknownParameterError
from kg.release import Release
from kg.store import open_store
from tests.conftest import select
from tests.networks import synthetic

HERE = Path(__file__).parent
NAMES = sorted(views())
LARGE = ("everything", "what-holds")
"""Views of thousands of edges: a schema is checked in Python, edge by edge, and edges are all alike."""


def in_ci_a_failure(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def networks(store: ox.Store) -> dict[str, Network]:
    return {name: collect(store, name, release="test") for name in NAMES}


def whole(network: Network, name: str) -> bytes:
    return b"".join(write(network, name))


def test_there_are_at_least_eight_views() -> None:
    assert len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_a_view_runs_as_it_stands_and_is_its_network(name: str, store: ox.Store, networks) -> None:  # type: ignore[no-untyped-def]
    rows = select(store, views()[name].question.sparql)
    assert rows
    network = networks[name]
    if not views()[name].is_projection:
        assert len(rows) == len(network.edges)
    assert all(node.nl and node.en and node.kind != "Matter" for node in network.nodes.values())


@pytest.mark.parametrize("name", NAMES)
def test_networkx_and_igraph_read_what_was_written(name: str, networks, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    network = networks[name]
    size = (len(network.nodes), len(network.edges))
    for form in ("graphml", "gexf"):
        (tmp_path / form).write_bytes(whole(network, form))
    graphml = nx.read_graphml(tmp_path / "graphml", force_multigraph=True)
    gexf = nx.read_gexf(tmp_path / "gexf", version="1.3")
    other = igraph.Graph.Read_GraphML(str(tmp_path / "graphml"))
    link = nx.node_link_graph(json.loads(whole(network, "json")), edges="links")
    cytoscape = nx.cytoscape_graph(json.loads(whole(network, "cytoscape.json")))
    for graph in (graphml, gexf, link, cytoscape):
        assert (graph.number_of_nodes(), graph.number_of_edges()) == size
    assert (other.vcount(), other.ecount()) == size
    assert whole(network, "csv").count(b"\r\n") == size[1] + 1
    assert whole(network, "nodes.csv").count(b"\r\n") == size[0] + 1


@pytest.mark.parametrize("name", [n for n in NAMES if n not in LARGE])
@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_the_file_fits_the_schema(name: str, form: str, networks) -> None:  # type: ignore[no-untyped-def]
    xmlschema.XMLSchema(HERE / f"{form}.xsd").validate(whole(networks[name], form).decode())


@pytest.mark.parametrize("name", NAMES)
def test_graphviz_reads_the_dot_file(name: str, networks, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    if not shutil.which("nop"):
        in_ci_a_failure("Graphviz is not here: install graphviz to check the DOT files")
    (tmp_path / "x.dot").write_bytes(whole(networks[name], "dot"))
    read = subprocess.run(["nop", str(tmp_path / "x.dot")], capture_output=True, check=False)
    assert read.returncode == 0, read.stderr
    if len(networks[name].edges) < 60:
        drawn = subprocess.run(["dot", "-Tsvg", str(tmp_path / "x.dot")], capture_output=True, check=False)
        assert drawn.returncode == 0 and b"</svg>" in drawn.stdout


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_same_release_gives_the_same_bytes(form: str, store: ox.Store, release) -> None:  # type: ignore[no-untyped-def]
    again = open_store(release.nquads)
    for name in ("who-works-with-whom", "instruments-and-goals", "themes-by-shared-instruments"):
        assert whole(collect(store, name), form) == whole(collect(again, name), form)


def test_thirty_edges_drawn_at_random_rest_on_their_claims_and_passages(store: ox.Store, networks) -> None:  # type: ignore[no-untyped-def]
    pool = [
        (n, e)
        for n in networks.values()
        if n.view != "documents-and-what-they-say-of"
        for e in n.edges
        if e.claims
    ]
    for network, edge in random.Random(6).sample(pool, 40):
        for claim in edge.claims:
            row = select(
                store,
                f"""SELECT ?s ?p ?o ?asserted ?anchor {{ <{claim}> a gro:Claim ;
                gro:subject ?s ; gro:predicate ?p ; gro:object ?o ;
                gro:isAsserted ?asserted ;
                gro:isStatedIn/oa:hasSelector/oa:exact ?anchor }}""",
            )[0]
            assert row["anchor"] and row["asserted"] == "true" and row["p"] in edge.relations
            if edge.via:
                assert row["s"] in edge.via and row["o"] in (edge.source, edge.target)
            else:
                assert (row["s"], row["o"]) == (edge.source, edge.target)
            assert network.evidence[claim].passages


def test_only_what_is_asserted_is_an_edge_until_others_are_asked_for(store: ox.Store, networks) -> None:  # type: ignore[no-untyped-def]
    assert {e.says["asserted"] for e in networks["who-wants-what"].evidence.values()} == {"true"}
    others = collect(store, "who-wants-what", {"asserted": "any"})
    assert {e.says["asserted"] for e in others.evidence.values()} == {"true", "false"}


def test_merged_edges_keep_their_claims_and_say_so(store: ox.Store, networks) -> None:  # type: ignore[no-untyped-def]
    parallel, merged = networks["who-wants-what"], collect(store, "who-wants-what", merge="pair")
    assert sum(e.weight for e in merged.edges) == len(parallel.edges) > len(merged.edges)
    assert {c for e in merged.edges for c in e.claims} == {c for e in parallel.edges for c in e.claims}
    graph = to_networkx(merged)
    assert not graph.is_multigraph() and graph.graph["edges"].startswith("merged")


def test_gexf_has_time_where_a_claim_has_a_period(networks) -> None:  # type: ignore[no-untyped-def]
    text = whole(networks["everything"], "gexf").decode()
    assert 'mode="dynamic" timeformat="date"' in text and ' start="2' in text


def test_the_shares_of_each_document_add_up_to_one(networks) -> None:  # type: ignore[no-untyped-def]
    for network in networks.values():
        for document in network.documents():
            assert sum(e.share for e in part(network, document).edges) == pytest.approx(1)


def test_rustworkx_and_networkx_agree(networks) -> None:  # type: ignore[no-untyped-def]
    network = networks["instruments-and-goals"]
    graph, iris = to_rustworkx(network)
    simple = nx.Graph([(iris[s], iris[t]) for s, t in graph.edge_list()])
    simple.add_nodes_from(iris)
    assert betweenness(network) == pytest.approx(nx.betweenness_centrality(simple))
    weighted = nx.DiGraph()
    weighted.add_nodes_from(network.nodes)
    for edge in network.edges:
        before = weighted.get_edge_data(edge.source, edge.target, {"weight": 0})["weight"]
        weighted.add_edge(edge.source, edge.target, weight=before + edge.weight)
    assert pagerank(network) == pytest.approx(nx.pagerank(weighted, tol=1e-12, max_iter=1000), abs=1e-7)


def test_newmans_weight_is_that_of_networkx(store: ox.Store) -> None:
    document = "document:hgis-jaarverslag-2022-thema-2"
    found = collect(store, "themes-by-shared-instruments", {"document": document})
    rows = select(
        store,
        views()["themes-by-shared-instruments"].question.sparql.replace(
            "?document { UNDEF }", f"?document {{ {document} }}", 1
        ),
    )
    two = nx.Graph([(r["source"], r["target"]) for r in rows])
    themes = {r["target"] for r in rows}
    expected = nx.bipartite.collaboration_weighted_projected_graph(two, themes)
    assert {frozenset((e.source, e.target)): e.weight for e in found.edges} == pytest.approx(
        {frozenset(e[:2]): e[2]["weight"] for e in expected.edges(data=True)}
    )


def test_communities_are_the_same_each_time_and_are_no_worse_than_louvain(networks) -> None:  # type: ignore[no-untyped-def]
    network = networks["everything"]
    first = communities(network)
    assert first == communities(network)
    graph, iris = to_rustworkx(network)
    simple = nx.Graph()
    simple.add_nodes_from(iris)
    simple.add_weighted_edges_from((iris[s], iris[t], w) for s, t, w in graph.weighted_edge_list())
    groups = [{i for i in first if first[i] == n} for n in set(first.values())]
    louvain = nx.community.louvain_communities(simple, seed=1)
    assert nx.community.modularity(simple, groups) > nx.community.modularity(simple, louvain) - 0.03


def test_a_measure_is_told_per_document_and_shows_how_it_moves(store: ox.Store) -> None:
    found = measure(store, "instruments-and-goals", "betweenness")
    documents = {row.document for row in found.rows}
    assert EQUAL in documents and len(documents) > 2
    assert {s.variant for s in found.stability} == {
        "without interpreted",
        "with not asserted",
        "first reader",
        "second reader",
    }
    assert any(row.value != row.variants["first reader"] for row in found.rows)


def test_two_documents_are_compared_edge_by_edge(networks) -> None:  # type: ignore[no-untyped-def]
    network = networks["everything"]
    one, other = network.documents()[:2]
    for d in compare(network, one, other):
        back = next(b for b in compare(network, other, one) if b.relation == d.relation)
        assert (d.gained, d.lost, d.jaccard) == (back.lost, back.gained, back.jaccard)
        assert 0 <= d.jaccard <= 1
    assert all(d.jaccard == 1 for d in compare(network, one, one))


def test_a_mistake_is_named(store: ox.Store) -> None:
    with pytest.raises(UnknownViewError, match="did you mean 'who-wants-what'"):
        collect(store, "who-want-what")
    with pytest.raises(UnknownParameterError):
        collect(store, "everything", {"land": "country:UKR"})
    with pytest.raises(ParameterValueError, match="it is no gro:Document"):
        collect(store, "everything", {"document": "country:UKR"})
    with pytest.raises(ParameterValueError):
        collect(store, "everything", {"document": "document:x> } #"})
    with pytest.raises(EmptyNetworkError, match=r"Looked for and not found. Looked for .* in: HGIS"):
        collect(
            store,
            "treaties-and-goals",
            {"norm": "treaty:mvruim", "document": "document:hgis-jaarverslag-2022-thema-2"},
        )


@pytest.mark.parametrize("name", NAMES)
def test_no_two_boxes_of_a_picture_overlap(name: str, networks) -> None:  # type: ignore[no-untyped-def]
    places = list(lay_out(networks[name]).places.values())
    assert places
    for n, a in enumerate(places):
        for b in places[n + 1 :]:
            assert abs(a[0] - b[0]) >= WIDTH - 0.5 or abs(a[1] - b[1]) >= HEIGHT - 0.5


def test_a_picture_has_a_legend_and_all_its_labels_and_png_is_png(networks) -> None:  # type: ignore[no-untyped-def]
    text = whole(networks["instruments-and-goals"], "svg").decode()
    assert ">goal<" in text and ">instrument<" in text and ">contributes to<" in text
    shown = lay_out(networks["instruments-and-goals"]).network.nodes.values()
    assert all(escape(f"{node.en} ({node.kind}, ") in text for node in shown)
    assert whole(networks["around-one-thing"], "png").startswith(b"\x89PNG")


def luminance(code: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(code[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_pictures_have_the_colours_of_the_pages_and_white_can_be_read_on_them() -> None:
    style = (Path(kg.__file__).parent / "web" / "static" / "style.css").read_text(encoding="utf-8")
    for kind in (
        "Goal",
        "Theme",
        "Instrument",
        "Treaty",
        "Organisation",
        "Group",
        "Country",
        "Event",
        "Document",
    ):
        assert f"--k-{kind}: light-dark({colour(kind)}," in style
    for kind in ("IntendedResult", "LegalNorm", "Role", "Region", "Place", "Issue"):
        assert f".network .k-{kind} {{ color: light-dark({colour(kind)}," in style
    for number, stroke in enumerate(STROKES):
        assert f".network .e{number} {{ stroke: light-dark({stroke}," in style
    assert all(1.05 / (luminance(code) + 0.05) >= 4.5 for code in COLOURS.values())


def test_a_picture_of_a_dense_network_shows_no_more_lines_than_can_be_read(networks) -> None:  # type: ignore[no-untyped-def]
    shown = lay_out(networks["everything"]).network
    assert len({frozenset((e.source, e.target)) for e in shown.edges}) <= MOST_LINES
    assert len(shown.nodes) > 20


def test_python_gives_networkx(release: Release) -> None:
    kept = str(release.folder.parent)
    graph = kg.network("around-one-thing", releases=kept, thing="instrument:jisra", hops="2")
    assert graph.nodes["instrument:jisra"]["class"] == "Instrument"
    near = kg.network("around-one-thing", releases=kept)
    assert set(near) < set(graph) and all(d["claim"] and d["passage"] for *_, d in near.edges(data=True))


def test_a_literal_is_never_a_node_and_a_synthetic_release_is_read(tmp_path: Path) -> None:
    synthetic.write(tmp_path / "x.nq", 200, 900, 100)
    found = collect(open_store(tmp_path / "x.nq"), "what-holds")
    assert (len(found.edges), sum(1 for e in found.edges if e.claims)) == (900, 100)
    assert all(iri.startswith("https://") for iri in found.nodes)
