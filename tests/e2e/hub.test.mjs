// Gates of one venue know of each other through a database that others run, and none needs it to work.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { journey, SITE } from "./harness.mjs";
import { counted, entriesOf, inside, level, linkedCity, linkedGate, paste, startPeer } from "./hub.mjs";

const [EAST, WEST] = ["Pintu Timur", "Pintu Barat"];
/** What the browser itself says of a request that failed. */
const NET = /Failed to load resource|net::ERR|content-encoding is not allowed/;

async function admitted(gate, text) {
  await paste(gate, text);
  await gate.verdict("admit");
  await gate.screen("scan");
}

/** Waits until so many entries of the user are there; a level hub says so for a while before it is. */
async function arrived(peer, user, count) {
  for (let tries = 0; entriesOf(await peer.documents(), user) < count && tries < 60; tries += 1) await new Promise((done) => setTimeout(done, 500));
}

journey("hub: a pass that was used at one gate is known at the other, with its time, and both count together", async () => {
  const peer = await startPeer();
  const city = await linkedCity(peer, [EAST, WEST]);
  const policy = readFileSync(join(city.site, "index.html"), "utf8").match(/connect-src ([^;]*);/)[1];
  assert.equal(policy, `'self' ${peer.address}`, "the page may ask that one origin");
  assert.match(readFileSync(join(SITE, "index.html"), "utf8"), /connect-src 'self';/, "and none where there is no hub");
  const [east, west] = [await linkedGate(city, peer, EAST), await linkedGate(city, peer, WEST)];
  await level(east);
  await inside(west, 0);
  const [pass, other] = [city.pass(), city.pass()];
  await admitted(east, pass);
  const admittedAt = performance.now();
  await inside(west, 1);
  console.log(`        known at the other gate ${Math.round(performance.now() - admittedAt)} ms after the screen was free again`);
  await paste(west, pass);
  await west.verdict("refer", { code: "GATE-USED-ELSEWHERE" });
  assert.match(await west.page.textContent('[data-screen="verdict"]'), /Sudah dipakai \d\d?\.\d\d di Pintu Timur \(kabar \d\d?\.\d\d\)/);
  await west.shot("hub-used-elsewhere");
  await west.tap("refer-turn-away");
  await west.page.click('[data-action="refer-reason"]');
  await west.screen("scan");
  await admitted(west, other);
  await Promise.all([inside(east, 2), inside(west, 2)]);
  await east.shot("hub-scan");
  assert.match(await east.page.textContent(".hub"), /^Semua pintu \d\d?\.\d\d: 2 · sinkron \d\d?\.\d\d$/);
  await east.tap("language-en");
  await east.page.waitForSelector('[data-screen="scan"][lang="en"]');
  assert.match(await east.page.textContent(".hub"), /^All gates \d\d?:\d\d: 2 · in sync \d\d?:\d\d$/);
  await east.shot("hub-scan-en");
  await east.tap("language-id");
  await east.page.waitForSelector('[data-screen="scan"][lang="id"]');
  await east.tap("menu");
  await east.tap("gates");
  await east.page.waitForSelector('[data-screen="gates"] [data-gate="Pintu Barat"]');
  assert.match(await east.page.textContent('[data-gate="Pintu Barat"]'), /Hari ini 2 diputuskan, 1 masuk, 0 keluar/);
  assert.match(await east.page.textContent('[data-gate="Pintu Timur"]'), /Hari ini 1 diputuskan, 1 masuk, 0 keluar/);
  await east.shot("hub-gates");
  await east.tap("back");
  await east.tap("back");
  await east.screen("scan");
  await east.tap("direction");
  await paste(east, other);
  await east.verdict("exit");
  await east.screen("scan");
  await Promise.all([inside(east, 1), inside(west, 1)]);
  await west.page.waitForSelector('[data-hub="level"]');
  await arrived(peer, city.gates[WEST].user, 3);
  const documents = await peer.documents();
  assert.equal(entriesOf(documents, city.gates[EAST].user), 2);
  assert.equal(entriesOf(documents, city.gates[WEST].user), 3);
  const everything = JSON.stringify(documents);
  for (const secret of ["Wulan", "1980-02-03", pass, city.gates[EAST].password]) assert.ok(!everything.includes(secret));
  await east.close();
  await west.close();
  peer.close();
});

