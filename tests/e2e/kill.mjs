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
      this.transaction.addEventListener("complete", () => globalThis.stored(sequence));
    }
    return plainAdd.call(this, row, sequence);
  };
}

/**
 * Works at the gate as fast as the screens come: passes of every kind, a visitor by hand, an undo, a checkpoint, the traces of a
 * pass struck; from action `first` on, and again.
 */
async function work({ texts, first }) {
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
  const actions = [
    () => tap("manual", "manual-reason", "manual-allow"),
    ...texts.map(visitor),
    () => tap("list", "undo", "back"),
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

/** An entry's kind (docs/log.md): key 13, behind key 12, the program's version as a text. */
function kind({ entry }) {
  return Buffer.from(entry, "base64").toString("latin1").match(/\x0c[\x60-\x77][0-9a-z.+-]+\r([\x01-\x09])/)[1].charCodeAt(0);
}

/**
 * `rounds` times: opens the gate, works there, kills the browser at some moment within two thirds of a second after the first
 * stored entry; then looks once more. Answers how many entries were reported and are there, and of which kinds.
 */
export async function survivesKills(rounds, { flags = [] } = {}) {
  const profile = newProfile();
  // One origin for all rounds.
  const server = await serve({ dir: SITE });
  const camera = await scene([{ seconds: 1, codes: [] }]);
  const pass = passes();
  const texts = ["green", "yellow", "red", "black"].map((name) => pass[name].text);
  const reported = new Set();
  const open = async () => {
    let first;
    const gotFirst = new Promise((done) => { first = done; });
    const gate = await openGate({
      camera, profile, server, flags, init: reportStored,
      bindings: {
        stored: (sequence) => {
          reported.add(sequence);
          first();
        },
      },
    });
    await gate.scanning();
    return { gate, gotFirst };
  };
  for (let round = 0; round < rounds; round += 1) {
    const { gate, gotFirst } = await open();
    gate.page.evaluate(work, { texts, first: round }).catch(() => {});
    await gotFirst;
    await gate.page.waitForTimeout((round * 37) % 660);
    await gate.kill();
  }
  const { gate } = await open();
  await gate.history();
  await gate.chainWhole();
  const rows = await gate.page.evaluate(readRows, `gerbang:${new URL(gate.server.url).pathname}`);
  await gate.close();
  await server.close();
  const lost = [...reported].filter((sequence) => rows[sequence]?.sequence !== sequence);
  assert.deepEqual(lost, [], "every entry that was reported as stored is there");
  assert.ok(reported.size >= rounds, `each round stored something: ${reported.size}`);
  return { reported: reported.size, there: rows.length, kinds: [...new Set(rows.map(kind))].sort().join(" ") };
}
