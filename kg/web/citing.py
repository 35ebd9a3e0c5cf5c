"""How to cite a thing or a claim, from the release it was read in."""

from __future__ import annotations

import json

from kg.web.reading import name, reading, sentence


def citation(iri: str) -> dict[str, str]:
    """Return how to cite *iri* from this release: in words, BibTeX, and CSL-JSON."""
    statement = reading().catalogue.statements.get(iri)
    title = sentence(statement) if statement else str(name(iri))
    release = reading().release
    key = "grotius-" + "-".join(iri.rsplit("/", 2)[-2:])
    return {
        "words": f"“{title}”. Grotius, release {release}. {iri}",
        "bibtex": f"@misc{{{key},\n  title = {{{{{title}}}}},\n"
        f"  howpublished = {{Grotius, release {release}}},\n"
        f"  url = {{{iri}}}\n}}",
        "csl": json.dumps(
            [
                {
                    "id": key,
                    "type": "dataset",
                    "title": title,
                    "publisher": "Grotius",
                    "version": release,
                    "URL": iri,
                }
            ],
            ensure_ascii=False,
        ),
    }
