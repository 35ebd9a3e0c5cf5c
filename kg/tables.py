"""Tables that people take away: CSV, a spreadsheet, and Markdown with footnotes.

CSV is RFC 4180 with the labels and the IRIs side by side. The spreadsheet is safe to open: texts are
stored as texts, so nothing that begins with ``=`` is ever run.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from kg.answers import Answer, Cell
from kg.footnotes import citation, footnotes
from kg.vocabulary import shorten

NUMBERS = ("xsd:integer", "xsd:decimal", "xsd:double", "xsd:nonNegativeInteger", "xsd:int", "xsd:long")


def header(answer: Answer) -> list[str]:
    """Return the column names: each variable that holds things has its label beside it."""
    return [
        name
        for c in answer.columns
        for name in ([c.name, f"{c.name}_label"] if _things(answer, c.name) else [c.name])
    ]


def _things(answer: Answer, name: str) -> bool:
    at = [c.name for c in answer.columns].index(name)
    labelled = f"{name}Label" in {c.name for c in answer.columns}
    return not labelled and any(c is not None and c.type == "iri" for row in answer.rows for c in [row[at]])


def lexical(cell: Cell | None) -> str:
    """Return the value of a cell as text, IRIs shortened."""
    if cell is None:
        return ""
    return shorten(cell.value) if cell.type == "iri" else cell.value


def rows(answer: Answer) -> Iterator[list[str]]:
    """Yield the rows as texts, in the order of ``header``."""
    things = [_things(answer, c.name) for c in answer.columns]
    for row in answer.rows:
        out: list[str] = []
        for cell, thing in zip(row, things, strict=True):
            out.append(lexical(cell))
            if thing:
                out.append((cell.label or "") if cell else "")
        yield out


def to_csv(answer: Answer) -> str:
    """Return the rows as CSV (RFC 4180), with the numbers of the footnotes where there is a proof."""
    out = io.StringIO()
    writer = csv.writer(out)
    _, numbers = footnotes(answer)
    proved = answer.proof is not None
    writer.writerow(header(answer) + (["footnotes"] if proved else []))
    for row, notes in zip(rows(answer), numbers, strict=False):
        writer.writerow(row + ([" ".join(map(str, notes))] if proved else []))
    return out.getvalue()


def to_xlsx(answer: Answer) -> bytes:
    """Return a workbook: the rows, the footnotes, and how to cite it."""
    import xlsxwriter  # here, since it takes long to import and few ask for it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True})
    notes, numbers = footnotes(answer)
    sheet = book.add_worksheet("Rows")
    names = [*header(answer), *(["footnotes"] if answer.proof else [])]
    for at, name in enumerate(names):
        sheet.write_string(0, at, name, bold)
    kinds = [n for c in answer.columns for n in ([c, None] if _things(answer, c.name) else [c])]
    for line, (row, cites) in enumerate(zip(rows(answer), numbers, strict=False), 1):
        for at, value in enumerate(row):
            column: Any = kinds[at]
            if column is not None and column.type in NUMBERS and value:
                sheet.write_number(line, at, float(value))
            else:
                sheet.write_string(line, at, value)
        if answer.proof:
            sheet.write_string(line, len(names) - 1, " ".join(map(str, cites)))
    sheet.freeze_panes(1, 0)
    beside = book.add_worksheet("Footnotes")
    for line, note in enumerate(notes):
        beside.write_number(line, 0, note.number)
        beside.write_string(line, 1, note.text)
    about = book.add_worksheet("About")
    for line, text in enumerate(
        [answer.title, answer.text, answer.verdict_text, *answer.warnings, citation(answer)]
    ):
        about.write_string(line, 0, text)
    book.set_properties({"title": answer.title, "comments": citation(answer)})
    book.close()
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("[^", "\\[^")


def to_markdown(answer: Answer) -> str:
    """Return a table with labels, its footnotes, and how to cite it."""
    notes, numbers = footnotes(answer)
    lines = [f"**{_escaped(answer.title)}.** {_escaped(answer.text)}", ""]
    if answer.parameters:
        lines += [", ".join(f"{k}: `{v}`" for k, v in answer.parameters.items()), ""]
    if answer.rows:
        lines.append("| " + " | ".join(c.name for c in answer.columns) + " |")
        lines.append("|" + "---|" * len(answer.columns))
        for row, cites in zip(answer.rows, numbers, strict=False):
            texts = [_escaped((c.label or lexical(c)) if c else "") for c in row]
            marks = "".join(f"[^{n}]" for n in cites)
            texts[-1] += f" {marks}" if marks else ""
            lines.append("| " + " | ".join(texts) + " |")
        lines.append("")
    lines += [answer.verdict_text, *answer.warnings, "", _escaped(citation(answer)), ""]
    lines += [f"[^{n.number}]: {_escaped(n.text)}" for n in notes]
    return "\n".join(lines) + "\n"
