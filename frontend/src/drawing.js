// One picture of things and what joins them: sigma draws, forceatlas2 lays out, SVG and PNG come from the same places.
import Graph from "graphology";
import forceAtlas2 from "graphology-layout-forceatlas2";
import Sigma from "sigma";

const style = () => getComputedStyle(document.body);
const resolved = new Map();
// light-dark() only has a value once it is used: ask a real element for it.
export function colour(name) {
  const key = name + (document.documentElement.dataset.shade ?? "") + matchMedia("(prefers-color-scheme: dark)").matches;
  if (!resolved.has(key)) {
    const probe = document.createElement("i");
    probe.style.color = `var(${name}, var(--k-other))`;
    document.body.append(probe);
    resolved.set(key, getComputedStyle(probe).color);
    probe.remove();
  }
  return resolved.get(key);
}

const short = (label) => (label.length > 38 ? label.slice(0, 37).trimEnd() + "…" : label);

export class Drawing {
  constructor(container, { onNode, onEdge }) {
    this.graph = new Graph({ multi: true, type: "directed" });
    this.container = container;
    this.sigma = new Sigma(this.graph, container, {
      renderEdgeLabels: true, labelDensity: 0.8, labelRenderedSizeThreshold: 5, defaultEdgeType: "arrow", allowInvalidContainer: true,
      labelColor: { color: colour("--ink") }, edgeLabelColor: { color: colour("--soft") }, labelFont: style().fontFamily, enableEdgeEvents: true, zIndex: true,
    });
    this.sigma.on("clickNode", ({ node }) => onNode?.(this.graph.getNodeAttributes(node)));
    this.sigma.on("clickEdge", ({ edge }) => onEdge?.(this.graph.getEdgeAttributes(edge)));
  }

  add({ nodes, edges }) {
    const { graph } = this;
    nodes.forEach((node, i) => {
      const angle = i * 2.399963, far = Math.sqrt(i + 1);
      const size = (node.focus ? 11 : 5) + Math.min(4, Math.log2((node.more ?? 0) + 1));
      const about = { ...node, size, color: colour(`--k-${node.kind}`), caption: node.label, label: short(node.label) + (node.more ? ` +${node.more}` : ""), forceLabel: Boolean(node.focus) };
      if (graph.hasNode(node.id)) graph.mergeNodeAttributes(node.id, about);
      else graph.addNode(node.id, { x: far * Math.cos(angle), y: far * Math.sin(angle), ...about });
    });
    const few = edges.length <= 14;
    for (const edge of edges) {
      if (graph.hasEdge(edge.id) || !graph.hasNode(edge.source) || !graph.hasNode(edge.target)) continue;
      graph.addEdgeWithKey(edge.id, edge.source, edge.target, { ...edge, caption: edge.label, label: few ? edge.label : "", size: edge.asserted ? 1.6 : 0.8, color: colour(edge.asserted ? "--edge" : "--edge-open"), zIndex: 0 });
    }
    this.layOut();
  }

  layOut() {
    const { graph } = this;
    if (graph.order < 2) return this.sigma.refresh();
    const settings = { ...forceAtlas2.inferSettings(graph), adjustSizes: false, scalingRatio: 12, gravity: 0.6, barnesHutOptimize: graph.order > 150 };
    forceAtlas2.assign(graph, { iterations: graph.order > 150 ? 150 : 300, settings });
    this.sigma.refresh();
  }

  focus(id) {
    const place = this.sigma.getNodeDisplayData(id);
    if (place) this.sigma.getCamera().animate({ x: place.x, y: place.y, ratio: 0.5 }, { duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300 });
  }

  recolour() {
    this.graph.forEachNode((id, { kind }) => this.graph.setNodeAttribute(id, "color", colour(`--k-${kind}`)));
    this.graph.forEachEdge((id, { asserted }) => this.graph.setEdgeAttribute(id, "color", colour(asserted ? "--edge" : "--edge-open")));
    this.sigma.setSetting("labelColor", { color: colour("--ink") });
    this.sigma.setSetting("edgeLabelColor", { color: colour("--soft") });
  }

  svg() {
    const { width, height } = this.sigma.getDimensions();
    const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
    const at = (id) => this.sigma.graphToViewport(this.graph.getNodeAttributes(id));
    const parts = [`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="${colour("--paper")}"/>`];
    this.graph.forEachEdge((id, edge, source, target) => {
      const a = at(source), b = at(target);
      parts.push(`<line x1="${a.x.toFixed(1)}" y1="${a.y.toFixed(1)}" x2="${b.x.toFixed(1)}" y2="${b.y.toFixed(1)}" stroke="${edge.color}"${edge.asserted ? "" : ' stroke-dasharray="4 3"'}><title>${escape(edge.caption)}</title></line>`);
    });
    this.graph.forEachNode((id, node) => {
      const p = at(id);
      parts.push(`<circle cx="${p.x.toFixed(1)}" cy="${p.y.toFixed(1)}" r="${node.size.toFixed(1)}" fill="${node.color}"/><text x="${(p.x + node.size + 3).toFixed(1)}" y="${(p.y + 4).toFixed(1)}" fill="${colour("--ink")}">${escape(node.caption)}</text>`);
    });
    return parts.join("\n") + "\n</svg>\n";
  }

  async png() {
    const { width, height } = this.sigma.getDimensions();
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([this.svg()], { type: "image/svg+xml" }));
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * 2, height * 2];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }
}

export function save(content, type, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
