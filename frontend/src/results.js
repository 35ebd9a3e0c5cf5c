// An answer of the endpoint as a table, a chart, a map, a graph or as it came.
export const element = (name, attributes = {}, ...children) => {
  const made = name === "svg" || attributes.svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (key !== "svg" && value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const ISO = /^https:\/\/w3id\.org\/grotius\/id\/country\/([A-Z]{3})$/;
const number = (cell) => cell && cell.type !== "uri" && cell.value.trim() !== "" && Number.isFinite(Number(cell.value));

export async function labelsFor(rows, language) {
  const iris = [...new Set(rows.flatMap((r) => Object.values(r)).filter((c) => c.type === "uri").map((c) => c.value))].slice(0, 5000);
  if (!iris.length) return {};
  const answer = await fetch(`/labels.json?lang=${language}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(iris) });
  return answer.ok ? answer.json() : {};
}

export function viewsOf({ vars, rows }) {
  const has = (test) => rows.slice(0, 50).some((r) => vars.some((v) => r[v] && test(r[v])));
  return ["table", has(number) && rows.length ? "chart" : "", has((c) => ISO.test(c.value)) ? "map" : "", has((c) => c.type === "uri") && vars.length > 1 ? "graph" : "", "raw"].filter(Boolean);
}

const shown = (cell, labels) => {
  if (!cell) return "";
  if (cell.type !== "uri") return element("span", { lang: cell["xml:lang"] }, cell.value);
  const known = labels[cell.value];
  const safe = /^https?:/.test(cell.value);
  const link = element("a", { title: cell.value, href: known?.address ?? (safe ? cell.value : "#") }, known?.label ?? cell.value);
  return link;
};

export function table({ vars, rows }, labels, words, most = 1000) {
  const head = element("tr", {}, ...vars.map((v) => element("th", { scope: "col" }, v)));
  const body = element("tbody");
  for (const row of rows.slice(0, most)) body.append(element("tr", {}, ...vars.map((v) => element("td", {}, shown(row[v], labels)))));
  const made = element("table", { class: "rows" }, element("thead", {}, head), body);
  if (rows.length <= most) return made;
  return element("div", {}, made, element("p", {}, `${words.first} ${most} / ${rows.length}`));
}

export function chart({ vars, rows }, labels) {
  const value = vars.findLast((v) => rows.some((r) => number(r[v])));
  const named = vars.find((v) => v !== value && /label/i.test(v)) ?? vars.find((v) => v !== value);
  const bars = rows.filter((r) => number(r[value])).slice(0, 60);
  const top = Math.max(...bars.map((r) => Math.abs(Number(r[value].value))), 1e-12);
  const drawn = element("svg", { viewBox: `0 0 900 ${bars.length * 24 + 8}`, class: "chart", role: "img", "aria-label": `${value}` });
  bars.forEach((row, i) => {
    const cell = row[named];
    const label = (cell && (labels[cell.value]?.label ?? cell.value)) ?? "";
    const width = (Math.abs(Number(row[value].value)) / top) * 480;
    const text = (x, words, cls) => element("text", { svg: 1, x, y: i * 24 + 18, class: cls }, words);
    drawn.append(text(0, label.length > 42 ? label.slice(0, 41) + "…" : label, ""), element("rect", { svg: 1, x: 330, y: i * 24 + 6, width, height: 15 }), text(336 + width, row[value].value, "value"));
  });
  return drawn;
}

export async function map({ vars, rows }, labels) {
  const world = await (await fetch("/static/built/world.json")).json();
  const counted = {};
  for (const row of rows) for (const v of vars) {
    const code = row[v]?.value.match(ISO)?.[1];
    if (code) counted[code] = { n: (counted[code]?.n ?? 0) + 1, iri: row[v].value };
  }
  const drawn = element("svg", { viewBox: `0 0 ${world.width} ${world.height}`, class: "world", role: "group", "aria-label": "map" });
  for (const [code, c] of Object.entries(world.countries)) if (c.d && !counted[code]) drawn.append(element("path", { svg: 1, d: c.d }));
  for (const [code, { n, iri }] of Object.entries(counted)) {
    const c = world.countries[code];
    if (!c) continue;
    const name = labels[iri]?.label ?? code;
    const link = element("a", { svg: 1, href: labels[iri]?.address ?? iri }, element("title", { svg: 1 }, `${name}: ${n}`));
    if (c.d) link.append(element("path", { svg: 1, d: c.d, class: "named" }));
    link.append(element("circle", { svg: 1, cx: c.x, cy: c.y, r: 4 + Math.min(n, 6), class: "named" }));
    drawn.append(link);
  }
  return drawn;
}

export function edgesOf({ vars, rows }, labels) {
  const nodes = new Map(), edges = [];
  for (const row of rows.slice(0, 400)) {
    const things = vars.map((v) => row[v]).filter((c) => c?.type === "uri");
    const triple = vars.length === 3 && ["subject", "predicate", "object"].every((v) => vars.includes(v));
    const ends = triple ? [row.subject, row.object].filter((c) => c.type === "uri") : things;
    for (const { value } of ends) if (nodes.size < 300) nodes.set(value, { id: value, label: labels[value]?.label ?? value.replace(/.*[/#]/, ""), kind: "", address: labels[value]?.address ?? value, more: 0 });
    ends.slice(1).forEach((end, i) => {
      if (nodes.has(end.value) && nodes.has(ends[i].value)) edges.push({ id: `${edges.length}`, source: ends[i].value, target: end.value, label: triple ? labels[row.predicate.value]?.label ?? "" : "", asserted: true, passages: [], remarks: [] });
    });
  }
  return { nodes: [...nodes.values()], edges, left_out: 0 };
}
