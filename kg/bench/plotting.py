"""A run as a picture: how long each query takes each server, and what many clients cost it."""

from __future__ import annotations

import io
from typing import Any

STYLE = {
    "grotius": ("#0b5cad", "o"),
    "grotius, repeated": ("#6fb1f0", "o"),
    "oxigraph": ("#c2410c", "s"),
    "virtuoso": ("#7c3aed", "D"),
    "rdflib-endpoint": ("#15803d", "^"),
    "flask + rdflib": ("#86a80f", "v"),
}
"""Colour and mark of each server; the marks tell them apart without colour, too."""


def to_svg(found: dict[str, Any]) -> bytes:
    """Return one run of ``compare`` as SVG, the same bytes for the same run; needs ``grotius[bench]``."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "grotius", "svg.fonttype": "none", "font.family": "sans-serif"}):
        figure = Figure(figsize=(10, 6.2), layout="constrained")
        queries, clients = figure.subplots(1, 2, width_ratios=(3, 2))
        _queries(queries, found)
        _clients(clients, found)
        figure.suptitle(
            f"{found['triples']:,} triples: further left is better; each line is ten times the last"
        )
        figure.legend(loc="outside lower center", ncols=len(found["peers"]), frameon=False)
        image = io.BytesIO()
        figure.savefig(image, format="svg", metadata={"Date": None, "Creator": None})
    return image.getvalue()


def _queries(axes: Any, found: dict[str, Any]) -> None:
    """Draw the median of each analytic query at each server as a point."""
    asked = [q for q in found["queries"] if q[:2].isdigit()]
    for name in found["peers"]:
        colour, mark = STYLE[name]
        points = [(by[name].get("median_ms"), i) for i, q in enumerate(asked) if (by := found["queries"][q])]
        known = [(x, i) for x, i in points if x]
        axes.plot(*zip(*known, strict=True), mark, color=colour, label=name, markersize=6)
    axes.set(xscale="log", xlabel="milliseconds, one client (median)", ylim=(len(asked) - 0.5, -0.5))
    axes.set_yticks(range(len(asked)), [q[3:].replace("-", " ") for q in asked])
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="both", alpha=0.3)


def _clients(axes: Any, found: dict[str, Any]) -> None:
    """Draw the processor time of a request with the most clients, of the light mix and of look-ups."""
    names, height = list(found["peers"]), 0.8 / len(found["peers"])
    parts = (("light_mix", "light mix"), ("look_up", "look-up"))
    for i, name in enumerate(names):
        used = [found[part][name][-1]["cpu_us"] for part, _ in parts]
        places = [row + (i + 0.5) * height - 0.4 for row in range(len(parts))]
        bars = axes.barh(places, used, height, color=STYLE[name][0])
        axes.bar_label(bars, [f"{x:,}" for x in used], padding=3, fontsize=8)
    most = found["light_mix"][names[0]][-1]["clients"]
    axes.set(xscale="log", xlabel=f"µs of processor time for a request, {most} clients")
    axes.set_yticks(range(len(parts)), [label for _, label in parts])
    axes.invert_yaxis()
    axes.margins(x=0.35)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="x", alpha=0.3)
