"""The release: everything that is said and follows, as canonical N-Quads with statistics and a manifest.

Two builds of the same inputs give the same bytes on any machine. A release is built beside the old one
and put in its place in one step, so invalid data never replaces a valid release.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from rdflib import Dataset, Graph
from rdflib.namespace import RDF, RDFS

from kg import resources
from kg.assertion import assert_claims
from kg.curation import load, union
from kg.entailment import entail
from kg.errors import KGError
from kg.labels import label_everything
from kg.linking.observations import add_tables, is_metadata, table_of
from kg.links import add_links
from kg.passages import verify
from kg.publishing.files import add_description, files_beside
from kg.resources import resource
from kg.shacl import read_graph
from kg.validation import Report, validate
from kg.vocabulary import DEF, GRO, ontology, shorten

DATA, MANIFEST = "grotius.nq", "manifest.json"
SERVING = ("web", "evaluation", "sparql", "cli", "bench")
"""Parts of the package that serve or measure a release; none is made from them."""
Progress = Callable[[str], None]


class NotConformingError(KGError):
    """The data do not conform to the shapes; the old release stays."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(report.to_text() + "\n\nno release was built; the old one, if any, is untouched")


class NoReleaseError(KGError):
    """There is no release where one should be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"no release in {folder}: run `kg build`")


class GoneFileError(KGError):
    """A file of the user's own, with which the release was last built, is no longer there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path}: the release was last built with it, and it is gone: run `kg build` without it, or"
            " `kg build --with` where it is now"
        )


class AbsentReleaseError(KGError):
    """An older release that is asked for is not kept here."""

    def __init__(self, folder: Path, name: str, known: Iterable[str]) -> None:
        self.folder, self.name, self.known = folder, name, tuple(known)
        super().__init__(
            f"no release {name!r} in {folder.name}/ (there: {', '.join(self.known) or 'none'}): put its folder"
            " there, from the archive or from whoever cites it"
        )


@dataclass(frozen=True)
class Release:
    """One release in a folder of its own; ``name`` is made of its content."""

    folder: Path

    @property
    def nquads(self) -> Path:
        """The data, as canonical N-Quads."""
        return self.folder / DATA

    @property
    def manifest(self) -> dict[str, object]:
        """What is in the release, and from what it was built."""
        content: dict[str, object] = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        return content

    @property
    def name(self) -> str:
        """The first twelve digits of the hash of its data."""
        return str(self.manifest["release"])


def releases_folder(option: str | None = None) -> Path:
    """Return the folder that holds releases: ``--releases``, ``KG_RELEASES``, else beside the project."""
    if name := option or os.environ.get("KG_RELEASES"):
        return Path(name)
    if (resources.PACKAGE / "resources").exists():
        return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "grotius"
    return resources.PACKAGE.parent / "releases"


def _input_files() -> list[Path]:
    roots = [resource("data"), resource("ontology"), resource("queries"), resources.PACKAGE]
    found = {p for root in roots for p in root.rglob("*") if p.suffix in (".ttl", ".tsv", ".rq", ".py")}
    beside = [resource("data") / "readings", *(resources.PACKAGE / name for name in SERVING)]
    return sorted(p for p in found if not any(p.is_relative_to(place) for place in beside))


def inputs_hash(extra: Iterable[Path] = ()) -> str:
    """Return one hash over all that a release is built from: data, ontology, rules and code."""
    root = resource("data").parent
    digest = hashlib.sha256()
    for path in [*_input_files(), *extra]:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def conclude(dataset: Dataset) -> None:
    """Add to a curated dataset all that is not curated: links, plain triples, entailments, labels."""
    add_links(dataset)
    assert_claims(dataset)
    entail(dataset)
    label_everything(dataset)


def canonical(dataset: Dataset) -> list[str]:
    """Return the sorted lines of canonical N-Quads (RDFC-1.0), the default graph holding each triple once."""
    quads = ox.Dataset(
        ox.parse(dataset.serialize(format="nquads", encoding="utf-8"), format=ox.RdfFormat.N_QUADS)
    )
    quads.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = set()
    for quad in quads:
        lines.add(f"{quad} .\n")
        lines.add(f"{quad.triple} .\n")
    return sorted(lines)


def statistics(graph: Graph) -> dict[str, dict[str, int]]:
    """Return how many things each class has, and how many claims each relation has."""
    classes = Counter(shorten(str(o)) for o in graph.objects(None, RDF.type) if str(o).startswith(DEF))
    stated = Counter(shorten(str(graph.value(c, GRO.predicate))) for c in graph.subjects(RDF.type, GRO.Claim))
    total = {"triples": len(graph), "labels": sum(1 for _ in graph.triples((None, RDFS.label, None)))}
    return {"total": total, "classes": dict(sorted(classes.items())), "claims": dict(sorted(stated.items()))}


