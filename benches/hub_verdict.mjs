// What a hub costs a gate: from frame to verdict, processor and memory, without a hub, with one, and with one that takes each
// request and never answers.
//
// `make bench` runs it; tests/e2e/measure.mjs says what is measured.
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modulesOf } from "../tests/e2e/city.mjs";
import { scene } from "../tests/e2e/harness.mjs";
import { level, linkedCity, linkedGate, startPeer } from "../tests/e2e/hub.mjs";
import { measureVerdicts, percentile } from "../tests/e2e/measure.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 20);
const NET = /Failed to load resource|net::ERR/;
const [EAST, WEST] = ["Pintu Timur", "Pintu Barat"];

/** What the browser's processes that draw pages have used: seconds of a processor, and megabytes in memory now. */
async function used(gate) {
  const browser = await gate.context.browser().newBrowserCDPSession();
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  await browser.detach();
  const drawing = processInfo.filter(({ type }) => type === "renderer");
  const memory = ({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))[1]) / 1024;
  return {
    cpuS: drawing.reduce((sum, { cpuTime }) => sum + cpuTime, 0),
    memoryMb: drawing.reduce((sum, process) => sum + memory(process), 0),
  };
}

const peer = await startPeer();
const city = await linkedCity(peer, [EAST, WEST]);
const folder = mkdtempSync(join(tmpdir(), "gerbang-bench-"));
const show = (name) => {
  const svg = join(folder, `${name}.svg`);
  city.pass("--svg", svg);
  return { seconds: 1.5, flag: true, codes: [{ modules: modulesOf(svg), height: 0.5 }] };
};
const wall = { seconds: 1, codes: [] };
const options = { camera: await scene([wall, show("one"), wall, show("two")], { width: 1280, height: 720, fps: 30 }) };

/** A gate whose verdicts are timed from now on. */
async function measuring(name) {
  const gate = await linkedGate(city, peer, name, { ...options, hash: "#bench" });
  await gate.page.waitForFunction(() => document.documentElement.dataset.camera === "running");
  // On the way out a pass may come again and again.
  await gate.tap("direction");
  await gate.page.evaluate(measureVerdicts);
  return gate;
}

/** From here on. */
async function measured(gate) {
  await gate.page.evaluate(() => { globalThis.rounds = []; });
  const before = await used(gate);
  const from = performance.now();
  await gate.page.waitForFunction((rounds) => globalThis.rounds.length >= rounds, ROUNDS, { timeout: ROUNDS * 10_000 });
  const after = await used(gate);
  const rounds = await gate.page.evaluate(() => globalThis.rounds);
  return {
    totals: rounds.map(({ total }) => total), memoryMb: after.memoryMb,
    cpu: (after.cpuS - before.cpuS) / ((performance.now() - from) / 1000),
  };
}

const results = {};
const alone = await measuring(null);
results["no hub"] = await measured(alone);
await alone.close();

const other = await linkedGate(city, peer, WEST);
await level(other);
const east = await measuring(EAST);
await level(east);
results["a hub"] = await measured(east);
await other.close();

// The same address takes all and says nothing.
peer.close();
const held = new Set();
const silent = createServer((socket) => held.add(socket.on("error", () => held.delete(socket))));
for (let tries = 0; !silent.listening && tries < 50; tries += 1) {
  silent.listen(Number(new URL(peer.address).port), "127.0.0.1");
  await Promise.race([once(silent, "listening"), once(silent, "error").catch(() => {})]).catch(() => {});
  if (!silent.listening) await new Promise((later) => setTimeout(later, 200));
}
await east.page.waitForSelector('[data-hub="waiting"]', { timeout: 60_000 });
results["a hub that hangs"] = await measured(east);
console.log(`        ${held.size} requests that nobody answered`);
await east.close({ allow: [NET] });

const base = percentile(results["no hub"].totals, 0.5);
console.log(`frame to verdict with a hub and without: ${ROUNDS} passes each, half the height of 720p at 30 frames/s, headless Chromium`);
console.log(`${"".padEnd(18)}${["median ms", "p95 ms", "ratio", "processor", "memory MB"].map((word) => word.padStart(11)).join("")}`);
for (const [name, { totals, cpu, memoryMb }] of Object.entries(results)) {
  const median = percentile(totals, 0.5);
  const cells = [median.toFixed(1), percentile(totals, 0.95).toFixed(1), (median / base).toFixed(2), `${Math.round(cpu * 100)} %`, memoryMb.toFixed(0)];
  console.log(`${name.padEnd(18)}${cells.map((cell) => cell.padStart(11)).join("")}`);
}
process.exit(0);
