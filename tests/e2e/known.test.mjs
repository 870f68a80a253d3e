// What a phone keeps of whom: told, struck, removed when its time is over; and what proves that nothing else went.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gerbang, modulesOf, sealingCity, setUpToSeal } from "./city.mjs";
import { handOver, journey, openGate, scene } from "./harness.mjs";
import { fillDatabase, writeLog } from "./log_writer.mjs";

const DAY_MS = 86_400_000;

/** A camera that is told what it sees. */
async function shown(names) {
  const gate = await openGate({ camera: "none", hash: `#demo=${names}` });
  gate.see = (name) => gate.page.evaluate((name) => { location.hash = `demo=${name}`; }, name);
  return gate;
}

/** What a tap gives away, as a file. */
async function download(gate, action) {
  const [given] = await Promise.all([gate.page.waitForEvent("download"), gate.tap(action)]);
  const path = join(mkdtempSync(join(tmpdir(), "gerbang-given-")), given.suggestedFilename());
  await given.saveAs(path);
  return path;
}

/** The modules of a code that is drawn as one path of runs. */
async function modules(gate, selector) {
  const { side, path } = await gate.page.$eval(`${selector} svg`, (svg) => ({
    side: svg.viewBox.baseVal.width, path: svg.querySelector("path").getAttribute("d"),
  }));
  const rows = Array.from({ length: side }, () => Array(side).fill("0"));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let at = 0; at < Number(width); at += 1) rows[Number(y)][Number(x) + at] = "1";
  }
  return rows.slice(4, -4).map((row) => row.slice(4, -4).join(""));
}

journey("a visitor asks what the phone knows of her pass, and has it struck", async () => {
  const gate = await shown("green");
  await gate.begin();
  await gate.verdict("admit");
  await gate.screen("scan");
  await gate.tap("menu");
  const before = await handOver(gate);
  await gate.tap("known");
  await gate.page.waitForSelector('[data-key-guarded="true"]');
  await gate.shot("known");
  // A file of records that is kept here is looked through and struck like the log itself.
  await gate.tap("examine");
  await gate.page.setInputFiles('[data-action="examine-files"]', before);
  await gate.page.waitForSelector('[data-examined="whole"]');
  await gate.tap("keep-import");
  await gate.page.waitForSelector('[data-imports="1"]');
  await gate.shot("import-kept");
  await gate.tap("back");
  await gate.see("red");
  await gate.tap("show");
  await gate.page.waitForSelector('[data-known="nothing"]');
  await gate.see("setup");
  await gate.tap("show");
  await gate.page.waitForSelector('[data-override="not-a-pass"]');
  await gate.shot("known-show");
  await gate.see("green");
  await gate.page.waitForSelector('[data-known="2"]');
  await gate.shot("known-found");
  await gate.tap("strike");
  await gate.shot("known-sure");
  await gate.tap("strike-sure");
  await gate.page.waitForSelector('[data-known="nothing"]');
  await gate.shot("known-struck");
  await gate.tap("examine");
  await gate.page.waitForSelector('[data-imports="1"]');
  const kept = await download(gate, "import-give");
  await gate.tap("import-drop");
  await gate.page.waitForSelector("[data-imports]", { state: "detached" });
  await gate.tap("back");
  await gate.tap("back");
  await gate.screen("scan");
  await gate.tap("menu");
  const after = await handOver(gate);
  const lines = (path) => readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const [first, last] = [lines(before), lines(after)];
  const bytes = (line) => Buffer.from(line.entry_b64, "base64").toString("hex");
  assert.equal(last[0].hash, first[0].hash, "the chain stays as it was");
  // The pseudonym is the last 32 bytes of its part, behind 16 bytes of salt.
  const pseudonym = bytes(first[0]).match(/8250[0-9a-f]{32}5820([0-9a-f]{64})/)[1];
  for (const line of [...last, ...lines(kept)]) {
    assert.ok(!bytes(line).includes(pseudonym), "no byte of it is left");
  }
  assert.match(gerbang("log", "verify", kept), /whole/);
  // Also against the checkpoint that was handed over before.
  const head = gerbang("log", "verify", "--json", before).trim();
  const known = JSON.parse(head).head;
  assert.match(gerbang("log", "verify", "--head", known, after), /whole/);
  await gate.close();
});

