"""Markdown in, a page's HTML out: headings that can be linked, tables that scroll, queries that can be tried.

CommonMark (https://spec.commonmark.org/0.31.2/) and tables, by markdown-it-py; HTML in the Markdown is shown as
text, never as HTML. What a block of code is says the word after its fence:

- ``sparql``: a query, with a link to the editor;
- ``csv answer``: the answer of the query before it, shown as a table;
- ``… file=NAME``: a file that the reader makes, with its name and a link that saves it;
- ``console``: commands after ``$``, and what they print.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

COMMENT = re.compile(r"^<!--.*?-->[ \t]*\n?", re.MULTILINE | re.DOTALL)
EDITABLE = 6000
"""Characters of an address that every browser and server takes; a longer query has no link."""

Place = Callable[[str], str | None]
"""Where a relative link leads on this site; None where there is nothing here."""


@dataclass(frozen=True)
class Heading:
    """A heading below the title: its level (2 or more), its anchor, its words."""

    level: int
    anchor: str
    words: str


@dataclass(frozen=True)
class Words:
    """What the page itself says around the text, in the reader's language."""

    table: str = "table"
    answer: str = "Answer"
    edit: str = "Try it in the editor"
    save: str = "save"


@dataclass(frozen=True)
class Rendered:
    """A text as HTML, with its title apart and its headings in order."""

    title: str
    html: Markup
    headings: tuple[Heading, ...] = field(default=())


class _Renderer(RendererHTML):
    """Writes tables and blocks of code as this site shows them."""

    words = Words()

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        env["tables"] = env.get("tables", 0) + 1
        label = escape(f"{self.words.table} {env['tables']}")
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        kind, _, rest = tokens[idx].info.strip().partition(" ")
        content = tokens[idx].content
        if kind == "mermaid":
            return ""  # its picture is drawn at /def
        if (kind, rest) == ("csv", "answer"):
            return self._answer(content)
        shown: str = _console(content) if kind == "console" else escape(content)
        block = f'<pre><code class="language-{escape(kind or "text")}">{shown}</code></pre>\n'
        if name := dict(p.split("=", 1) for p in rest.split() if "=" in p).get("file"):
            return self._file(name, content, block)
        if kind == "sparql" and "SERVICE" not in content and len(quote(content)) < EDITABLE:
            address = escape("/sparql?" + urlencode({"edit": content}))
            return f'{block}<p class="acts"><a href="{address}">{escape(self.words.edit)}</a></p>\n'
        return block

    def _answer(self, content: str) -> str:
        head, *rows = csv.reader(content.splitlines())
        cells = [f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows]
        names = "".join(f'<th scope="col">{escape(n)}</th>' for n in head)
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(self.words.answer)}">'
            f"<table><caption>{escape(self.words.answer)}</caption><thead><tr>{names}</tr></thead>"
            f"<tbody>{''.join(cells)}</tbody></table></div>\n"
        )

    def _file(self, name: str, content: str, block: str) -> str:
        address = escape("data:text/plain;charset=utf-8," + quote(content))
        link = f'<a download="{escape(name)}" href="{address}">{escape(self.words.save)}</a>'
        said = f"<figcaption><code>{escape(name)}</code> · {link}</figcaption>"
        return f'<figure class="file">{said}{block}</figure>\n'


def _console(content: str) -> Markup:
    """Return a session with its prompts apart, so that copying the commands leaves them behind."""
    lines = [
        Markup('<span class="prompt">{} </span><b>{}</b>').format(line[:1], line[2:])
        if line.startswith(("$ ", "> "))
        else escape(line)
        for line in content.splitlines()
    ]
    return Markup("\n").join(lines) + Markup("\n")


def anchor_of(words: str) -> str:
    """Return the anchor of a heading, as GitHub makes it.

    >>> anchor_of("`kg ask NAME`: one question, answered")
    'kg-ask-name-one-question-answered'
    """
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")


def plain(token: Token) -> str:
    """Return the words of an inline token without their marks."""
    return "".join(c.content for c in token.children or [] if c.type in ("text", "code_inline"))


def parser() -> MarkdownIt:
    """Return the parser that reads our Markdown: CommonMark with tables, without HTML."""
    options = {"html": False, "typographer": True}
    return MarkdownIt("commonmark", options, renderer_cls=_Renderer).enable(["table", "smartquotes"])


def render(
    source: str, place: Place, words: Words | None = None, pages: Collection[str] = frozenset()
) -> Rendered:
    """Return *source* as HTML; *place* says where its relative links lead.

    An address in code that is one of *pages* becomes a link to it, for on this site it is one.
    """
    markdown, env = parser(), {}  # type: ignore[var-annotated]
    assert isinstance(markdown.renderer, _Renderer)
    markdown.renderer.words = words or Words()
    tokens = markdown.parse(COMMENT.sub("", source), env)
    title, headings, seen = "", [], Counter[str]()
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title, tokens = plain(tokens[1]), tokens[3:]
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            said = plain(tokens[at + 1])
            anchor = anchor_of(said)
            seen[anchor] += 1
            anchor += f"-{seen[anchor] - 1}" if seen[anchor] > 1 else ""
            token.attrSet("id", anchor)
            headings.append(Heading(int(token.tag[1:]), anchor, said))
        for child in token.children or []:
            _lead(child, place)
        if token.children:
            token.children = list(_linked(token.children, pages))
    html = Markup(markdown.renderer.render(tokens, markdown.options, env))
    return Rendered(title, html, tuple(headings))


def _linked(children: Sequence[Token], pages: Collection[str]) -> Iterator[Token]:
    """Yield *children*, the addresses of *pages* as links where they are not in one already."""
    inside = 0
    for child in children:
        inside += child.nesting if child.type in ("link_open", "link_close") else 0
        is_page = child.type == "code_inline" and child.content in pages and not inside
        if is_page:
            yield Token("link_open", "a", 1, attrs={"href": child.content})
        yield child
        if is_page:
            yield Token("link_close", "a", -1)


def _lead(token: Token, place: Place) -> None:
    """Let a relative link or picture lead where it is on this site; a link to nothing here is no link."""
    name: Any = {"link_open": "href", "image": "src"}.get(token.type)
    given = str(token.attrGet(name)) if name else ""
    if not name or re.match(r"[a-z]+:|/|#", given):
        return
    path, hash_mark, anchor = given.partition("#")
    found = place(path)
    if found is None:
        token.attrs.pop(name)
    else:
        token.attrSet(name, found + hash_mark + anchor)
