// The explorer: draws what the page lists. Click a thing to bring in its neighbours, an edge to read its proof.
import { Drawing, save } from "./drawing.js";
import { element } from "./results.js";

const dutch = document.documentElement.lang === "nl";
const say = (nl, en) => (dutch ? nl : en);
const picture = document.getElementById("picture");
const chosen = document.getElementById("chosen");
const drawn = document.getElementById("drawn");
const MOST = 300;

const fetchJson = async (query) => {
  const answer = await fetch(`${picture.dataset.json}?${query}`, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : { nodes: [], edges: [], left_out: 0 };
};

const proof = (edge) => [
  element("h3", {}, `${edge.from ?? ""} ${edge.caption} ${edge.to ?? ""}`.trim()),
  element("p", { class: "chips" }, ...edge.remarks.map((words) => element("span", { class: "chip" }, words))),
  ...edge.passages.flatMap((p) => [
    element("blockquote", { lang: "nl" }, ...p.words.map(([words, marked]) => (marked ? element("mark", {}, words) : words))),
    element("p", { class: "kind" }, `${p.place} · ${edge.document}`),
  ]),
  element("p", {}, element("a", { href: edge.address }, say("deze bewering", "this claim"))),
];

async function start() {
  picture.hidden = false;
  const drawing = new Drawing(document.getElementById("canvas"), { onNode: show, onEdge: showEdge });
  const query = new URLSearchParams(picture.dataset.query);
  const filters = () => new URLSearchParams([...query].filter(([k]) => !["from", "to", "node", "lang"].includes(k)));
  const state = (left) => {
    drawn.textContent = `${drawing.graph.order} ${say("dingen", "things")}, ${drawing.graph.size} ${say("beweringen", "claims")}` + (left ? `; ${left} ${say("passen niet in de tekening", "do not fit in the drawing")}` : "");
  };

  function showEdge(edge) {
    const name = (id) => drawing.graph.getNodeAttribute(id, "caption");
    chosen.replaceChildren(...proof({ ...edge, from: name(edge.source), to: name(edge.target) }));
  }

  function show(node, move = true) {
    const more = element("button", { type: "button" }, `${say("Haal buren erbij", "Bring in neighbours")} (+${node.more})`);
    more.disabled = !node.more || drawing.graph.order >= MOST;
    more.addEventListener("click", () => expand(node.id));
    const edges = drawing.graph.edges(node.id).slice(0, 40);
    const list = element("ul", {}, ...edges.map((id) => {
      const edge = drawing.graph.getEdgeAttributes(id);
      const other = edge.source === node.id ? edge.target : edge.source;
      const button = element("button", { type: "button", class: "plain" }, `${edge.source === node.id ? "→" : "←"} ${edge.caption} ${drawing.graph.getNodeAttribute(other, "caption")}`);
      button.addEventListener("click", () => showEdge(edge));
      return element("li", {}, button);
    }));
    chosen.replaceChildren(element("h3", {}, element("a", { href: node.address }, node.caption)), element("p", {}, more), list);
    if (move) drawing.focus(node.id);
  }

  async function expand(id) {
    const asked = filters();
    const nodes = drawing.graph.nodes();
    asked.append("from", id);
    asked.set("most", String(Math.max(1, Math.min(60, MOST - nodes.length))));
    const near = await fetchJson(asked);
    // the edges between what was there and what is new
    const all = filters();
    for (const node of new Set([...nodes, ...near.nodes.map((n) => n.id)])) all.append("node", node);
    const whole = all.toString().length < 30000 ? await fetchJson(all) : near;
    const focus = new Set(nodes.filter((n) => drawing.graph.getNodeAttribute(n, "focus")));
    whole.nodes.forEach((n) => (n.focus = focus.has(n.id)));
    drawing.add(whole);
    state(near.left_out);
    show(drawing.graph.getNodeAttributes(id));
  }

  const first = await fetchJson(query);
  drawing.add(first);
  state(first.left_out);
  if (drawing.graph.hasNode(picture.dataset.start)) show(drawing.graph.getNodeAttributes(picture.dataset.start), false);
  drawing.sigma.getCamera().setState({ x: 0.5, y: 0.5, ratio: 1.15 });

  // the list below is the keyboard's way in: Enter goes there, "+" brings that neighbour's neighbours into the drawing
  document.getElementById("neighbours")?.addEventListener("keydown", (event) => {
    const iri = event.target.dataset?.iri;
    if (iri && event.key === "+" && drawing.graph.hasNode(iri)) expand(iri);
  });
  document.getElementById("svg").addEventListener("click", () => save(drawing.svg(), "image/svg+xml", "grotius.svg"));
  document.getElementById("png").addEventListener("click", async () => save(await drawing.png(), "image/png", "grotius.png"));
  document.getElementById("shade")?.addEventListener("click", () => drawing.recolour());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing.recolour());
  picture.dataset.ready = "yes";
}

// suggestions while typing a name
const things = document.getElementById("things");
for (const id of ["from", "to"]) {
  document.getElementById(id)?.addEventListener("input", async (event) => {
    if (event.target.value.length < 2) return;
    const answer = await fetch(`/search.json?limit=12&q=${encodeURIComponent(event.target.value)}&lang=${document.documentElement.lang}`);
    if (answer.ok) things.replaceChildren(...(await answer.json()).hits.map((h) => element("option", { value: h.label })));
  });
}

if (picture) start();