journey("a checkpoint goes from phone to phone as a code, and the supervisor's phone then checks an export", async () => {
  const gate = await shown("green");
  await gate.begin();
  await gate.verdict("admit");
  await gate.screen("scan");
  await gate.tap("manual");
  await gate.page.click('[data-action="manual-reason"] >> nth=0');
  await gate.tap("manual-allow");
  await gate.screen("scan");
  await gate.tap("menu");
  await gate.tap("known");
  await gate.tap("checkpoint");
  await gate.page.waitForSelector("[data-checkpoint-code]");
  await gate.page.locator("[data-checkpoint-code]").scrollIntoViewIfNeeded();
  await gate.shot("checkpoint");
  const code = await modules(gate, "[data-checkpoint-code]");
  await gate.tap("back");
  const path = await handOver(gate);
  await gate.close();

  const camera = await scene([{ seconds: 4, codes: [{ modules: code, height: 0.7 }] }, { seconds: 8, codes: [] }]);
  const supervisor = await openGate({ camera });
  await supervisor.scanning();
  // At the gate it is explained, and changes nothing.
  await supervisor.page.waitForSelector('[data-sheet="other"]');
  await supervisor.shot("checkpoint-at-the-gate");
  await supervisor.page.waitForSelector("[data-sheet]", { state: "detached", timeout: 20_000 });
  await supervisor.tap("menu");
  await supervisor.tap("known");
  await supervisor.tap("show");
  await supervisor.page.waitForSelector('[data-checkpoint="kept"]', { timeout: 30_000 });
  await supervisor.page.waitForSelector('[data-checkpoints="1"]');
  await supervisor.page.locator("[data-checkpoints]").scrollIntoViewIfNeeded();
  await supervisor.shot("checkpoint-kept");
  await supervisor.tap("examine");
  await supervisor.page.setInputFiles('[data-action="examine-files"]', path);
  await supervisor.page.waitForSelector('[data-examined="whole"]');
  await supervisor.shot("examine-whole");
  // The same with its end cut off, and with one entry changed.
  const lines = readFileSync(path, "utf8").trim().split("\n");
  const cut = join(tmpdir(), `gerbang-cut-${process.pid}.jsonl`);
  writeFileSync(cut, `${lines[0]}\n`);
  const changed = join(tmpdir(), `gerbang-changed-${process.pid}.jsonl`);
  writeFileSync(changed, [lines[0].replace(/"entry_b64":"(.{60})(.)/, (_, start, at) => `"entry_b64":"${start}${at === "A" ? "B" : "A"}`), ...lines.slice(1)].join("\n"));
  await supervisor.page.setInputFiles('[data-action="examine-files"]', [cut, changed]);
  await supervisor.page.waitForSelector('[data-examined="broken"] >> nth=1');
  await supervisor.page.waitForSelector('[data-fault="LOG-CUT"]');
  await supervisor.shot("examine-broken");
  await supervisor.close();
});

journey("what is older than thirty days is gone by itself, and the chain says so", async () => {
  const seed = randomBytes(32);
  const gate = await openGate({ camera: "none", hash: "#demo=green" });
  await gate.screen("welcome");
  await gate.page.goto(new URL("first-scan.txt", gate.server.url).href);
  const name = `gerbang:${new URL(gate.server.url).pathname}`;
  // 12,000 entries of 360 days: the first 11,000 are outdated, more than one tombstone takes away.
  const log = writeLog({ count: 12_000, endUnixMs: Date.now() - 60_000, stepMs: (360 * DAY_MS) / 12_000, seed });
  const rows = [...log].map(({ sequence, entry, hash }) => ({
    sequence, entry: entry.toString("base64"), hash: hash.toString("base64"),
  }));
  await gate.page.evaluate(fillDatabase, { name, rows, seed: seed.toString("base64") });
  await gate.page.goto(`${gate.server.url}#demo=green`);
  await gate.screen("welcome");
  const first = () => gate.page.evaluate((name) => new Promise((done) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const keys = request.result.transaction("entries").objectStore("entries").openKeyCursor();
      keys.onsuccess = () => { done(keys.result?.key); request.result.close(); };
    };
  }), name);
  for (let tries = 0; (await first()) < 10_900 && tries < 100; tries += 1) await gate.page.waitForTimeout(100);
  const begins = await first();
  assert.ok(begins > 10_900 && begins < 11_100, `the log begins at ${begins}`);
  await gate.begin();
  await gate.verdict("admit");
  await gate.screen("scan");
  await gate.history();
  await gate.chainWhole();
  await gate.close({ allow: [/404/] });
});

journey("an infection: the office finds by name who was inside with her, and the phone never could", async () => {
  const city = sealingCity();
  const { file, key } = city;
  const dose = (number) => ["--dose", `CoronaVac,${number},2,2021-0${6 + number}-05`];
  const issue = (name, svg) => gerbang(
    "issue", "--key", key("issuer"), "--issuer", city.issuer, "--name", name, "--birth-date", "1980-02-03",
    "--role", "tamu", "--venue", "balai-kota", "--until", "2099-01-01", ...dose(1), ...dose(2), "--svg", file(svg),
  );
  const subject = issue("Wulan Contohsakit", "one.svg").trim();
  issue("Bambang Contohdekat", "two.svg");
  const part = (modules, seconds) => ({ seconds, codes: [{ modules, height: 0.7 }] });
  const camera = await scene([part(city.setup, 6), part(modulesOf(file("one.svg")), 4), part(modulesOf(file("two.svg")), 4)]);
  const gate = await openGate({ camera, files: city.files });
  await setUpToSeal(gate);
  for (const _ of [1, 2]) {
    await gate.verdict("admit", { timeout: 30_000 });
    await gate.screen("scan");
  }
  await gate.tap("menu");
  const log = await handOver(gate);
  await gate.tap("handover");
  await gate.page.waitForSelector("[data-ready]");
  const sealed = await download(gate, "give-sealed");
  await gate.close();
  assert.ok(!readFileSync(sealed, "latin1").includes("entry_b64"));
  gerbang("log", "open", "--key", key("sealing"), "--out", file("opened.jsonl"), sealed);
  assert.match(gerbang("log", "verify", file("opened.jsonl")), /whole|utuh/i);
  for (const name of ["Contohsakit", "Contohdekat", "1980-02-03"]) {
    assert.ok(!readFileSync(log, "utf8").includes(name), "no name in the export");
    assert.ok(!Buffer.from(readFileSync(log, "utf8"), "base64").includes(name));
  }
  const traced = (...open) => gerbang(
    "log", "trace", "--secret", key("city"), "--subject", subject, "--from", "2020-01-01", "--to", "2099-01-01",
    "--least", "0", ...open, log,
  );
  assert.ok(!traced().includes("Contohdekat"), "without the sealing key a contact has no name");
  assert.match(traced("--open", key("sealing")), /Bambang Contohdekat/);
});

journey("a log whose end is damaged goes on after somebody's tap, and says so", async () => {
  const gate = await shown("green");
  await gate.begin();
  await gate.verdict("admit");
  await gate.page.goto(new URL("first-scan.txt", gate.server.url).href);
  const name = `gerbang:${new URL(gate.server.url).pathname}`;
  await gate.page.evaluate((name) => new Promise((done) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const transaction = request.result.transaction("entries", "readwrite");
      transaction.objectStore("entries").put("not a row", 1);
      transaction.oncomplete = () => { request.result.close(); done(); };
    };
  }), name);
  await gate.page.goto(`${gate.server.url}#demo=yellow`);
  await gate.page.waitForSelector('[data-problem="store"]');
  await gate.shot("problem-store-open");
  await gate.tap("repair");
  await gate.screen("repair");
  await gate.shot("repair");
  await gate.page.click('#desk [data-action="repair"]');
  await gate.begin();
  await gate.verdict("refer");
  await gate.tap("refer-turn-away");
  await gate.page.click('[data-action="refer-reason"] >> nth=0');
  await gate.screen("scan");
  await gate.history();
  await gate.chainWhole();
  // The green one is still there; then the gap, its signature, the yellow one and the answer.
  assert.equal(await gate.page.locator("[data-entry]").count(), 5);
  await gate.shot("history-repaired");
  await gate.close({ allow: [/404/] });
});
