// The editor: completion from our own vocabulary, prefixes inserted, errors where they are, answers in five views.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { lintGutter, linter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, highlightActiveLine, drawSelection } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import { chart, edgesOf, element, labelsFor, map, table, viewsOf } from "./results.js";

const dutch = document.documentElement.lang === "nl";
const say = (nl, en) => (dutch ? nl : en);
const language = document.documentElement.lang;
const by = (id) => document.getElementById(id);
const area = by("query");
// a server of other people's files has no vocabulary of ours
const given = async (path, otherwise) => { const answer = await fetch(`${path}?lang=${language}`); return answer.ok ? answer.json() : otherwise; };
const vocabulary = await given("/vocabulary.json", { terms: [], prefixes: {} });

// -- completion ------------------------------------------------------------------------------------------
const declared = (text, prefix) => new RegExp(`prefix\\s+${prefix}:`, "i").test(text);
function insert(name) {
  return (view, completion, from, to) => {
    const prefix = name.split(":")[0];
    const text = view.state.doc.toString();
    const head = vocabulary.prefixes[prefix] && !declared(text, prefix) ? `PREFIX ${prefix}: <${vocabulary.prefixes[prefix]}>\n` : "";
    const changes = [{ from, to, insert: name }];
    if (head) changes.unshift({ from: 0, insert: head });
    view.dispatch({ changes, selection: { anchor: from + head.length + name.length } });
  };
}
const KEYWORDS = ["SELECT", "DISTINCT", "WHERE", "FILTER", "OPTIONAL", "UNION", "VALUES", "BIND", "GRAPH", "MINUS", "ORDER BY", "GROUP BY", "HAVING", "LIMIT", "CONSTRUCT", "ASK", "DESCRIBE", "COUNT", "LANG", "CONTAINS", "REGEX"];
const terms = vocabulary.terms.map((t) => ({ label: t.name, detail: t.label, info: t.definition, type: t.type === "relation" ? "property" : "class", apply: insert(t.name) }));
async function complete(context) {
  const word = context.matchBefore(/[?\w:-]+/u);
  if (!word && !context.explicit) return null;
  const typed = word?.text ?? "";
  const from = word?.from ?? context.pos;
  if (typed.startsWith("?")) {
    const names = new Set(context.state.doc.toString().match(/\?\w+/g));
    names.delete(typed);
    return { from, options: [...names].map((label) => ({ label, type: "variable" })) };
  }
  const local = typed.replace(/^\w*:/, "").toLowerCase();
  // terms by what they are called in the reader's language as well as by their name
  const options = terms.filter((t) => !local || t.label.toLowerCase().includes(local) || t.detail.toLowerCase().includes(local));
  if (typed.length > 2) {
    const answer = await fetch(`/search.json?limit=20&q=${encodeURIComponent(typed.replace(/^\w+:/, "").replace(/-/g, " "))}&lang=${language}`);
    if (answer.ok) for (const hit of (await answer.json()).hits) {
      const [, kind, slug] = hit.iri.match(/\/id\/([^/]+)\/(.+)$/) ?? [];
      if (slug) options.push({ label: `${kind}:${slug}`, detail: hit.label, type: "constant", boost: 1, apply: insert(`${kind}:${slug}`) });
    }
  }
  for (const label of KEYWORDS) if (label.toLowerCase().startsWith(typed.toLowerCase())) options.push({ label, type: "keyword", boost: -1 });
  return { from, options, filter: false };
}

// -- errors ----------------------------------------------------------------------------------------------
const syntax = linter((view) => {
  const found = [];
  syntaxTree(view.state).iterate({ enter: (node) => {
    if (node.type.isError && found.length < 5) found.push({ from: node.from, to: Math.min(Math.max(node.to, node.from + 1), view.state.doc.length), severity: "error", message: say("hier klopt de SPARQL niet", "this is not SPARQL here") });
  } });
  return found;
}, { delay: 500 });
function placeOf(problem, doc) {
  const said = `${problem.detail ?? ""}`.match(/(\d+):(\d+)/);
  const line = problem.line ?? (said && Number(said[1]));
  const column = problem.column ?? (said && Number(said[2]));
  if (!line || line > doc.lines) return null;
  const at = doc.line(line);
  const from = Math.min(at.from + Math.max(0, (column ?? 1) - 1), at.to);
  return { from, to: Math.min(from + 1, doc.length), line, column };
}

