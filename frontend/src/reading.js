// What reading pages do more when scripts run: shade, copy, "/" to search, suggestions. All of it is optional.
const root = document.documentElement;
const kept = localStorage.getItem("shade");
if (kept) root.dataset.shade = kept;

const shade = document.getElementById("shade");
if (shade) {
  shade.hidden = false;
  shade.addEventListener("click", () => {
    const dark = root.dataset.shade ? root.dataset.shade === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.shade = dark ? "light" : "dark";
    localStorage.setItem("shade", root.dataset.shade);
  });
}

for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = button.dataset.copyFrom;
    await navigator.clipboard.writeText(from ? document.getElementById(from).value : button.dataset.copy);
    button.textContent = "✓";
  });
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    (document.getElementById("q") ?? document.getElementById("q-top")).focus();
  }
});

// A link into a closed part of a page opens it.
function open() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  target?.querySelector?.(":scope > details")?.setAttribute("open", "");
}
addEventListener("hashchange", open);
open();

addEventListener("beforeprint", () => document.querySelectorAll("details:not(.rest)").forEach((d) => (d.open = true)));
