// A city's own look: what is put into the site, what is refused, and that no key ever is.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { execFileSync } from "node:child_process";
import { applyLook } from "../../tools/look.mjs";
import { journey } from "./harness.mjs";

const SITE = { v: 1, name: { id: "Kota Contoh", en: "Example City" } };

/** A staged site before it is hashed, and a city's folder with these files. */
function city(files) {
  const folder = mkdtempSync(join(tmpdir(), "gerbang-look-"));
  const [stage, own] = [join(folder, "stage"), join(folder, "kota")];
  mkdirSync(stage);
  mkdirSync(own);
  for (const file of ["manifest.webmanifest", "icons"]) cpSync(join("static", file), join(stage, file), { recursive: true });
  cpSync("index.html", join(stage, "index.html"));
  for (const [path, content] of Object.entries({ "site.json": SITE, ...files })) {
    mkdirSync(join(own, path, ".."), { recursive: true });
    writeFileSync(join(own, path), typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return { folder, stage, own, read: (path) => readFileSync(join(stage, path), "utf8") };
}

journey("a city's site bears its name, colours and icons", () => {
  const look = { short_name: "Kontoh", colours: { light: { accent: "#7A1F4A" }, dark: { accent: "#EE9CC4" } } };
  const { folder, stage, own, read } = city({ "look.json": look, "icons/gerbang.svg": "<svg/>" });
  applyLook(stage, own);
  const manifest = JSON.parse(read("manifest.webmanifest"));
  assert.deepEqual([manifest.name, manifest.short_name], ["Gerbang · Kota Contoh", "Kontoh"]);
  assert.match(read("look.css"), /--accent: #7A1F4A;[^]*dark[^]*--accent: #EE9CC4;/);
  assert.match(read("index.html"), /look\.css">\n<\/head>/);
  assert.equal(read("icons/gerbang.svg"), "<svg/>");
  rmSync(folder, { recursive: true });
});

journey("a look that cannot be read, or is a verdict's, is refused by name", () => {
  for (const [files, words] of [
    [{ "look.json": { colours: { light: { accent: "#F4F1E9" } } } }, /on-accent on accent has a contrast of/],
    [{ "look.json": { colours: { light: { go: "#123456" } } } }, /go is no colour that a city may set/],
    [{ "look.json": { colours: { light: { accent: "red" } } } }, /accent is written as/],
    [{ "look.json": { color: {} } }, /color is not known/],
    [{ "look.json": { short_name: "x".repeat(13) } }, /short_name/],
    [{ "look.json": "{" }, /is no JSON/],
    [{ "icons/logo.svg": "<svg/>" }, /replaces nothing/],
  ]) {
    const { folder, stage, own } = city(files);
    assert.throws(() => applyLook(stage, own), words);
    rmSync(folder, { recursive: true });
  }
});

journey("of a city's folder nothing is published but what is public", () => {
  const { folder, own } = city({
    // Where its hub is, the page's policy has to say.
    "registry.cose": readFileSync("target/site/registry.cose"),
    "registry.json": "source",
    "people.csv": "names",
    "keys/root.key.json": "secret",
    "passes/issued.csv": "ids",
    "revocations/2026-1.bin": "list",
  });
  const out = join(folder, "dist");
  execFileSync("node", ["tools/finish.mjs", "target/trunk", out, "--with", own], { stdio: "ignore" });
  const published = readdirSync(out, { recursive: true }).map((path) => path.split(sep).join("/"));
  for (const path of ["site.json", "registry.cose", "revocations/2026-1.bin"]) assert.ok(published.includes(path), path);
  for (const word of ["key", "people", "passes", "registry.json"]) {
    assert.deepEqual(published.filter((path) => path.includes(word)), [], word);
  }
  rmSync(folder, { recursive: true });
});