// -- the editor ------------------------------------------------------------------------------------------
const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-key)", fontWeight: "600" }, { tag: [tags.string, tags.number, tags.bool], color: "var(--code-text)" },
  { tag: tags.comment, color: "var(--soft)", fontStyle: "italic" }, { tag: tags.variableName, color: "var(--code-name)" }, { tag: [tags.namespace, tags.url], color: "var(--link)" },
]);
const theme = EditorView.theme({
  "&": { backgroundColor: "var(--field)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "4px", fontSize: "0.95rem" },
  ".cm-content": { fontFamily: "ui-monospace, monospace", minHeight: "12rem", caretColor: "var(--ink)" }, ".cm-scroller": { maxHeight: "45vh" },
  ".cm-gutters": { backgroundColor: "var(--field)", color: "var(--soft)", border: "none" }, ".cm-activeLine": { backgroundColor: "transparent" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" }, ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--rule)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--link)", color: "var(--paper)" }, ".cm-completionDetail": { color: "inherit", fontStyle: "normal", opacity: 0.85 },
  ".cm-selectionBackground": { backgroundColor: "var(--mark) !important" }, ".cm-matchingBracket": { backgroundColor: "var(--mark) !important", color: "inherit !important" },
});
const labelled = new Compartment();
const view = new EditorView({
  parent: by("editor"),
  state: EditorState.create({ doc: area.value, extensions: [
    EditorView.cspNonce.of(document.querySelector("meta[name=style-nonce]").content),
    lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(), lintGutter(), syntax,
    sparql(), syntaxHighlighting(colours), theme, EditorView.lineWrapping, autocompletion({ override: [complete] }),
    labelled.of(EditorView.contentAttributes.of({ "aria-label": say("Vraag in SPARQL", "Query in SPARQL") })),
    keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
    EditorView.updateListener.of((update) => update.docChanged && keep()),
  ] }),
});
area.hidden = true;
by("editor").hidden = false;
const text = () => view.state.doc.toString();
const write = (query) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: query } });

// -- tabs, kept in this browser ---------------------------------------------------------------------------
const asked = new URLSearchParams(location.search);
let tabs = JSON.parse(localStorage.getItem("tabs") ?? "null") ?? [area.value];
let at = Math.min(Number(localStorage.getItem("tab") ?? 0), tabs.length - 1);
function keep() {
  tabs[at] = text();
  localStorage.setItem("tabs", JSON.stringify(tabs));
  localStorage.setItem("tab", String(at));
}
function showTabs() {
  const buttons = tabs.map((_, i) => {
    const button = element("button", { type: "button", "aria-pressed": String(i === at) }, String(i + 1));
    button.addEventListener("click", () => { keep(); at = i; write(tabs[i]); showTabs(); });
    return button;
  });
  const more = element("button", { type: "button", "aria-label": say("nieuw tabblad", "new tab") }, "+");
  more.addEventListener("click", () => { keep(); tabs.push(""); at = tabs.length - 1; write(""); showTabs(); view.focus(); });
  const close = element("button", { type: "button", "aria-label": say("sluit tabblad", "close tab") }, "×");
  close.addEventListener("click", () => { tabs.splice(at, 1); if (!tabs.length) tabs = [""]; at = Math.max(0, at - 1); write(tabs[at]); keep(); showTabs(); });
  by("tabs").replaceChildren(...buttons, more, close);
}
write(tabs[at]);
showTabs();

