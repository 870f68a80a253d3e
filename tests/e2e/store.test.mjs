// A phone whose storage fails: the gate goes on, says so, and stores what it held as soon as it can.
import assert from "node:assert/strict";
import { journey, noFiles, openGate, scene } from "./harness.mjs";

async function letIn(gate) {
  await gate.tap("manual");
  await gate.page.click('[data-action="manual-reason"] >> nth=0');
  await gate.tap("manual-allow");
  await gate.screen("scan");
}

async function listed(gate) {
  await gate.history();
  const sequences = await gate.page.locator("[data-entry]").evaluateAll((all) => all.map((one) => one.dataset.entry));
  await gate.chainWhole();
  await gate.tap("back");
  return sequences;
}

journey("a full phone keeps the gate open and stores what it held when there is room", async () => {
  const gate = await openGate({ camera: await scene([{ seconds: 1, codes: [] }]) });
  await gate.scanning();
  await letIn(gate);
  const browser = await gate.context.newCDPSession(gate.page);
  const origin = new URL(gate.server.url).origin;
  await browser.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  // Chromium looks at the room that is left every half minute only.
  let visitors = 1;
  while ((await gate.page.locator('[data-banner="storage"]').count()) === 0) {
    await letIn(gate);
    visitors += 1;
    await gate.page.waitForTimeout(1_000);
  }
  await letIn(gate);
  await gate.shot("banner-storage-full");
  await browser.send("Storage.overrideQuotaForOrigin", { origin });
  await gate.page.waitForSelector('[data-banner="storage"]', { state: "detached", timeout: 50_000 });
  await gate.page.reload();
  await gate.scanning();
  const sequences = [...Array(visitors + 1).keys()].map(String).reverse();
  assert.deepEqual(await listed(gate), sequences);
  await gate.close();
});

/** Where the log's second copy is level with it. */
async function copied(gate, entries) {
  await gate.page.waitForFunction(async ([scope, entries]) => {
    const rows = async (folder) => {
      const found = [];
      for await (const [, one] of folder.entries()) found.push(...(one.kind === "file" ? [(await one.getFile()).size] : await rows(one)));
      return found;
    };
    const site = await (await navigator.storage.getDirectory()).getDirectoryHandle(encodeURIComponent(`gerbang:${scope}`)).catch(() => {});
    const sizes = site ? await rows(site) : [];
    return sizes.reduce((sum, size) => sum + size, 0) > entries * 100;
  }, [new URL(gate.server.url).pathname, entries]);
}

/** Opens what is kept of other logs; answers how many records each has, and whether their chains are whole. */
async function keptLogs(gate, count) {
  await gate.tap("menu");
  await gate.tap("known");
  await gate.tap("examine");
  await gate.page.waitForSelector(`[data-imports="${count}"]`);
  const kept = await gate.page.locator("[data-imports] small").allInnerTexts();
  await gate.shot("examine-saved");
  const [give] = await Promise.all([gate.page.waitForEvent("download"), gate.page.click('[data-action="import-give"] >> nth=0')]);
  await gate.page.setInputFiles('[data-action="examine-files"]', await give.path());
  await gate.page.waitForSelector('[data-examined="whole"]');
  for (let back = 0; back < 3; back += 1) await gate.tap("back");
  await gate.screen("scan");
  return kept;
}

journey("a database that the browser throws away while the gate works is found again in its second copy", async () => {
  const gate = await openGate({ camera: await scene([{ seconds: 1, codes: [] }]) });
  await gate.scanning();
  for (const sequence of [0, 1, 2]) {
    await letIn(gate);
    await copied(gate, sequence + 1);
  }
  const browser = await gate.context.newCDPSession(gate.page);
  const origin = new URL(gate.server.url).origin;
  const throwAway = () => browser.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  await throwAway();
  await letIn(gate);
  await gate.page.waitForSelector('[data-banner="saved"]');
  await gate.shot("banner-saved");
  assert.deepEqual(await keptLogs(gate, 1), ["3 catatan"]);
  // The visitor whom the store could not take at first is in the new log, behind the gap and the device's signature.
  await gate.page.waitForSelector('[data-banner="storage"]', { state: "detached" });
  await copied(gate, 12);
  // The next database may go the same way.
  await gate.page.goto("about:blank");
  await throwAway();
  await gate.page.goto(gate.server.url);
  await gate.scanning();
  await gate.page.waitForSelector('[data-banner="saved"]');
  assert.deepEqual((await keptLogs(gate, 2)).sort(), ["3 catatan", "3 catatan"]);
  await gate.close();
});

journey("a database that the browser throws away while the gate works is no crash, and the new log names the old one", async () => {
  const gate = await openGate({ camera: await scene([{ seconds: 1, codes: [] }]), init: noFiles });
  await gate.scanning();
  await letIn(gate);
  assert.deepEqual(await listed(gate), ["0"], "stored before it is lost");
  const browser = await gate.context.newCDPSession(gate.page);
  const origin = new URL(gate.server.url).origin;
  await browser.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  await letIn(gate);
  await gate.page.waitForSelector('[data-banner="lost"]');
  await gate.page.waitForSelector('[data-banner="storage"]', { state: "detached" });
  await gate.shot("banner-lost");
  // The gap, the device's signature, and the visitor whom the store could not take at first.
  assert.deepEqual(await listed(gate), ["2", "1", "0"]);
  await gate.history();
  await gate.shot("history-lost");
  await gate.page.reload();
  await gate.scanning();
  assert.equal(await gate.page.locator('[data-banner="lost"]').count(), 0, "it is told once");
  await gate.close();
});

journey("a database that the browser threw away while the gate was closed is named by the new log", async () => {
  const gate = await openGate({ camera: await scene([{ seconds: 1, codes: [] }]), init: noFiles });
  await gate.scanning();
  await letIn(gate);
  assert.deepEqual(await listed(gate), ["0"], "stored before it is lost");
  await gate.page.goto("about:blank");
  const browser = await gate.context.newCDPSession(gate.page);
  const origin = new URL(gate.server.url).origin;
  await browser.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  await gate.page.goto(gate.server.url);
  await gate.scanning();
  await gate.page.waitForSelector('[data-banner="lost"]');
  assert.deepEqual(await listed(gate), ["1", "0"]);
  await gate.close();
});
