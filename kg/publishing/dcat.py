"""The catalogue record of a release, as DCAT-AP 3 and as schema.org.

See https://semiceu.github.io/DCAT-AP/releases/3.0.0/.
"""

from __future__ import annotations

from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, XSD

from kg.publishing.addresses import (
    DATA_LICENCE,
    DATASET,
    DESCRIPTION,
    HOME,
    KEYWORDS,
    SPARQL,
    TITLE,
    dump,
)

SPDX = Namespace("http://spdx.org/rdf/terms#")
EU = "http://publications.europa.eu/resource/authority/"
MEDIA = "https://www.iana.org/assignments/media-types/"
PUBLISHER = "The Grotius editors"
SPARQL_PROTOCOL = "https://www.w3.org/TR/sparql11-protocol/"


def catalogue(release: str, size: int, sha256: str) -> Graph:
    """Return the catalogue of one release of *size* bytes; no clock goes into it."""
    graph = Graph()
    record, dataset = URIRef(f"{HOME}catalogue"), URIRef(DATASET)
    version, file = URIRef(f"{DATASET}/{release}"), URIRef(dump(release))
    service, publisher = URIRef(SPARQL), URIRef(f"{HOME}publisher")
    checksum = URIRef(f"{DATASET}/{release}#sha256")
    for thing, kind in (
        (record, DCAT.Catalog),
        (dataset, DCAT.Dataset),
        (version, DCAT.Dataset),
        (URIRef(f"{file}#distribution"), DCAT.Distribution),
        (service, DCAT.DataService),
        (publisher, FOAF.Agent),
        (checksum, SPDX.Checksum),
    ):
        graph.add((thing, RDF.type, kind))
    graph.add((publisher, FOAF.name, Literal(PUBLISHER, lang="en")))
    for thing in (record, dataset, version, service):
        for language in ("nl", "en"):
            title = TITLE[language] + (f" ({release})" if thing == version else "")
            graph.add((thing, DCTERMS.title, Literal(title, lang=language)))
            graph.add((thing, DCTERMS.description, Literal(DESCRIPTION[language], lang=language)))
        graph.add((thing, DCTERMS.publisher, publisher))
        graph.add((thing, DCTERMS.license, URIRef(DATA_LICENCE)))
    for thing in (dataset, version):
        for language in ("NLD", "ENG"):
            graph.add((thing, DCTERMS.language, URIRef(f"{EU}language/{language}")))
        for theme in ("GOVE", "JUST", "INTR"):
            graph.add((thing, DCAT.theme, URIRef(f"{EU}data-theme/{theme}")))
        for word in KEYWORDS:
            graph.add((thing, DCAT.keyword, Literal(word, lang="en")))
        graph.add((thing, DCTERMS.accessRights, URIRef(f"{EU}access-right/PUBLIC")))
        graph.add((record, DCAT.dataset, thing))
    graph.add((dataset, URIRef(f"{DCAT}hasVersion"), version))
    graph.add((version, URIRef(f"{DCAT}version"), Literal(release)))
    graph.add((version, DCTERMS.isVersionOf, dataset))
    distribution = URIRef(f"{file}#distribution")
    for thing in (dataset, version):
        graph.add((thing, DCAT.distribution, distribution))
    graph.add((distribution, DCAT.accessURL, version))
    graph.add((distribution, DCAT.downloadURL, file))
    graph.add((distribution, DCAT.mediaType, URIRef(f"{MEDIA}application/n-quads")))
    graph.add((distribution, DCAT.byteSize, Literal(size, datatype=XSD.nonNegativeInteger)))
    graph.add((distribution, DCTERMS.license, URIRef(DATA_LICENCE)))
    graph.add((distribution, SPDX.checksum, checksum))
    graph.add((checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256))
    graph.add((checksum, SPDX.checksumValue, Literal(sha256, datatype=XSD.hexBinary)))
    graph.add((record, DCAT.service, service))
    graph.add((service, DCAT.endpointURL, service))
    graph.add((service, DCAT.servesDataset, dataset))
    graph.add((service, DCTERMS.conformsTo, URIRef(SPARQL_PROTOCOL)))
    return graph


def dataset_json(release: str, size: int, language: str = "en") -> dict[str, Any]:
    """Return the release as ``schema.org/Dataset``, to be put into a page as JSON-LD."""
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": DATASET,
        "name": TITLE[language],
        "description": DESCRIPTION[language],
        "url": HOME,
        "identifier": f"{DATASET}/{release}",
        "version": release,
        "license": DATA_LICENCE,
        "isAccessibleForFree": True,
        "inLanguage": ["nl", "en"],
        "keywords": list(KEYWORDS),
        "creator": {"@type": "Organization", "name": PUBLISHER, "url": HOME},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/n-quads",
                "contentUrl": dump(release),
                "contentSize": f"{size} B",
            }
        ],
    }
