// Builds what the pages load into kg/web/static/built: scripts, the outlines of countries, and the notices
// of everything that was bundled. Run by hatch_build.py at installation; nothing here runs in a browser.
import { build } from "esbuild";
import { readFileSync, writeFileSync, rmSync, mkdirSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRequire } from "node:module";
import { geoNaturalEarth1, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "kg", "web", "static", "built");
const require = createRequire(import.meta.url);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: ["src/reading.js", "src/editor.js", "src/explorer.js"],
  outdir: out,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  target: ["es2022"],
  legalComments: "none",
  metafile: true,
  chunkNames: "part-[hash]",
});

// The outlines: paths from the coarse atlas, points for countries too small for it from the fine one.
const codes = require("i18n-iso-countries");
const projection = geoNaturalEarth1().fitSize([960, 480], { type: "Sphere" });
const path = geoPath(projection).digits(1);
const countries = {};
for (const size of ["50m", "110m"]) {
  const world = JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${size}.json`), "utf8"));
  for (const shape of feature(world, world.objects.countries).features) {
    const code = codes.numericToAlpha3(shape.id);
    const [x, y] = path.centroid(shape).map((n) => Math.round(n * 10) / 10);
    if (code && Number.isFinite(x)) countries[code] = { x, y, d: size === "110m" ? path(shape) : countries[code]?.d ?? "" };
  }
}
writeFileSync(join(out, "world.json"), JSON.stringify({ width: 960, height: 480, countries }));

// The notices of what is in the bundles and the outlines.
const used = new Set(["world-atlas", "d3-geo", "topojson-client", "i18n-iso-countries"]);
for (const input of Object.keys(result.metafile.inputs)) {
  const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
  if (match) used.add(match[1]);
}
const notices = [...used].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"].map((f) => join(folder, f)).find(existsSync);
  return `${name} ${about.version} (${about.license})\n\n${file ? readFileSync(file, "utf8").trim() : "see its package"}\n`;
});
writeFileSync(join(out, "THIRD-PARTY-LICENSES.txt"), notices.join("\n" + "-".repeat(79) + "\n\n"));
