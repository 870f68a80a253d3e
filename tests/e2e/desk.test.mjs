// Away from the queue: history, an entry, the hand-over, the self-test; and a gate that has worked for a long time.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gerbang } from "./city.mjs";
import { journey, openGate, passes, scene } from "./harness.mjs";
import { fillDatabase, writeLog } from "./log_writer.mjs";

const pass = passes();
const wall = { seconds: 1, codes: [] };
const show = (name, seconds) => ({ seconds, codes: [{ modules: pass[name].modules }] });

async function letIn(gate) {
  await gate.tap("manual");
  await gate.page.click('[data-action="manual-reason"] >> nth=0');
  await gate.tap("manual-allow");
  await gate.screen("scan");
}

journey("history: counts, hours, filters, search, an entry, undo within a minute", async () => {
  const gate = await openGate({ camera: await scene([wall, show("green", 2), show("red", 4)]) });
  await gate.scanning();
  await gate.verdict("admit");
  await gate.page.waitForSelector('[data-verdict="refuse"]', { timeout: 20_000 });
  await gate.tap("next");
  await letIn(gate);
  await gate.history();
  const rows = () => gate.page.locator("#desk [data-entry]").count();
  await gate.page.waitForFunction(() => document.querySelectorAll("#desk [data-entry]").length >= 3);
  const all = await rows();
  assert.equal(await gate.page.locator("#desk svg.plot rect").count() > 0, true);
  await gate.shot("history-day");
  await gate.tap("show-refused");
  await gate.page.waitForFunction(() => document.querySelectorAll("#desk [data-entry]").length === 1);
  await gate.tap("show-refused");
  await gate.page.fill('[data-action="search"]', "tanpa qr");
  await gate.page.waitForFunction(() => document.querySelectorAll("#desk [data-entry]").length === 1);
  await gate.page.fill('[data-action="search"]', "tidak ada yang begini");
  await gate.page.waitForSelector("#desk [data-empty]");
  await gate.page.fill('[data-action="search"]', "");
  await gate.page.waitForFunction((all) => document.querySelectorAll("#desk [data-entry]").length === all, all);
  await gate.chainWhole();
  await gate.tap("check-chain");
  await gate.chainWhole();
  await gate.page.click('#desk [data-action="undo"]');
  await gate.page.waitForSelector("#desk .undone");
  await gate.page.click("#desk .undone");
  await gate.screen("entry");
  await gate.shot("entry");
  await gate.tap("back");
  await gate.tap("back");
  await gate.screen("scan");
  await gate.close();
});

