// Makes what Trunk leaves into the folder to upload.
//
//   node tools/finish.mjs TRUNK_DIR OUT_DIR [--with DIR]
//
// Puts names, hashes and the build's id into page, worker and service worker; gives the site DIR's look (tools/look.mjs)
// and copies what DIR publishes (site.json, registry.cose, revocations/, demo/) and nothing else of it; weighs what the
// first scan needs and fails when that is too much. Where the registry names a hub of another origin, the page's policy
// allows that one (tools/hub_origin.mjs).
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join, relative, sep } from "node:path";
import { parseArgs } from "node:util";
import { transformSync } from "esbuild";
import { brotliCompressSync } from "node:zlib";
import { hubOrigin } from "./hub_origin.mjs";
import { applyLook } from "./look.mjs";
import { order } from "./order.mjs";
import { shorten } from "./shorten.mjs";

const FIRST_SCAN_GZIP_BYTES_MAX = 400_000;
// Fetched anew each time, or not part of the app; static/sw.js says the same.
const NOT_KEPT = /^(site\.json|registry\.cose|revocations\/|demo\/|sw\.js|first-scan\.txt)/;
const NOT_FOR_FIRST_SCAN = /^(sw\.js$|revocations\/|demo\/|first-scan\.txt$|icons\/.*\.png$|gerbang-annex|desk-|renew-|copy-)/;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { with: { type: "string" } } });
const [trunkDir, outDir] = positionals;
const stage = `${outDir}.stage`;
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
cpSync(trunkDir, stage, { recursive: true });
if (values.with) applyLook(stage, values.with);
const published = (name) => values.with && existsSync(join(values.with, name)) && join(values.with, name);

