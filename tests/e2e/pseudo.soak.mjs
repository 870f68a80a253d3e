// Every screen in a language that nobody speaks (tools/pseudo.mjs), longer than any that somebody does: nothing is cut off or
// covered, and nothing is drawn that is in no catalogue. Pictures in target/screens/. WIDTHS and ZOOMS choose fewer.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const COPY = resolve("target/pseudo");
const SITE = join(COPY, "target/site");
const SITELESS = join(COPY, "dist");
const run = (cwd, ...command) => execFileSync(command[0], command.slice(1), { cwd, stdio: "inherit" });

// Alone: beside the others it would not be in the language of the demo's site, and three weigh more than a first scan may.
run(".", "node", "tools/pseudo.mjs", "--make", "--alone");
run(COPY, resolve("tools/wasm"), "trunk", "build");
run(".", "node", "tools/finish.mjs", join(COPY, "target/trunk"), SITE, "--with", "target/demo");
run(".", "node", "tools/finish.mjs", join(COPY, "target/trunk"), SITELESS);
const site = JSON.parse(readFileSync(join(SITE, "site.json"), "utf8"));
writeFileSync(join(SITE, "site.json"), JSON.stringify({ ...site, languages: ["qps"] }));
process.env.GERBANG_SITE = SITE;
const { layoutFaults } = await import("./layout.mjs");
const { screens } = await import("./screens.mjs");

/** Runs in the page: what is read or heard of it, text by text. */
function drawn() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!element.checkVisibility() || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
    found.push(node.data);
  }
  for (const name of ["aria-label", "alt", "title", "placeholder"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) if (element.checkVisibility()) found.push(element.getAttribute(name));
  }
  return found;
}

/** Data, which is the same in every language: names of the demo's people and places, the day's word, units, codes, hashes. */
const data = [
  "Gerbang", "QR", "WIB", "Siti Contoh Lestari", "Siti Lestari", "Budi Misal Pratama", "Agus Umpama Hidayat", "Sekar Contohwati", "Dinas Contoh",
  site.gate.venue, site.gate.gate, "Pasar Contoh", "Pintu Timur",
  ...[...readFileSync("src/session/word.rs", "utf8").matchAll(/"([a-z]+)"/g)].map(([, word]) => word),
];
const CODES = /\b(?:[kMG]B|m?s|UTC|SIG|EXP|[A-Z0-9]+(?:-[A-Z0-9]+)+|[0-9a-f]{6,}|[0-9A-Z]{4} · [0-9A-Z]{4})\b/g;
/** A policy's own sentences, with gaps; longest first. */
const policies = [];
const sentences = (value) => {
  if (value && typeof value === "object") {
    if (typeof value.en === "string") policies.push(new RegExp(value.en.split(/\{[^}]*\}/).map(RegExp.escape ?? escaped).join(".+?"), "g"));
    Object.values(value).forEach(sentences);
  }
};
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
for (const name of readdirSync("src/rules/policies")) if (name.endsWith(".json")) sentences(JSON.parse(readFileSync(join("src/rules/policies", name), "utf8")));
policies.sort((a, b) => b.source.length - a.source.length);

/** What is left of a text without what stands in brackets, and without data. */
function untranslated(text) {
  let rest = text;
  for (let before = null; before !== rest; ) [before, rest] = [rest, rest.replace(/\[[^[\]]*\]/g, " ")];
  for (const known of [...policies, ...data]) rest = rest.replaceAll(known, " ");
  rest = rest.replace(CODES, " ");
  return /\p{L}/u.test(rest) ? rest.replace(/\s+/g, " ").trim() : "";
}

const chosen = (name, all) => process.env[name]?.split(",") ?? all;
const HEIGHTS = { 320: 640, 390: 844 };
let [pictures, bad] = [0, 0];
for (const width of chosen("WIDTHS", Object.keys(HEIGHTS)).map(Number)) {
  for (const zoom of chosen("ZOOMS", ["1", "2"]).map(Number)) {
    const folder = join("target/screens", `${width}-pseudo-${zoom * 100}`);
    mkdirSync(folder, { recursive: true });
    for await (const { name, gate } of screens({ viewport: { width, height: HEIGHTS[width] ?? 800 }, zoom, siteless: SITELESS })) {
      await gate.page.screenshot({ path: join(folder, `${name}.png`) });
      pictures += 1;
      const left = (await gate.page.evaluate(drawn)).map(untranslated).filter(Boolean);
      const faults = [...(await layoutFaults(gate)), ...[...new Set(left)].map((rest) => `in no catalogue: "${rest}"`)];
      bad += faults.length;
      for (const fault of faults) console.log(`${folder}/${name}.png: ${fault}`);
    }
    console.log(`${folder}: done`);
  }
}
console.log(`${pictures} pictures, ${bad} faults`);
process.exit(bad === 0 ? 0 : 1);
