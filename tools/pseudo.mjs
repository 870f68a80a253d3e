// Proves that a language is one file: makes one up, in a copy of the sources in target/pseudo/, and compiles that.
//
// The language is English with accents, 40 % longer, each text in brackets: what is drawn without them is in no catalogue.
//
//   tools/wasm node tools/pseudo.mjs           makes and checks it
//   node tools/pseudo.mjs --make [--alone]     makes it only; alone in the list, or beside the others
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const COPY = "target/pseudo";
const LIST = "src/browser/language.rs";
const TEMPLATE = "src/browser/language/en.rs";
const MADE = "src/browser/language/qps.rs";
const TAG = "qps";
const LIST_LINES_MAX = 3;
/** What tools made or fetched, and what no build needs. */
const LEFT_OUT = new Set(["target", "dist", "output", "node_modules", ".git", ".tools"]);

const ACCENTS = new Map([..."aàcçeéiïnñoõuüyýAÀCÇEÉIÏNÑOÕUÜYÝ".matchAll(/(.)(.)/gu)].map(([, plain, marked]) => [plain, marked]));
const LONGER = 1.4;

/** An escape of Rust, a gap of a format string, or one letter. */
const PIECE = /\\u\{[^}]*\}|\\.|\{\{|\}\}|\{[^}]*\}|./gsu;

/** A text in the made-up language; gaps and escapes stay what they are. */
export function pseudo(text) {
  if (text === "") return text;
  const pieces = text.match(PIECE);
  const isVowel = (piece) => /^[aeiou]$/i.test(piece);
  const vowels = pieces.filter(isVowel).length;
  const more = Math.ceil(pieces.length * (LONGER - 1));
  const isLoud = text === text.toUpperCase();
  // Vowels are drawn out, the first ones most.
  let [at, made] = [0, ""];
  for (const piece of pieces) {
    const marked = ACCENTS.get(piece) ?? piece;
    made += marked;
    if (!isVowel(piece)) continue;
    const times = Math.floor(more / vowels) + (at < more % vowels ? 1 : 0);
    made += (isLoud ? marked : marked.toLowerCase()).repeat(times);
    at += 1;
  }
  return `[${made}]`;
}

/** The template with each of its texts in the made-up language; what a match compares is no text. */
export function translated(source) {
  const token = /\/\/[^\n]*|'(?:\\.|[^\\'])'|"((?:[^"\\]|\\.)*)"(\s*(?:=>|\|))?/gsu;
  const made = source.replace(token, (whole, text, compared) =>
    text === undefined || compared !== undefined ? whole : `"${pseudo(text)}"`);
  const [tag] = made.match(/^ {4}tag: .*$/m);
  return made.replace(tag, `    tag: "${TAG}",`).replace(/^\/\/! .*$/m, "//! No language: English, longer and marked.");
}

/** The list with one language more. */
export function listed(list) {
  return list.replace("mod id;\n", `mod id;\nmod ${TAG};\n`).replace(/languages!\[(.*)\]/, `languages![$1, ${TAG}]`);
}

function make(isAlone) {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  for (const name of readdirSync(".")) {
    if (!LEFT_OUT.has(name)) cpSync(name, join(COPY, name), { recursive: true, filter: (path) => !/(^|\/)(target|output)$/.test(path) });
  }
  writeFileSync(join(COPY, MADE), translated(readFileSync(TEMPLATE, "utf8")));
  const list = listed(readFileSync(LIST, "utf8"));
  writeFileSync(join(COPY, LIST), isAlone ? list.replace(/languages!\[.*\]/, `languages![${TAG}]`) : list);
}

/** All files below, by their paths. */
function files(folder, below = "") {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (LEFT_OUT.has(entry.name)) return [];
    return entry.isDirectory() ? files(folder, path) : [path];
  });
}

function check() {
  const [before, after] = [files("."), files(COPY)];
  assert.deepEqual(after.filter((path) => !before.includes(path)), [MADE], "one file more");
  const changed = before.filter((path) => !readFileSync(path).equals(readFileSync(join(COPY, path))));
  assert.deepEqual(changed, [LIST], "one list");
  const lines = (folder) => readFileSync(join(folder, LIST), "utf8").split("\n");
  const known = new Set(lines("."));
  const added = lines(COPY).filter((line) => !known.has(line));
  assert.ok(added.length >= 1 && added.length <= LIST_LINES_MAX, `${added.length} lines in the list`);
  const texts = readFileSync(join(COPY, MADE), "utf8").match(/"\[/g).length;
  const target = process.env.CARGO_TARGET_DIR ?? resolve("target");
  execFileSync("cargo", ["check", "--quiet", "--lib", "--features", "browser", "--target", "wasm32-unknown-unknown"], {
    cwd: COPY, stdio: "inherit", env: { ...process.env, CARGO_TARGET_DIR: target },
  });
  console.log(`a third language: one file with ${texts} texts, ${added.length} lines in a list`);
}

if (process.argv[1]?.endsWith("pseudo.mjs")) {
  make(process.argv.includes("--alone"));
  if (!process.argv.includes("--make")) check();
}