const read = (path) => readFileSync(join(stage, path));
const write = (path, text) => writeFileSync(join(stage, path), text);
const files = () =>
  readdirSync(stage, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(stage, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"))
    .sort();
const digest = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);

const only = (pattern) => {
  const found = files().filter((path) => pattern.test(path));
  if (found.length !== 1) throw new Error(`expected one file like ${pattern}, found ${found.length}`);
  return found[0];
};

/** Puts the content's hash into a file's name, and answers the name. */
function hashed(stem, end) {
  const name = `${stem}-${digest("sha256", read(stem + end), "hex").slice(0, 16)}${end}`;
  renameSync(join(stage, stem + end), join(stage, name));
  return name;
}

/** A binary's glue and module under names of their contents: what was cached before this build fits neither. */
function binary(stem, gluePath) {
  const wasmPath = gluePath.replace(/\.js$/, "_bg.wasm");
  const short = shorten(order(read(wasmPath), stage), read(gluePath).toString());
  rmSync(join(stage, gluePath));
  rmSync(join(stage, wasmPath));
  write(`${stem}.js`, short.glue);
  write(`${stem}_bg.wasm`, short.wasm);
  return [hashed(stem, ".js"), hashed(stem, "_bg.wasm")];
}

function minified(text, loader) {
  return transformSync(text, { loader, minify: true, format: loader === "js" ? "esm" : undefined, target: "es2022" }).code;
}

/** Subresource Integrity of a file. */
function sri(path) {
  const integrity = `sha384-${digest("sha384", read(path), "base64")}`;
  return { integrity, attribute: `integrity="${integrity}"` };
}

/** Replaces each of `changes`, every one of which must be there exactly once. */
function put(text, changes) {
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`expected exactly one ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

// What only readers need goes: comments, indentation, long names.
for (const path of files().filter((path) => /\.(js|css)$/.test(path))) {
  const { integrity } = sri(path);
  write(path, minified(read(path).toString(), path.endsWith(".css") ? "css" : "js"));
  write("index.html", read("index.html").toString().replace(integrity, sri(path).integrity));
}
const [glue, wasm] = binary("gerbang-app", only(/^gerbang-app-[0-9a-f]+\.js$/));
const [annexGlue, annexWasm] = binary("gerbang-annex", "gerbang-annex.js");
const deskSheet = hashed("desk", ".css");
const renewal = hashed("renew", ".js");
const secondCopy = hashed("copy", ".js");
const templates = ["boot.js", "worker.js", "sw.js"].map((name) => readFileSync(join("static", name), "utf8"));
const [bootTemplate, workerTemplate, keeperTemplate] = templates;

// The one other origin that a page may ask, where the registry names one.
const registry = published("registry.cose");
const hub = registry && hubOrigin(readFileSync(registry));
if (hub) write("index.html", put(read("index.html").toString(), [["connect-src 'self';", `connect-src 'self' ${hub};`]]));

// All that makes this build differ from another.
const builtUnixMs = builtAt();
const build = digest(
  "sha256",
  Buffer.concat([...files().map((path) => Buffer.concat([Buffer.from(path), read(path)])), ...templates.map(Buffer.from)]),
  "hex",
).slice(0, 16);

const bootText = put(bootTemplate.replaceAll("./renew.js", `./${renewal}`).replace("./copy.js", `./${secondCopy}`), [
  ["./gerbang-app.js", `./${glue}`], ["./gerbang-app_bg.wasm", `./${wasm}`],
  ["./desk.css", `./${deskSheet}`],
  ["./gerbang-annex.js", `./${annexGlue}`], ["./gerbang-annex_bg.wasm", `./${annexWasm}`],
]);
const boot = `boot-${digest("sha256", bootText, "hex").slice(0, 16)}.js`;
write(boot, minified(bootText, "js"));
const workerText = put(workerTemplate, [["./gerbang-app.js", `./${glue}`], ['BUILD = "dev"', `BUILD = "${build}"`]]);
write("worker.js", minified(workerText, "js"));
write(
  "index.html",
  put(read("index.html").toString().replace(/ *<link data-trunk rel="rust"[^>]*>\n/g, ""), [
    ['name="gerbang-build" content="dev"', `name="gerbang-build" content="${build}"`],
    ['name="gerbang-built" content=""', `name="gerbang-built" content="${builtUnixMs}"`],
    [
      '<script type="module" src="boot.js"></script>',
      `<link rel="modulepreload" href="./${glue}" crossorigin="anonymous" ${sri(glue).attribute}>
  <link rel="preload" href="./${wasm}" as="fetch" type="application/wasm" crossorigin="anonymous">
  <script type="module" src="./${boot}" crossorigin="anonymous" ${sri(boot).attribute}></script>`,
    ],
  ]),
);

// Some hosts leave out files that Jekyll would.
write(".nojekyll", "");
const kept = Object.fromEntries(
  files()
    .filter((path) => !NOT_KEPT.test(path) && !path.startsWith("."))
    .map((path) => [path, digest("sha256", read(path), "base64")]),
);
write("sw.js", put(keeperTemplate, [
  ['const BUILD = "dev";', `const BUILD = "${build}";`],
  ["const FILES = {};", `const FILES = ${JSON.stringify(kept, null, 1)};`],
]));

if (values.with) {
  for (const name of ["site.json", "registry.cose", "revocations", "demo"]) {
    const from = published(name);
    if (from) cpSync(from, join(stage, name), { recursive: true });
  }
}
const weight = weigh();
write("first-scan.txt", weight.table);

rmSync(outDir, { recursive: true, force: true });
renameSync(stage, outDir);
console.log(`${outDir}: build ${build}, first scan ${weight.gzip} bytes gzip, ${weight.brotli} brotli`);
if (!existsSync(join(outDir, "site.json"))) {
  console.log(`${outDir} holds no site.json and no registry.cose: until you add them, the gate trusts nobody and says so.`);
}
if (weight.gzip > FIRST_SCAN_GZIP_BYTES_MAX) {
  console.error(`The first scan needs ${weight.gzip} bytes gzip; the limit is ${FIRST_SCAN_GZIP_BYTES_MAX}.`);
  process.exit(1);
}

/** No honest clock is earlier: the commit's time, so that one commit gives one build. */
function builtAt() {
  if (process.env.SOURCE_DATE_EPOCH) return Number(process.env.SOURCE_DATE_EPOCH) * 1000;
  try {
    return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { stdio: ["ignore", "pipe", "ignore"] })) * 1000;
  } catch {
    return Date.now();
  }
}

/** By the command: Node's own zlib packs for speed, one per cent looser than the servers do. */
function gzipped(bytes) {
  return execFileSync("gzip", ["-9", "-c"], { input: bytes, maxBuffer: 1 << 26 }).length;
}

function weigh() {
  const row = (name, sizes) => name.padEnd(44) + sizes.map((size) => String(size).padStart(10)).join("") + "\n";
  const total = [0, 0, 0];
  let table = row("What the first scan fetches, in bytes", ["raw", "gzip -9", "brotli"]);
  for (const path of files().filter((path) => !NOT_FOR_FIRST_SCAN.test(path) && !path.startsWith("."))) {
    const bytes = read(path);
    const sizes = [bytes.length, gzipped(bytes), brotliCompressSync(bytes).length];
    sizes.forEach((size, index) => { total[index] += size; });
    table += row(path, sizes);
  }
  table += row("total", total);
  return { table, gzip: total[1], brotli: total[2] };
}