journey("hub: what a visitor weighs on the line, over HTTP/2 as deploy/ has it and over HTTP/1.1", async () => {
  const [VISITORS, AROUND_BYTES_MAX] = [3, 80];
  for (const secure of [true, false]) {
    const peer = await startPeer();
    const hub = await counted(peer, { secure });
    const city = await linkedCity(hub, [EAST]);
    const gate = await linkedGate(city, hub, EAST, { flags: secure ? ["--ignore-certificate-errors"] : [] });
    const visit = async (count) => {
      await admitted(gate, city.pass());
      await inside(gate, count);
      await gate.page.waitForFunction((count) => count <= globalThis.wrote, count, { timeout: 20_000 });
    };
    await gate.page.evaluate(() => (globalThis.wrote = 0));
    gate.page.on("requestfinished", (request) => request.url().endsWith("/_bulk_docs") && request.method() === "POST" && gate.page.evaluate(() => (globalThis.wrote += 1)).catch(() => {}));
    await visit(1);
    await visit(2);
    const before = { ...hub.wire, ...gate.wrote };
    for (let visitor = 3; visitor < 3 + VISITORS; visitor += 1) await visit(visitor);
    const each = (now, then) => Math.round((now - then) / VISITORS);
    const [sent, encrypted, received] = ["sent", "encrypted", "received"].map((what) => each(hub.wire[what], before[what]));
    const body = each(gate.wrote.bytes, before.bytes);
    console.log(`        ${secure ? "HTTP/2" : "HTTP/1.1"}: ${sent} bytes sent for each visitor (${encrypted} with TLS), ${body} of them the body; ${received} received`);
    assert.equal(gate.wrote.requests - before.requests, VISITORS, "a request each");
    assert.equal(gate.wrote.packed, gate.wrote.requests, "each compressed");
    if (secure) assert.ok(sent - body <= AROUND_BYTES_MAX, "as tests/it/hub_weight.rs reckons");
    await arrived(peer, city.gates[EAST].user, 2 + VISITORS);
    assert.equal(entriesOf(await peer.documents(), city.gates[EAST].user), 2 + VISITORS);
    await gate.close({ allow: [NET] });
    hub.close();
    peer.close();
  }
});

journey("hub: the network to the hub is cut: the gate goes on, and all of it arrives when it is back", async () => {
  // To which a page may not send compressed bodies.
  const peer = await startPeer({ takes: "Authorization, Content-Type" });
  const city = await linkedCity(peer, [EAST, WEST]);
  const gate = await linkedGate(city, peer, EAST);
  await level(gate);
  await admitted(gate, city.pass());
  await arrived(peer, city.gates[EAST].user, 1);
  await level(gate);
  await gate.context.route(`${peer.address}/**`, (route) => route.abort());
  for (let visitor = 0; visitor < 3; visitor += 1) await admitted(gate, city.pass());
  await gate.page.waitForSelector('[data-hub="waiting"]', { timeout: 30_000 });
  assert.match(await gate.page.textContent(".hub"), /3 menunggu/);
  await gate.shot("hub-waiting");
  assert.equal(entriesOf(await peer.documents(), city.gates[EAST].user), 1);
  await gate.context.unroute(`${peer.address}/**`);
  await arrived(peer, city.gates[EAST].user, 4);
  await level(gate, 60_000);
  assert.equal(entriesOf(await peer.documents(), city.gates[EAST].user), 4, "nothing lost, nothing twice");
  assert.ok(gate.wrote.packed > 0 && gate.wrote.packed < gate.wrote.requests, "tried, and then as they are");
  await gate.close({ allow: [NET] });
  peer.close();
});

journey("hub: a hub that is gone for good stops no gate, before and after a new start", async () => {
  const peer = await startPeer();
  const city = await linkedCity(peer, [EAST]);
  const gate = await linkedGate(city, peer, EAST);
  await level(gate);
  peer.close();
  await admitted(gate, city.pass());
  await gate.page.waitForSelector('[data-hub="waiting"]', { timeout: 30_000 });
  await gate.page.reload();
  await gate.begin();
  await gate.screen("scan");
  await admitted(gate, city.pass());
  assert.equal(await gate.page.textContent('[data-count="inside"]'), "2");
  await gate.close({ allow: [NET] });
});