journey("what is handed over verifies, holds no name, and is no formula", async () => {
  const gate = await openGate({ camera: await scene([show("green", 3)]) });
  await gate.scanning();
  await gate.verdict("admit");
  await gate.screen("scan");
  await letIn(gate);
  await gate.tap("menu");
  await gate.page.waitForSelector('[data-overdue="true"]');
  await gate.shot("menu");
  await gate.tap("handover");
  await gate.page.waitForSelector("[data-ready]");
  await gate.shot("handover");
  const folder = mkdtempSync(join(tmpdir(), "gerbang-export-"));
  const save = async (action) => {
    const [download] = await Promise.all([gate.page.waitForEvent("download"), gate.tap(action)]);
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  };
  const lines = await save("give-lines");
  const table = await save("give-table");
  await gate.page.waitForSelector('[data-given="true"]');
  const text = readFileSync(lines, "utf8");
  // A pass, a visitor by hand, and the checkpoint that the device signed.
  assert.ok(text.trim().split("\n").length >= 3, text);
  assert.match(text, /"kind":"checkpoint"/);
  assert.match(gerbang("log", "verify", lines), /whole|utuh/i);
  assert.match(readFileSync(table, "utf8"), /^sequence,at,venue,/);
  for (const held of [text, readFileSync(table, "utf8")]) {
    assert.ok(!held.includes(pass.green.holder ?? "Contohwati"), "no name leaves the phone");
  }
  // One changed byte, and the verifier names it.
  const forged = join(folder, "forged.jsonl");
  writeFileSync(forged, text.replace(/"entry_b64":"(.{40})(.)/, (_, start, at) => `"entry_b64":"${start}${at === "A" ? "B" : "A"}`));
  assert.throws(() => gerbang("log", "verify", forged));
  await gate.tap("back");
  await gate.page.waitForSelector('[data-screen="menu"]');
  assert.equal(await gate.page.locator('[data-overdue="true"]').count(), 0);
  // The supervisor's sheet of the day, and of the day before.
  await gate.tap("day-sheet");
  await gate.page.waitForSelector('[data-sheets="1"]');
  await gate.page.waitForFunction(() => document.querySelector("img.paper")?.naturalWidth > 0);
  await gate.shot("day-sheet");
  const printed = await gate.page.pdf({ preferCSSPageSize: true, printBackground: true });
  assert.equal(printed.toString("latin1").match(/\/Type \/Page\b/g).length, 1, "a gate, a sheet");
  assert.equal(readFileSync(await save("give-pdf"), "latin1").slice(0, 5), "%PDF-");
  await gate.tap("earlier");
  await gate.page.waitForSelector('[data-sheets="0"]');
  await gate.tap("later");
  await gate.page.waitForSelector('[data-sheets="1"]');
  await gate.close();
});

journey("the self-test asks the phone nine things, and a gate that has all is ready", async () => {
  const gate = await openGate({ camera: await scene([wall]) });
  await gate.scanning();
  await gate.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await gate.tap("menu");
  await gate.tap("selftest");
  await gate.page.waitForSelector('[data-check="vibration"]', { timeout: 20_000 });
  await gate.shot("selftest");
  const states = await gate.page.locator("[data-check]").evaluateAll((rows) => Object.fromEntries(
    rows.map((row) => [row.dataset.check, row.dataset.state]),
  ));
  const { storage, sound, ...rest } = states;
  assert.deepEqual(rest, {
    specimen: "good", camera: "good", clock: "good", registry: "good", log: "good", offline: "good", vibration: "good",
  });
  // A fresh profile is promised nothing by Chromium.
  assert.ok(["good", "mind"].includes(storage) && ["good", "mind", "absent"].includes(sound), JSON.stringify(states));
  assert.equal(await gate.page.getAttribute(".ready", "data-ready"), "true");
  // What no browser can tell, the officer's ear and hand do.
  const drawn = (check, state) => gate.page.waitForSelector(`[data-check="${check}"][data-state="${state}"]`);
  await gate.page.evaluate(() => {
    globalThis.shaken = [];
    navigator.vibrate = (pattern) => globalThis.shaken.push(pattern) > 0;
  });
  await gate.tap("try-signal");
  await gate.page.waitForSelector('[data-action="felt"]');
  await gate.page.waitForFunction(() => globalThis.shaken.length === 1);
  await gate.tap("not-felt");
  await drawn("vibration", "mind");
  if (sound !== "absent") {
    await gate.tap("not-heard");
    await drawn("sound", "mind");
    await gate.shot("selftest-not-heard");
    await gate.tap("heard");
    await drawn("sound", "good");
  }
  await gate.tap("felt");
  await drawn("vibration", "good");
  const [shared] = await Promise.all([gate.page.waitForEvent("download"), gate.tap("share-check")]);
  const told = readFileSync(await shared.path(), "utf8");
  assert.match(told, /^gerbang /);
  assert.match(told, /^check sound /m);
  assert.match(told, /^browser Mozilla/m);
  assert.doesNotMatch(told, /Mojokerto|Pintu/);
  await gate.tap("scan");
  await gate.screen("scan");
  await gate.close();
});

journey("how loud the gate is can be chosen, and the phone remembers it", async () => {
  const gate = await openGate({ camera: await scene([wall]) });
  await gate.scanning();
  const chosen = (name) => gate.page.waitForSelector(`[data-action="${name}"][aria-pressed="true"]`);
  await gate.tap("menu");
  await chosen("loud");
  await gate.tap("mute");
  await chosen("mute");
  await gate.shot("menu-mute");
  await gate.tap("selftest");
  await gate.page.waitForSelector('[data-check="sound"]');
  assert.notEqual(await gate.page.getAttribute('[data-check="sound"]', "data-state"), "good", "a muted gate is not heard");
  await gate.page.reload();
  await gate.scanning();
  await gate.tap("menu");
  await chosen("mute");
  await gate.tap("soft");
  await chosen("soft");
  await gate.close();
});

journey("after 100,000 entries the history opens, checks the chain, and goes on", async () => {
  const seed = randomBytes(32);
  const gate = await openGate({ camera: await scene([wall]) });
  await gate.screen("welcome");
  // The gate lets go of its database; the rows are put in, and it starts again.
  await gate.page.goto(new URL("first-scan.txt", gate.server.url).href);
  const name = `gerbang:${new URL(gate.server.url).pathname}`;
  // A month of a busy gate: the last entry half an hour ago.
  const log = writeLog({ count: 100_000, endUnixMs: Date.now() - 1_800_000, stepMs: 25_000, seed });
  let batch = [];
  const flush = async (seed) => {
    await gate.page.evaluate(fillDatabase, { name, rows: batch, seed });
    batch = [];
  };
  for (const { sequence, entry, hash } of log) {
    batch.push({ sequence, entry: entry.toString("base64"), hash: hash.toString("base64") });
    if (batch.length === 10_000) await flush(sequence < 10_000 ? seed.toString("base64") : undefined);
  }
  await gate.page.goto(gate.server.url);
  await gate.scanning();
  const began = await gate.page.evaluate(() => performance.now());
  await gate.history();
  const opened_ms = (await gate.page.evaluate(() => performance.now())) - began;
  console.log(`        100,000 entries: history opens in ${opened_ms.toFixed(0)} ms`);
  await gate.page.waitForFunction(() => document.querySelectorAll("#desk [data-entry]").length >= 100);
  await gate.shot("history-100000");
  await gate.chainWhole(60_000);
  await gate.tap("back");
  await gate.screen("scan");
  await letIn(gate);
  await gate.history();
  await gate.page.waitForSelector('#desk [data-entry="100000"]');
  // The page that let go of the database has no icon.
  await gate.close({ allow: [/404/] });
});

journey("a tablet on the wall: visitors scan themselves, the PIN alone leads out", async () => {
  const gate = await openGate({ camera: await scene([wall]), viewport: { width: 800, height: 1100 } });
  const see = (name) => gate.page.evaluate((name) => { location.hash = `demo=${name}`; }, name);
  await gate.begin();
  await gate.screen("scan");
  await gate.tap("menu");
  await gate.setPin();
  await gate.tap("kiosk");
  await gate.shot("kiosk-page");
  await gate.tap("kiosk-on");
  await gate.page.waitForSelector('[data-kiosk="true"]');
  await gate.shot("kiosk-scan");
  await see("green");
  await gate.verdict("admit");
  assert.equal(await gate.page.locator('[data-holder="name"]').count(), 0, "no name on the wall");
  await gate.shot("kiosk-admit");
  await gate.page.waitForSelector('[data-screen="scan"]', { timeout: 10_000 });
  await see("yellow");
  await gate.verdict("refer");
  assert.equal(await gate.page.locator("button").count(), 0, "nobody answers for the officer");
  await gate.shot("kiosk-refer");
  await gate.page.waitForSelector('[data-screen="scan"]', { timeout: 15_000 });
  // It stays a kiosk when the tablet starts anew.
  await gate.page.goto(new URL("first-scan.txt", gate.server.url).href);
  await gate.page.goto(gate.server.url);
  await gate.begin();
  await gate.page.waitForSelector('[data-kiosk="true"]');
  await gate.tap("leave-kiosk");
  await gate.screen("pin-asked");
  await gate.page.fill('[data-action="pin"]', "1357");
  await gate.tap("pin-try");
  await gate.page.waitForSelector('[data-pin="wrong"]', { timeout: 20_000 });
  await gate.shot("pin-wrong");
  await gate.page.fill('[data-action="pin"]', "2468");
  await gate.tap("pin-try");
  await gate.page.waitForSelector('[data-action="manual"]', { timeout: 20_000 });
  // The gate's settings ask for it too.
  await gate.tap("menu");
  await gate.tap("gate");
  await gate.screen("pin-asked");
  await gate.close();
});

journey("a tablet on the wall that lost its camera offers a visitor nothing, and is left by the PIN", async () => {
  let gate = await openGate({ camera: await scene([wall]) });
  await gate.scanning();
  await gate.tap("menu");
  await gate.setPin();
  await gate.tap("kiosk");
  await gate.tap("kiosk-on");
  await gate.page.waitForSelector('[data-kiosk="true"]');
  const { profile, server } = gate;
  gate.ownsServer = false;
  await gate.close();
  gate = await openGate({ profile, server });
  gate.ownsServer = true;
  await gate.begin();
  await gate.screen("problem");
  assert.equal(await gate.page.locator('[data-action="manual"], [data-action="picture"]').count(), 0);
  await gate.shot("kiosk-problem");
  await gate.tap("leave-kiosk");
  await gate.screen("pin-asked");
  await gate.page.fill('[data-action="pin"]', "2468");
  await gate.tap("pin-try");
  await gate.page.waitForSelector('[data-action="manual"]', { timeout: 20_000 });
  await gate.close();
});
