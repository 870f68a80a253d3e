// The screens that show only where a hub is, or where a log was lost: one after the other, as in screens.mjs.
import { level, linkedCity, linkedGate, paste, startPeer } from "./hub.mjs";
import { noFiles, openGate, scene } from "./harness.mjs";

const [EAST, WEST] = ["Pintu Timur", "Pintu Barat Dekat Parkir"];
/** What the browser itself says of a request that failed. */
const NET = /Failed to load resource|net::ERR/;

async function admitted(gate, text) {
  await paste(gate, text);
  await gate.verdict("admit");
  await gate.screen("scan");
}

/** Yields { name, gate } for each; as `screens`. */
export async function* venueScreens(options = {}) {
  yield* hub(options);
  yield* losses(options);
}

async function* hub(options) {
  const peer = await startPeer();
  const city = await linkedCity(peer, [EAST, WEST]);
  const gates = [];
  for (const name of [EAST, WEST]) {
    const gate = await linkedGate(city, peer, name, options);
    await level(gate);
    gates.push(gate);
  }
  const [east, west] = gates;
  const at = (name) => ({ name: `hub-${name}`, gate: west });
  const pass = city.pass();
  await admitted(east, pass);
  await level(east);
  await west.page.waitForSelector('[data-venue="1"]');
  yield at("scan");
  await paste(west, pass);
  await west.verdict("refer", { code: "GATE-USED-ELSEWHERE" });
  yield at("used-elsewhere");
  await west.tap("refer-turn-away");
  await west.page.click('[data-action="refer-reason"] >> nth=0');
  await west.screen("scan");
  await level(west);
  await west.tap("menu");
  await west.screen("menu");
  yield at("menu");
  await west.tap("gates");
  await west.page.waitForSelector(`[data-screen="gates"] [data-gate="${EAST}"]`);
  yield at("gates");
  await west.tap("back");
  await west.tap("back");
  await west.context.route(`${peer.address}/**`, (route) => route.abort());
  await admitted(west, city.pass());
  await west.page.waitForSelector('[data-hub="waiting"]', { timeout: 30_000 });
  yield at("waiting");
  await west.context.unroute(`${peer.address}/**`);
  await peer.retire(city.gates[WEST].user);
  await admitted(west, city.pass());
  await west.page.waitForSelector('[data-banner="retired"]', { timeout: 60_000 });
  yield at("retired");
  for (const gate of gates) await gate.close({ allow: [NET] });
  peer.close();
}

async function* losses(options) {
  for (const [name, init] of [["saved", undefined], ["lost", noFiles]]) {
    const gate = await openGate({ ...options, camera: await scene([{ seconds: 1, codes: [] }]), init });
    await gate.scanning();
    const letIn = async () => {
      await gate.tap("manual");
      await gate.page.click('[data-action="manual-reason"] >> nth=0');
      await gate.tap("manual-allow");
      await gate.screen("scan");
    };
    await letIn();
    await gate.page.waitForFunction(() => document.querySelector('[data-count="admitted"]').textContent === "1");
    // The second copy is a moment behind.
    await gate.page.waitForTimeout(1_000);
    const browser = await gate.context.newCDPSession(gate.page);
    await browser.send("Storage.clearDataForOrigin", { origin: new URL(gate.server.url).origin, storageTypes: "indexeddb" });
    await letIn();
    await gate.page.waitForSelector(`[data-banner="${name}"]`);
    yield { name: `banner-${name}`, gate };
    await gate.close();
  }
}
