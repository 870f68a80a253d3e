// A hundred visitors, and then all that the phone holds, sent and wrote is searched for what it must not have.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesOf, listen, search, storageOf } from "./dump.mjs";
import { gerbang, modulesOf, sealingCity, setUpToSeal } from "./city.mjs";
import { SITE, handOver, journey, openGate, scene } from "./harness.mjs";

const VISITORS = 92;
/** Of a pass's text: no two share so much by chance, and what all begin with is not in it. */
const PART_LETTERS = 24;

/** The passes' people: one who is let in, one to look at, one without a dose, one whose pass is over, again and again. */
function people() {
  return Array.from({ length: VISITORS }, (_, at) => {
    const [day, month] = [1 + (at % 28), 1 + (at % 12)].map((number) => String(number).padStart(2, "0"));
    const doses = ["CoronaVac,1,2,2021-07-05;CoronaVac,2,2,2021-08-02", "CoronaVac,1,2,2021-07-05", "", "CoronaVac,2,2,2021-08-02"][at % 4];
    const letters = String.fromCharCode(97 + Math.floor(at / 26), 97 + (at % 26));
    return {
      name: `Wuragil Penandasari${letters}`, birth_date: `${1931 + at}-${month}-${day}`,
      role: `juru${letters}quarx`, until: at % 4 === 3 ? "2022-01-01" : "2099-01-01", doses,
    };
  });
}

/** Passes of these people with the texts that their codes hold. */
function issued(city, list) {
  const columns = ["name", "birth_date", "role", "until", "doses"];
  const quoted = (text) => `"${text}"`;
  const rows = list.map((one) => columns.map((column) => quoted(one[column])).join(","));
  writeFileSync(city.file("visitors.csv"), [columns.join(","), ...rows].join("\n"));
  gerbang(
    "issue", "--key", city.key("issuer"), "--issuer", city.issuer, "--csv", city.file("visitors.csv"), "--out", city.file("passes"),
    "--from", "2020-01-01", "--now", "2021-09-01",
  );
  const ids = readFileSync(city.file("passes/issued.csv"), "utf8").trim().split("\n").slice(1);
  const pictures = list.map((_, at) => city.file(`passes/${String(at + 2).padStart(4, "0")}.png`));
  const texts = gerbang("scan", ...pictures).match(/GB1:.*$/gm);
  assert.equal(texts.length, list.length);
  return list.map((one, at) => {
    const [picture, text, [, id]] = [pictures[at], texts[at], ids[at].split(",")];
    assert.match(id, /^[0-9a-f]{32}$/);
    return { ...one, picture, svg: picture.replace(".png", ".svg"), text, id };
  });
}

/** What of a visitor may be nowhere. */
function secrets({ name, birth_date, role, text, id }) {
  const middle = Math.floor(text.length / 2);
  const dates = [birth_date, birth_date.replaceAll("-", ""), birth_date.split("-").reverse().join("-")];
  return [name, name.split(" ")[1], ...dates, role, text.slice(middle, middle + PART_LETTERS), text.slice(-PART_LETTERS), Buffer.from(id, "hex"), id];
}

/** The erasable parts of an export's entries: pseudonyms (32 bytes) with their salts, and sealed identities (128), whose salts are zeros. */
function erasable(path) {
  const lines = readFileSync(path, "utf8").trim().split("\n").map((line) => Buffer.from(JSON.parse(line).entry_b64, "base64").toString("hex"));
  return lines.flatMap((entry) => {
    const parts = [...entry.matchAll(/8250([0-9a-f]{32})(?:5820([0-9a-f]{64})|5880([0-9a-f]{256}))/g)];
    return parts.flatMap(([, salt, pseudonym, sealed]) => (pseudonym ? [salt, pseudonym] : [sealed]));
  }).map((hex) => Buffer.from(hex, "hex"));
}