const examples = await given("/examples.json", []);
const openTab = (query) => {
  if (!query) return;
  if (!tabs.includes(query)) tabs.push(query);
  at = tabs.indexOf(query);
  write(query);
  showTabs();
};
const useExample = (name) => openTab(examples.find((e) => e.name === name)?.query);
by("example").addEventListener("change", (event) => useExample(event.target.value));
useExample(asked.get("example"));
openTab(asked.get("edit"));

// -- asking ----------------------------------------------------------------------------------------------
let running = null;
const state = by("state"), result = by("result"), views = by("views");
const ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.5";

async function ask(query, signal) {
  const ticket = [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join("-");
  signal?.addEventListener("abort", () => fetch(`/sparql/running/${ticket}`, { method: "DELETE" }));
  const answer = await fetch("/sparql", { method: "POST", headers: { "Content-Type": "application/sparql-query", Accept: ACCEPT, "Grotius-Ticket": ticket }, body: query, signal });
  return { answer, body: await answer.text() };
}

async function run() {
  running?.abort();
  running = new AbortController();
  const mine = running, query = text(), began = performance.now();
  keep();
  by("stop").hidden = false;
  by("why").hidden = true;
  state.textContent = say("bezig …", "running …");
  result.replaceChildren();
  views.hidden = true;
  view.dispatch(setDiagnostics(view.state, []));
  try {
    const { answer, body } = await ask(query, mine.signal);
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    if (!answer.ok) return refuse(answer, body);
    const found = read(answer, body);
    const whole = answer.headers.get("Grotius-Completeness");
    const cut = whole && !whole.startsWith("complete");
    state.textContent = `${found.rows.length} ${say("rijen", "rows")}, ${seconds} s` + (whole ? ` · ${whole}` : "");
    state.className = cut ? "cut" : "";
    by("why").hidden = !/\{[^]*\}/.test(query) || found.rows.length > 20;
    await show(found, query);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    state.textContent = say("gestopt", "stopped");
  } finally {
    if (mine === running) { by("stop").hidden = true; running = null; }
  }
}

function refuse(answer, body) {
  let problem = {};
  try { problem = JSON.parse(body); } catch { problem = { detail: body.slice(0, 500) }; }
  state.textContent = `${answer.status}`;
  const place = placeOf(problem, view.state.doc);
  const where = place ? `${say("regel", "line")} ${place.line}, ${say("kolom", "column")} ${place.column}: ` : "";
  result.replaceChildren(element("p", { class: "notice", role: "alert" }, where + (problem.detail ?? problem.title ?? "")));
  if (place) view.dispatch(setDiagnostics(view.state, [{ from: place.from, to: place.to, severity: "error", message: problem.detail }]), { selection: { anchor: place.from } });
}

function read(answer, body) {
  if (answer.headers.get("Content-Type")?.includes("json")) {
    const json = JSON.parse(body);
    if ("boolean" in json) return { vars: ["ASK"], rows: [{ ASK: { type: "literal", value: String(json.boolean) } }], body };
    return { vars: json.head.vars, rows: json.results.bindings, body };
  }
  const term = (t) => (t.startsWith("<") ? { type: "uri", value: t.slice(1, -1) } : { type: "literal", value: t.replace(/^"|"(@[\w-]+|\^\^<[^>]*>)?$/g, "") });
  const rows = body.split("\n").map((line) => line.match(/^(\S+) (\S+) (.*) \.$/)).filter(Boolean);
  return { vars: ["subject", "predicate", "object"], rows: rows.map((m) => ({ subject: term(m[1]), predicate: term(m[2]), object: term(m[3]) })), body, graph: true };
}

const words = { first: say("eerste", "first") };
const names = { table: say("tabel", "table"), chart: say("grafiek", "chart"), map: say("kaart", "map"), graph: say("netwerk", "graph"), raw: say("ruw", "raw") };
async function show(found, query) {
  const labels = await labelsFor(found.rows, language);
  const draw = {
    table: () => table(found, labels, words), chart: () => chart(found, labels), map: () => map(found, labels),
    raw: () => element("pre", {}, found.body.slice(0, 200000)),
    graph: async () => {
      const { Drawing } = await import("./drawing.js");
      const box = element("div", { class: "drawing", role: "img", "aria-label": names.graph });
      setTimeout(() => new Drawing(box, { onNode: (n) => open(n.address, "_blank", "noopener") }).add(edgesOf(found, labels)));
      return box;
    },
  };
  const buttons = viewsOf(found).map((name) => {
    const button = element("button", { type: "button", "aria-pressed": "false" }, names[name]);
    button.addEventListener("click", async () => {
      buttons.forEach((b) => b.setAttribute("aria-pressed", String(b === button)));
      result.replaceChildren(await draw[name]());
    });
    return button;
  });
  const forms = found.graph ? { ttl: "text/turtle", nt: "application/n-triples", rdf: "application/rdf+xml" } : { csv: "text/csv", tsv: "text/tab-separated-values", json: "application/sparql-results+json", xml: "application/sparql-results+xml" };
  const downloads = Object.entries(forms).map(([suffix, type]) => {
    const button = element("button", { type: "button", class: "plain" }, `.${suffix}`);
    button.addEventListener("click", async () => {
      const answer = await fetch("/sparql", { method: "POST", headers: { "Content-Type": "application/sparql-query", Accept: type }, body: query });
      const link = element("a", { href: URL.createObjectURL(await answer.blob()), download: `grotius.${suffix}` });
      link.click();
    });
    return button;
  });
  views.replaceChildren(...buttons, element("span", {}, ` ${say("haal op", "download")}: `), ...downloads);
  views.hidden = false;
  result.replaceChildren(await draw.table());
}

// -- where rows go: the query with one more pattern of its outer group at a time --------------------------------
function steps(query) {
  const start = query.search(/\{/), head = query.slice(0, start);
  let depth = 0, inString = "", inIri = false, from = start + 1, end = query.length;
  const parts = [];
  for (let i = start; i < query.length; i++) {
    const c = query[i];
    if (inString) { if (c === "\\") i++; else if (c === inString) inString = ""; continue; }
    if (inIri) { if (c === ">") inIri = false; continue; }
    if (c === '"' || c === "'") inString = c;
    else if (c === "<" && /^<[^\s<>]*>/.test(query.slice(i))) inIri = true;
    else if (c === "#") { i = query.indexOf("\n", i); if (i < 0) break; }
    else if (c === "{" || c === "(") depth++;
    else if (c === "}" || c === ")") { depth--; if (!depth) { end = i; break; } }
    else if ((c === "." || c === ";") && depth === 1 && /\s/.test(query[i + 1] ?? " ")) { parts.push([query.slice(from, i), c]); from = i + 1; }
  }
  parts.push([query.slice(from, end), ""]);
  const prologue = head.match(/^\s*(?:(?:#[^\n]*|prefix\s+\S+\s+<[^>]*>|base\s+<[^>]*>)\s*)*/i)[0];
  return { prologue, parts: parts.filter(([p]) => p.trim()) };
}
async function why() {
  const { prologue, parts } = steps(text());
  const body = element("tbody");
  result.replaceChildren(element("table", { class: "rows" }, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, say("tot en met dit patroon", "up to this pattern")), element("th", { scope: "col" }, say("rijen", "rows")))), body));
  let so = "";
  for (const [part, mark] of parts) {
    so += part;
    const { answer, body: said } = await ask(`${prologue}SELECT (COUNT(*) AS ?n) WHERE { ${so} }`);
    const rows = answer.ok ? JSON.parse(said).results.bindings[0].n.value : "–";
    body.append(element("tr", {}, element("td", {}, element("code", {}, part.trim())), element("td", {}, rows)));
    so += mark || " ";
  }
}

by("ask").addEventListener("submit", (event) => { event.preventDefault(); run(); });
by("stop").addEventListener("click", () => running?.abort());
by("why").addEventListener("click", why);
by("editor").dataset.ready = "yes";