def write(folder: Path, lines: list[str], facts: dict[str, object], dataset: Dataset | None = None) -> Release:
    """Write a release beside the others and make it current in one step; *dataset* holds its description."""
    data = "".join(lines).encode()
    digest = hashlib.sha256(data).hexdigest()
    described = files_beside(dataset, digest[:12], len(data), digest) if dataset is not None else {}
    beside = {DATA: data, **described}
    files = {n: {"sha256": hashlib.sha256(b).hexdigest(), "bytes": len(b)} for n, b in beside.items()}
    manifest = {"release": digest[:12], "files": files, **facts}
    final = folder / digest[:12]
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder))
    try:
        for name, content in beside.items():
            (draft / name).write_bytes(content)
        (draft / MANIFEST).write_text(
            json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        draft.chmod(0o755)
        try:
            draft.rename(final)
        except OSError:  # another writer was first with the same content
            (draft / MANIFEST).replace(final / MANIFEST)
        pointer = Path(f"{draft}.current")
        pointer.write_text(digest[:12] + "\n", encoding="utf-8")
        pointer.replace(folder / "current")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Release(final)


def current(folder: Path) -> Release:
    """Return the release that was built last into *folder*."""
    try:
        release = Release(folder / (folder / "current").read_text(encoding="utf-8").strip())
    except FileNotFoundError as error:
        raise NoReleaseError(folder) from error
    if not release.nquads.exists():
        raise NoReleaseError(folder)
    return release


def named(folder: Path, name: str) -> Release:
    """Return the release *name*, or a longer name that begins so; raises AbsentReleaseError."""
    known = sorted(p.parent.name for p in folder.glob(f"*/{MANIFEST}"))
    found = [k for k in known if len(name) >= 6 and k.startswith(name)]
    if len(found) != 1:
        raise AbsentReleaseError(folder, name, known)
    return Release(folder / found[0])


def shapes() -> Graph:
    """Return the shapes that the data must conform to."""
    return read_graph(resource("ontology") / "shapes" / "data.ttl")


def data_files() -> list[Path]:
    """Return the curated files."""
    return sorted(resource("data").rglob("*.ttl"))


def _remembered(folder: Path) -> list[Path]:
    """Return the user's own files that the release in *folder* was last built with."""
    try:
        return [Path(line) for line in (folder / "with").read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def _remember(folder: Path, extra: Iterable[Path]) -> None:
    (folder / "with").write_text("".join(f"{p.resolve()}\n" for p in extra), encoding="utf-8")


def build(
    folder: Path,
    *,
    extra: Iterable[Path] | None = None,
    sources: Path | None = None,
    progress: Progress = lambda _: None,
) -> Release:
    """Build a release into *folder*, or return the current one where nothing it is made from has changed.

    *extra*: a user's own files, Turtle or CSVW metadata of a linked table; None keeps those of the last build.
    *sources*: a folder with the texts; then every anchor is verified first, whatever has changed.
    Raises NotConformingError, PassageError, AlteredSourceError, GoneFileError; the old release always stays.
    """
    extra = _remembered(folder) if extra is None else list(extra)
    for path in extra:
        if not path.is_file():
            raise GoneFileError(path)
    made_from = inputs_hash([*extra, *(table_of(p) for p in extra if is_metadata(p))])
    fresh: Release | None = None
    try:
        old = current(folder)
        fresh = old if old.manifest.get("inputs") == made_from else None
    except NoReleaseError:
        pass
    if fresh and not sources:
        return fresh
    progress("reading the curated files")
    dataset = load(extra=[p for p in extra if not is_metadata(p)])
    add_tables(dataset, [p for p in extra if is_metadata(p)])
    said = union(dataset)
    if sources:
        progress("verifying every anchor against the texts")
        verify(said, sources)
    if fresh:
        return fresh
    progress("validating what is said (SHACL)")
    report = validate(
        said, shapes(), ontology(), files=[*data_files(), *(p for p in extra if not is_metadata(p))]
    )
    if not report.conforms:
        raise NotConformingError(report)
    progress("deriving what is asserted and what follows")
    conclude(dataset)
    progress("writing the release")
    whole = union(dataset)
    facts: dict[str, object] = {"inputs": made_from, "statistics": statistics(whole)}
    add_description(dataset, whole)
    release = write(folder, canonical(dataset), facts, dataset)
    _remember(folder, extra)
    return release