journey("hub: a gate that was retired is told so and goes on recording", async () => {
  const peer = await startPeer();
  const city = await linkedCity(peer, [EAST]);
  const gate = await linkedGate(city, peer, EAST);
  await level(gate);
  await peer.retire(city.gates[EAST].user);
  await admitted(gate, city.pass());
  await gate.page.waitForSelector('[data-banner="retired"]', { timeout: 60_000 });
  await gate.shot("hub-retired");
  await admitted(gate, city.pass());
  assert.equal(await gate.page.textContent('[data-count="inside"]'), "2");
  assert.equal(await gate.page.textContent('[data-count="admitted"]'), "2");
  await gate.close({ allow: [NET] });
  peer.close();
});

journey("hub: who writes under a gate's name is told at that gate, and nothing of the gate's is lost", async () => {
  const peer = await startPeer();
  const city = await linkedCity(peer, [EAST]);
  const gate = await linkedGate(city, peer, EAST);
  await level(gate);
  await admitted(gate, city.pass());
  const { user } = city.gates[EAST];
  await arrived(peer, user, 1);
  await level(gate);
  const own = (await peer.documents()).find(({ _id }) => !_id.endsWith(":parts"))._id.split(":")[1];
  // The id that the next entry would have.
  await peer.put({ _id: `${user}:${own}:000000000001:000000000002`, v: 1, entries: [], checkpoint: "" });
  await admitted(gate, city.pass());
  await gate.page.waitForSelector('[data-banner="contested"]', { timeout: 60_000 });
  await gate.shot("hub-contested");
  await admitted(gate, city.pass());
  await level(gate, 60_000);
  await arrived(peer, user, 3);
  assert.equal(entriesOf(await peer.documents(), user), 3, "all three, under other ids");
  await gate.close({ allow: [NET] });
  peer.close();
});

/** On that entry, with the supervisor's PIN. */
async function flag(gate, entry, action) {
  await gate.history();
  await gate.page.click(`[data-entry="${entry}"] button`);
  await gate.screen("entry");
  await gate.tap("go-attention");
  await gate.screen("pin-asked");
  await gate.page.fill('[data-action="pin"]', "2468");
  await gate.tap("pin-try");
  await gate.screen("attention");
  await gate.tap(action);
  await gate.page.waitForSelector(`[data-screen="entry"]${action === "raise" ? " [data-attention]" : ":not(:has([data-attention]))"}`);
  await gate.tap("back");
  await gate.tap("back");
  await gate.screen("scan");
}

async function withPin(gate) {
  await gate.tap("menu");
  await gate.setPin();
  await gate.tap("back");
  await gate.screen("scan");
}

async function turnedAway(gate) {
  await gate.tap("refer-turn-away");
  await gate.page.click('[data-action="refer-reason"] >> nth=0');
  await gate.screen("scan");
}

journey("hub: whom a supervisor flags at one gate is referred at the other, and either may take it away", async () => {
  const peer = await startPeer();
  const city = await linkedCity(peer, [EAST, WEST]);
  const [east, west] = [await linkedGate(city, peer, EAST), await linkedGate(city, peer, WEST)];
  await Promise.all([inside(east, 0), inside(west, 0)]);
  const [pass, other, third, fourth] = [city.pass(), city.pass(), city.pass(), city.pass()];
  await admitted(east, pass);
  await admitted(east, other);
  await withPin(east);
  await flag(east, 0, "raise");
  await flag(east, 1, "raise");
  // What comes behind it in the log is heard behind it.
  await admitted(east, third);
  await inside(west, 3);
  await paste(west, pass);
  await west.verdict("refer", { code: "GATE-ATTENTION" });
  assert.match(await west.page.textContent('[data-screen="verdict"]'), /Ditandai penanggung jawab \d\d?\.\d\d di Pintu Timur\./);
  await west.shot("hub-flagged");
  await turnedAway(west);
  await west.tap("language-en");
  await west.page.waitForSelector('[data-screen="scan"][lang="en"]');
  await paste(west, other);
  await west.verdict("refer", { code: "GATE-ATTENTION" });
  assert.match(await west.page.textContent('[data-screen="verdict"]'), /Flagged by a supervisor at \d\d?:\d\d at Pintu Timur\./);
  await west.shot("hub-flagged-en");
  await turnedAway(west);
  await withPin(west);
  await flag(west, 0, "lower");
  await admitted(west, fourth);
  await inside(east, 4);
  await paste(east, pass);
  await east.verdict("refer", { code: "GATE-USED" });
  await east.close();
  await west.close();
  peer.close();
});
