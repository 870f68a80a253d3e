// From opening the address to a gate that can begin: the first visit on a slow line, the second without a network.
//
// `make bench` runs it, on the built site, in headless Chromium whose processor is slowed four times: a phone of the
// middle. The line of the first visit has 1.6 Mbit/s and 150 ms there and back. Ready is when the welcome's button can
// be tapped, site, issuer list and log being open.
import { serve } from "../tools/serve.mjs";
import { SITE, newProfile, openGate } from "../tests/e2e/harness.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const SLOWER = 4;
const LINE = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };

async function readyMs(gate, open) {
  await open();
  await gate.page.waitForSelector('[data-action="begin"]', { timeout: 60_000 });
  // The page's own clock began with the navigation.
  return gate.page.evaluate(() => new Promise((done) => {
    requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  }));
}

async function slowed(gate, line) {
  const browser = await gate.context.newCDPSession(gate.page);
  await browser.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  if (line) {
    await browser.send("Network.enable");
    await browser.send("Network.emulateNetworkConditions", line);
  }
}

const first = [];
const second = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const server = await serve({ dir: SITE });
  const gate = await openGate({ server, profile: newProfile(), blank: true });
  await slowed(gate, LINE);
  first.push(await readyMs(gate, () => gate.page.goto(server.url)));
  await gate.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await gate.page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, { timeout: 60_000 });
  await gate.context.setOffline(true);
  second.push(await readyMs(gate, () => gate.page.reload()));
  await gate.close({ allow: [/ERR_INTERNET_DISCONNECTED/] });
  await server.close();
}

const row = (name, values) => {
  const sorted = [...values].sort((a, b) => a - b);
  console.log(`${name.padEnd(44)}${sorted[Math.floor(sorted.length / 2)].toFixed(0).padStart(7)}${sorted.at(-1).toFixed(0).padStart(7)}`);
};
console.log(`opening to ready: ${ROUNDS} rounds, processor slowed ${SLOWER} times`);
console.log(`${"ms".padEnd(44)}${"median".padStart(7)}${"worst".padStart(7)}`);
row("  first visit, 1.6 Mbit/s, 150 ms", first);
row("  second visit, without a network", second);