function paste(gate, text) {
  return gate.page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** The same phone again, its camera before a wall: a scene that held codes would begin anew. */
async function again(first, city) {
  const { profile, server } = first;
  return openGate({ camera: await scene([{ seconds: 1, codes: [] }]), files: city.files, profile, server, blank: true });
}

/** Waits until this many decisions are recorded, and answers the open question if there is one. */
async function decided(gate) {
  const verdict = await gate.page.waitForSelector('[data-screen="verdict"]', { timeout: 30_000 });
  await gate.page.waitForSelector('[data-recorded="recorded"]', { timeout: 10_000 });
  const kind = await verdict.getAttribute("data-verdict");
  if (kind === "refer") {
    await gate.tap("refer-turn-away");
    await gate.page.click('[data-action="refer-reason"] >> nth=0');
  } else {
    await gate.tap("next");
  }
  await gate.screen("scan");
  return kind;
}

journey("after a hundred visitors no name, birth date, role, pass or its id is in storage, network or console", async () => {
  const city = sealingCity();
  const visitors = issued(city, people());
  const part = (modules, seconds) => ({ seconds, codes: [{ modules, height: 0.7 }] });
  const seen = visitors.slice(0, 2);
  const camera = await scene([part(city.setup, 6), ...seen.map(({ svg }) => part(modulesOf(svg), 4))]);
  const heard = [];
  const kinds = [];
  const first = await openGate({ camera, files: city.files, blank: true });
  listen(first, heard);
  await first.page.goto(first.server.url);
  await setUpToSeal(first);
  for (const _ of seen) kinds.push(await decided(first));
  await first.context.close();

  const gate = await again(first, city);
  listen(gate, heard);
  await gate.page.goto(gate.server.url);
  await gate.scanning();
  for (const [at, { text, picture }] of visitors.entries()) {
    if (at < seen.length) continue;
    if (at % 3 === 0) await gate.page.setInputFiles('input[type="file"]', picture);
    else if (at % 3 === 1) await paste(gate, text);
    else {
      await gate.page.keyboard.type(text);
      await gate.page.keyboard.press("Enter");
    }
    kinds.push(await decided(gate));
  }
  assert.equal(kinds.length, VISITORS);
  assert.ok(["admit", "refer", "refuse"].every((kind) => kinds.includes(kind)), kinds.join(" "));
  await gate.history();
  await gate.chainWhole();
  const held = [...(await storageOf(gate)), ...heard];
  for (const open of [gate, first]) await open.close();
  held.push(...filesOf(first.profile));
  // What is known to be there is found: the venue's name in the entries, a request, and a line that the page held.
  assert.ok(search(held, ["balai-kota"]).some(({ where }) => where.startsWith("IndexedDB entries")));
  assert.ok(search(held, ["balai-kota"]).some(({ where }) => where.includes("indexeddb.leveldb")), "the browser's files can be read");
  assert.ok(search(held, ["registry.cose"]).some(({ where }) => where === "request"));
  assert.deepEqual(search(held, visitors.flatMap(secrets)), []);
});

/** A picture of a code, four pixels a module, grey (BMP). */
function pictureOf(modules) {
  const size = (modules.length + 8) * 4;
  const [head, colours] = [Buffer.alloc(54), Buffer.alloc(1024)];
  for (let grey = 0; grey < 256; grey += 1) colours.fill(grey, grey * 4, grey * 4 + 3);
  head.write("BM");
  for (const [at, value] of [[2, 1078 + size * size], [10, 1078], [14, 40], [18, size], [22, size], [34, size * size]]) head.writeUInt32LE(value, at);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(8, 28);
  const pixels = Buffer.alloc(size * size, 255);
  modules.forEach((row, y) => [...row].forEach((module, x) => {
    if (module !== "1") return;
    for (let line = 0; line < 4; line += 1) {
      // The last row of pixels comes first.
      const at = (size - 1 - ((y + 4) * 4 + line)) * size + (x + 4) * 4;
      pixels.fill(0, at, at + 4);
    }
  }));
  return Buffer.concat([head, colours, pixels]);
}

/** What the demonstration's certificates of other families say of their holder, and what they are called by. */
const PROGRAM = ["Siti Contoh", "Lestari"];
const FOREIGN = [
  "Siti%20Contoh", "LESTARI SITI", "1990-05-12", "19900512", "12-05-1990", "3918592438", "A1234567Z",
  "URN:UVCI:01:ID:CONTOH", "9c40b7e2-5f1d", "d27f8a05-b3c1", "did:nik", "U32870", "demo-nz-pass-id",
];

journey("of visitors with certificates of other families nothing of that kind is kept either", async () => {
  const { codes } = JSON.parse(readFileSync(join(SITE, "demo/families.json"), "utf8"));
  const heard = [];
  const gate = await openGate({ camera: await scene([{ seconds: 1, codes: [] }]), blank: true });
  listen(gate, heard);
  await gate.page.goto(gate.server.url);
  await gate.scanning();
  const texts = [];
  const folder = mkdtempSync(join(tmpdir(), "gerbang-families-"));
  for (const { family, modules } of codes) {
    const path = join(folder, `${family}.bmp`);
    writeFileSync(path, pictureOf(modules));
    // What has no text is bytes, and is not searched for.
    texts.push(...(gerbang("scan", path).match(/(HC1|NZCP|shc|GB1):\S{60,}|[A-Z0-9 $%*+./:-]{120,}|\{"data.*|\S{120,}/) ?? []).slice(0, 1));
    await gate.page.setInputFiles('input[type="file"]', path);
    await decided(gate);
  }
  assert.ok(texts.length >= 2 * 5, `${texts.length} texts`);
  await gate.history();
  await gate.chainWhole();
  assert.equal(await gate.page.locator("[data-entry]").count() >= codes.length, true);
  const held = [...(await storageOf(gate)), ...heard];
  await gate.close();
  held.push(...filesOf(gate.profile));
  assert.ok(search(held, ["registry.cose"]).some(({ where }) => where === "request"));
  const parts = texts.flatMap((text) => [text.slice(text.length / 2, text.length / 2 + PART_LETTERS), text.slice(-PART_LETTERS)]);
  // The self-test's own specimen, which is part of the program, bears the same name.
  const isProgram = ({ where }) => /^cache \/gerbang-annex|CacheStorage/.test(where);
  assert.deepEqual(search(held, PROGRAM).filter((found) => !isProgram(found)), []);
  assert.deepEqual(search(held, [...FOREIGN, ...parts]), []);
});

journey("of whom was struck, and of whom is outdated, no byte is left in storage or export; the chain still verifies", async () => {
  const city = sealingCity();
  const [visitor, other, later] = issued(city, people().filter((_, at) => at % 4 === 0).slice(0, 3));
  const first = await openGate({ camera: await scene([{ seconds: 6, codes: [{ modules: city.setup, height: 0.7 }] }]), files: city.files });
  await setUpToSeal(first);
  await first.context.close();

  const gate = await again(first, city);
  await gate.page.goto(gate.server.url);
  await gate.scanning();
  await paste(gate, visitor.text);
  assert.equal(await decided(gate), "admit");
  await paste(gate, other.text);
  assert.equal(await decided(gate), "admit");
  await gate.tap("menu");
  const both = await handOver(gate);
  const [hers, others] = [erasable(both).slice(0, 3), erasable(both).slice(3)];
  assert.deepEqual([hers.length, others.length], [3, 3], "a salted pseudonym and a sealed identity each");
  for (const part of [...hers, ...others]) assert.ok(search(await storageOf(gate), [part]).length > 0);
  await gate.tap("known");
  await gate.tap("show");
  await paste(gate, visitor.text);
  await gate.page.waitForSelector('[data-known="1"]');
  await gate.tap("strike");
  await gate.tap("strike-sure");
  await gate.page.waitForSelector('[data-known="nothing"]');
  assert.deepEqual(search(await storageOf(gate), hers), []);
  const found = search(await storageOf(gate), others);
  // In the database, and in the log's second copy.
  assert.deepEqual(new Set(found.map(({ needle }) => needle)), new Set(others));
  assert.ok(found.some(({ where }) => where.startsWith("files")), "the second copy is looked through too");
  await gate.tap("back");
  await gate.screen("scan");
  await gate.tap("menu");
  const struck = await handOver(gate);
  assert.deepEqual(erasable(struck), others);
  await gate.context.close();

  // Thirty-one days later the gate goes on, and is opened once more: nobody tapped for it.
  const late = await again(first, city);
  await late.page.clock.install({ time: Date.now() + 31 * 86_400_000 });
  await late.page.goto(late.server.url);
  await late.scanning();
  await paste(late, later.text);
  await decided(late);
  await late.page.reload();
  await late.scanning();
  for (let tries = 0; search(await storageOf(late), others).length > 0 && tries < 50; tries += 1) await late.page.waitForTimeout(100);
  await late.tap("menu");
  const outdated = await handOver(late);
  assert.deepEqual(search(await storageOf(late), [...hers, ...others]), []);
  assert.equal(erasable(outdated).length, 2, "the last visitor's pseudonym; the time of the sealing key is over");
  assert.deepEqual(search([{ where: "export", bytes: Buffer.concat(erasable(outdated)) }], [...hers, ...others]), []);
  // What remains is the same chain, by what was handed over before.
  const { head } = JSON.parse(gerbang("log", "verify", "--json", struck));
  assert.match(gerbang("log", "verify", "--head", JSON.parse(gerbang("log", "verify", "--json", both)).head, struck), /whole/);
  assert.match(gerbang("log", "verify", "--head", head, outdated), /whole/);
  for (const open of [late, gate, first]) await open.close();
});
