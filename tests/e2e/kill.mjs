// Kills the browser in the midst of appending, again and again, and looks for what the page had called stored.
import assert from "node:assert/strict";
import { serve } from "../../tools/serve.mjs";
import { SITE, newProfile, openGate, scene } from "./harness.mjs";

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

/** Lets visitors in by hand, one after another, as fast as the screens come. */
async function letIn() {
  const find = async (selector) => {
    for (;;) {
      const found = document.querySelector(selector);
      if (found && !found.disabled) return found;
      await new Promise((done) => setTimeout(done));
    }
  };
  for (;;) {
    (await find('[data-action="manual"]')).click();
    (await find('[data-action="manual-reason"]')).click();
    (await find('[data-action="manual-allow"]')).click();
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

/**
 * `rounds` times: opens the gate, lets visitors in, kills the browser at some moment within two
 * thirds of a second after the first stored entry; then looks once more. Answers how many entries were reported and are there.
 */
export async function survivesKills(rounds, { flags = [] } = {}) {
  const profile = newProfile();
  // One origin for all rounds.
  const server = await serve({ dir: SITE });
  const camera = await scene([{ seconds: 1, codes: [] }]);
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
    gate.page.evaluate(letIn).catch(() => {});
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
  return { reported: reported.size, there: rows.length };
}
