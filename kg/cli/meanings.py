"""What the reference says in words of what the code only names: exit codes, parameters, places."""

from __future__ import annotations

EXITS = {
    0: "fine",
    1: "the data, an anchor or an answer does not hold",
    2: "the command was used wrongly; the sentence says how",
    3: "anything else: a file that cannot be read, no release, a server that does not answer",
}
"""Meaning of each exit code."""

PLACES = {
    "KG_RELEASES": "Folder that keeps releases.",
    "KG_SOURCES": "Folder with the five texts; without it only anchors are shown, and none is verified.",
    "KG_TRACKER": "Address of a tracker's form for new issues, where a questioned claim is reported.",
    "KG_STORE_UPDATE": "Where the SPARQL server behind takes updates, if not where Oxigraph or Virtuoso would.",
    "KG_STORE_GRAPHS": "Where it takes graphs (Graph Store Protocol), if not where they would.",
}
"""Settings of the environment that the code does not describe where it reads them."""

PARAMETERS = {
    "a": "the first document of a comparison: `document:…`",
    "b": "the second document of a comparison",
    "claim": "the claim to report about: `claim:nota-0100`",
    "cursor": "where the next part of a list of suggestions begins",
    "default": "the default graph (Graph Store Protocol)",
    "default-graph-uri": "a graph to be part of the default graph; instead of FROM; may be repeated",
    "document": "only what this document says; may be repeated",
    "edit": "a query to put into the editor, without running it",
    "entailed": "`yes`: what follows by rule, too",
    "example": "a question of the library, to begin with in the editor",
    "extend": "a data extension request (Reconciliation 0.2)",
    "format": "the format of the answer, before the header Accept: `json`, `csv`, `tsv`, `xml`, `ttl`, `nt` …",
    "from": "where a network or path begins: an identifier or a name; may be repeated",
    "graph": "the graph to read or write, by its IRI",
    "id": "the identifier to show",
    "kind": "only things of this class, such as `Country`; may be repeated",
    "lang": "the language of labels and words: `nl` or `en`",
    "limit": "how many at most",
    "measure": "what a view is measured by: `degree`, `betweenness`, `pagerank`, `communities`, `comparison`",
    "merge": "`parallel`, `relation` or `pair`: which edges of a network become one",
    "most": "how many things a picture has at most (300 is the limit)",
    "named-graph-uri": "a named graph of the dataset; instead of FROM NAMED; may be repeated",
    "node": "a thing that the picture has; may be repeated",
    "prefix": "what was typed",
    "proof": "`false`: the answer without the passages; in a CSV, `true`: with them",
    "q": "the words to look for",
    "queries": "a batch of reconciliation queries, as JSON",
    "query": "the query (SPARQL Protocol)",
    "relation": "only claims of this relation, such as `isActiveIn`; may be repeated",
    "release": "an older release, by the first digits of its name",
    "result": "the result hash that is expected: the page says whether the answer still has it",
    "role": "the role of the countries on the map, such as `targets-by`",
    "stance": "`all`: also what is planned, wished for, conditional or denied",
    "to": "where a path ends",
    "type": "the class whose properties are asked",
    "update": "the update (SPARQL Protocol); only by POST",
    "using-graph-uri": "a graph of an update's default graph; may be repeated",
    "using-named-graph-uri": "a named graph of an update's dataset; may be repeated",
}
"""Parameters of addresses; those of a question are its blanks."""
