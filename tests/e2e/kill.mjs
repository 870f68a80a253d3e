// Kills the browser in the midst of appending, again and again, and looks for what the page had called stored.
import assert from "node:assert/strict";
import { serve } from "../../tools/serve.mjs";
import { SITE, newProfile, openGate, passes, scene } from "./harness.mjs";

/**
 * Runs in the page before anything else: says of each entry, at its transaction's `complete`, which is before the page
 * itself can say "tercatat", that it is stored.
 */
function reportStored() {
  const plainAdd = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (row, sequence) {
    if (this.name === "entries") {
      // The log's id (docs/log.md): key 1 of the entry, behind key 0, the version.
      const [, log] = [...row.entry].map((byte) => byte.toString(16).padStart(2, "0")).join("").match(/00010150(.{32})/);
      this.transaction.addEventListener("complete", () => globalThis.stored(log, sequence));
    }
    return plainAdd.call(this, row, sequence);
  };
  // Whether the gate said, however shortly, that it cannot store.
  const look = () => { globalThis.saidFull ||= document.querySelector('[data-banner="storage"], [data-recorded="not-yet"]') !== null; };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

/**
 * Works at the gate as fast as the screens come: passes of every kind, a visitor by hand, a supervisor's override, an undo, a
 * shift's begin and end, a checkpoint, the traces of a pass struck; from action `first` on, and again.
 */
async function work({ texts, refused, supervisor, first }) {
  const find = async (...selectors) => {
    for (const until = performance.now() + 2_000; performance.now() < until;) {
      for (const selector of selectors) {
        const found = document.querySelector(selector);
        if (found && !found.disabled && !found.closest("[inert]")) return found;
      }
      await new Promise((done) => setTimeout(done));
    }
    throw new Error(`no ${selectors}`);
  };
  const tap = async (...actions) => {
    for (const action of actions) (await find(`[data-action="${action}"]`)).click();
  };
  const show = (text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  };
  const visitor = (text) => async () => {
    await find('[data-screen="scan"]');
    show(text);
    const next = await find('[data-action="next"]', '[data-action="refer-turn-away"]');
    next.click();
    if (next.dataset.action === "refer-turn-away") await tap("refer-reason");
  };
  const visitorRefused = async () => {
    await find('[data-screen="scan"]');
    show(refused);
    await find('[data-action="override"]');
  };
  // A pass that was before the camera just now is looked at again when it was away for five seconds.
  const presented = async (screen) => {
    await find(`[data-screen="${screen}"]`);
    for (const wait of [250, 5_250, 250]) {
      if (wait < 1_000) show(supervisor);
      await new Promise((done) => setTimeout(done, wait));
      if (!document.querySelector(`[data-screen="${screen}"]`)) return;
    }
    throw new Error(`the ${screen} screen stays`);
  };
  const actions = [
    () => tap("manual", "manual-reason", "manual-allow"),
    ...texts.map(visitor),
    async () => {
      await visitorRefused();
      await tap("override");
      (await find("[data-reason]")).click();
      await presented("override");
    },
    () => tap("list", "undo", "back"),
    async () => {
      await tap("menu");
      (await find('[data-action="shift-start"]', '[data-action="shift-end"]')).click();
      await presented("shift");
    },
    async () => {
      await tap("menu", "known", "checkpoint");
      await find("[data-checkpoint-code]");
      await tap("back", "back");
    },
    async () => {
      await tap("menu", "known", "show");
      await find('[data-screen="show"]');
      show(texts[0]);
      const known = await find("[data-known]", "#desk [data-known]");
      if (known.dataset.known !== "nothing") {
        await tap("strike", "strike-sure");
        await find('[data-known="nothing"]');
      }
      await tap("back");
    },
  ];
  for (let at = first; ; at += 1) {
    try {
      await actions[at % actions.length]();
    } catch {
      // Not offered just now, such as an undo after a minute: back to the queue.
      while (!document.querySelector('[data-screen="scan"]') || document.querySelector('#desk [data-screen]')) {
        document.querySelector('[data-action="back"], [data-action="next"], [data-action="refer-turn-away"]')?.click();
        document.querySelector('[data-action="refer-reason"]')?.click();
        await new Promise((done) => setTimeout(done, 20));
      }
    }
  }
}

/** What is written where the next entry belongs, by nobody who could be trusted. */
async function damageEnd(name) {
  const database = await new Promise((done, fail) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const transaction = database.transaction("entries", "readwrite");
  const entries = transaction.objectStore("entries");
  const last = entries.openKeyCursor(null, "prev");
  last.onsuccess = () => entries.put("not a row", (last.result?.key ?? -1) + 1);
  await new Promise((done) => { transaction.oncomplete = done; });
  database.close();
}

/** All rows, as bytes in base64. */
async function readRows(name) {
  const database = await new Promise((done, fail) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const entries = database.transaction("entries").objectStore("entries");
  const all = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const [keys, rows] = await Promise.all([all(entries.getAllKeys()), all(entries.getAll())]);
  database.close();
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
  return rows.map((row, at) => ({ sequence: keys[at], entry: base64(row.entry), hash: base64(row.hash) }));
}

/** What is kept of logs that the browser threw away, by log: the sequences whose entries hang together from the first on. */
async function readSaved(name) {
  const database = await new Promise((done, fail) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const settings = database.transaction("settings").objectStore("settings");
  const all = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const range = IDBKeyRange.bound("aside:", "aside;");
  const [keys, rows] = await Promise.all([all(settings.getAllKeys(range)), all(settings.getAll(range))]);
  database.close();
  const saved = {};
  for (const [at, key] of keys.entries()) {
    if (!rows[at].lines) continue;
    const lines = (await rows[at].lines.text()).trim().split("\n").map((line) => JSON.parse(line));
    saved[key.split(":").pop()] = lines.map(({ view }) => view.sequence);
  }
  return saved;
}

/** The log's id (docs/log.md): key 1, behind key 0, the version. */
function logOf({ entry }) {
  return Buffer.from(entry, "base64").toString("hex").match(/00010150(.{32})/)[1];
}

/** An entry's kind (docs/log.md): key 13, behind key 12, the program's version as a text. */
function kind({ entry }) {
  return Buffer.from(entry, "base64").toString("latin1").match(/\x0c[\x60-\x77][0-9a-z.+-]+\r([\x01-\x09])/)[1].charCodeAt(0);
}

/**
 * `rounds` times: opens the gate, works there, kills the browser at some moment within two thirds of a second after the first
 * stored entry; every fifth time the log's end is damaged before, and repaired by a tap. Then looks once more. `profile`: a
 * folder in place of a new one. `disk`: on a gate that was open for a while before, what is done some seconds after the first entry, `fill`, how long the gate
 * then works, `lastsMs`, and what is done after the kill, `free`. Answers how many entries were reported
 * and are there, of which kinds, and in how many rounds the gate said that it could not store.
 */
export async function survivesKills(rounds, { flags = [], profile = newProfile(), disk } = {}) {
  // One origin for all rounds.
  const server = await serve({ dir: SITE });
  const camera = await scene([{ seconds: 1, codes: [] }]);
  const pass = passes();
  const texts = ["green", "yellow", "red", "black"].map((name) => pass[name].text);
  // By log; a browser that finds its database damaged begins another.
  const reported = new Map();
  let said = 0;
  const name = `gerbang:${new URL(server.url).pathname}`;
  const open = async ({ damaged } = {}) => {
    let first;
    const gotFirst = new Promise((done) => { first = done; });
    const gate = await openGate({
      camera, profile, server, flags, init: reportStored,
      bindings: {
        stored: (log, sequence) => {
          if (!reported.has(log)) reported.set(log, new Set());
          reported.get(log).add(sequence);
          first();
        },
      },
    });
    // As an app on the home screen has it: else a browser that is short of room may clear all that a site keeps, files too.
    const browser = await gate.context.newCDPSession(gate.page);
    await browser.send("Browser.grantPermissions", { origin: new URL(server.url).origin, permissions: ["durableStorage"] });
    if (damaged) {
      // No page of the gate is open there.
      await gate.page.goto(new URL("first-scan.txt", server.url).href);
      await gate.page.evaluate(damageEnd, name);
      await gate.page.goto(server.url);
      await gate.tap("repair");
      await gate.page.click('#desk [data-action="repair"]');
    }
    await gate.scanning();
    return { gate, gotFirst };
  };
  if (disk) {
    // A phone that has been in use: a browser that was killed within half a minute forgets that it was asked to keep the site.
    const { gate } = await open();
    await gate.page.evaluate(async () => { if (!await navigator.storage.persist()) throw new Error("the browser keeps nothing"); });
    await gate.page.waitForTimeout(40_000);
    await gate.close();
  }
  for (let round = 0; round < rounds; round += 1) {
    const { gate, gotFirst } = await open({ damaged: !disk && round % 5 === 4 });
    const { red: { text: refused }, supervisor: { text: supervisor } } = pass;
    gate.page.evaluate(work, { texts, refused, supervisor, first: round }).catch(() => {});
    await gotFirst;
    if (disk) {
      // localStorage reaches the disk some seconds late.
      await gate.page.waitForTimeout(7_000);
      await disk.fill(gate);
    }
    await gate.page.waitForTimeout((round * 37) % 660 + (disk?.lastsMs ?? 0));
    if (disk) said += Number(await gate.page.evaluate(() => globalThis.saidFull === true));
    await gate.kill();
    disk?.free?.();
  }
  const { gate } = await open();
  await gate.history();
  await gate.chainWhole();
  const rows = await gate.page.evaluate(readRows, name);
  const logs = [...reported.keys()];
  const there = (log) => rows.some((row) => logOf(row) === log);
  const thrown = logs.filter((log) => !there(log));
  // What was thrown away is brought back while the gate works.
  let saved = {};
  for (let tries = 0; tries < 50 && !thrown.every((log) => saved[log]); tries += 1) {
    saved = await gate.page.evaluate(readSaved, name);
    await gate.page.waitForTimeout(200);
  }
  await gate.close();
  await server.close();
  for (const [log, sequences] of reported) {
    const found = new Set(there(log) ? rows.map(({ sequence }) => sequence) : saved[log]);
    const lost = [...sequences].filter((sequence) => !found.has(sequence));
    assert.deepEqual(lost, [], `every entry of ${log} that was reported as stored is there`);
  }
  // What the browser threw away is named by the log that came after it.
  const before = logs.at(-2);
  const gaps = rows.filter((row) => kind(row) === 7).map(({ entry }) => Buffer.from(entry, "base64").toString("hex"));
  assert.ok(!before || gaps.some((gap) => gap.includes(before)), "the log that is gone is named");
  const count = [...reported.values()].reduce((sum, { size }) => sum + size, 0);
  assert.ok(count >= rounds, `each round stored something: ${count}`);
  return { reported: count, thrownAway: logs.length - 1, there: rows.length, said, kinds: [...new Set(rows.map(kind))].sort().join(" ") };
}
