// Half an hour (MINUTES says otherwise) at 30 frames a second, a pass every 3 seconds: no verdict is dropped, memory
// stays flat, and the last five minutes are as fast as the first.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { openGate, passes, scene } from "./harness.mjs";
import { measureVerdicts, percentile } from "./measure.mjs";

const MINUTES = Number(process.env.MINUTES ?? 30);
const PART_MS = Math.min(5, MINUTES / 3) * 60_000;
const CYCLE_S = 3;
// Slower than this is no noise of a busy machine.
const SLOWER_MAX = 1.25;
const GROWTH_MAX = 1.1;

const pass = passes();
// Three, so that each is forgotten by the time it comes again.
const names = ["green", "yellow", "red"];
const parts = names.flatMap((name) => [
  { seconds: CYCLE_S / 2, codes: [] },
  { seconds: CYCLE_S / 2, flag: true, codes: [{ modules: pass[name].modules }] },
]);
const gate = await openGate({ camera: await scene(parts, { fps: 30 }), hash: "#bench" });
await gate.scanning();
await gate.page.evaluate(measureVerdicts);
const browser = await gate.context.newCDPSession(gate.page);

/** Bytes: of the page's own objects after a collection, of its wasm memories, of its process. */
async function memory() {
  await browser.send("HeapProfiler.collectGarbage");
  const { usedSize } = await browser.send("Runtime.getHeapUsage");
  const { result } = await browser.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await browser.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const { result: wasm } = await browser.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }",
    returnByValue: true,
  });
  const lines = execFileSync("ps", ["-eo", "rss,args"], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  const own = lines.filter((line) => line.includes("--type=renderer") && line.includes(gate.profile));
  const process = own.reduce((sum, line) => sum + Number.parseInt(line, 10) * 1024, 0);
  return { heap: usedSize, wasm: wasm.value, process };
}

const began = await gate.page.evaluate(() => performance.now());
const seen = [];
let early;
for (let minute = 1; minute <= MINUTES; minute += 1) {
  await gate.page.waitForTimeout(60_000);
  const now = await memory();
  // What is loaded late and kept belongs to the beginning.
  if (minute === Math.max(1, Math.round(PART_MS / 60_000))) early = now;
  seen.push(now);
  const megabytes = Object.entries(now).map(([name, bytes]) => `${name} ${(bytes / 1e6).toFixed(1)} MB`);
  console.log(`minute ${minute} of ${MINUTES}: ${megabytes.join(", ")}`);
}
const rounds = await gate.page.evaluate(() => globalThis.rounds);
const ended = await gate.page.evaluate(() => performance.now());
await gate.close();

const median = (from, to) => percentile(rounds.filter(({ at }) => at >= from && at < to).map(({ total }) => total), 0.5);
const [first, last] = [median(began, began + PART_MS), median(ended - PART_MS, ended)];
const expected = Math.floor((ended - began) / 1_000 / CYCLE_S);
console.log(`${rounds.length} verdicts, ${expected} passes shown; frame to verdict ${first.toFixed(0)} ms at first, ${last.toFixed(0)} ms at last`);
// The first and the last pass may be cut by the ends.
assert.ok(rounds.length >= expected - 2, "no verdict was dropped");
assert.ok(last <= first * SLOWER_MAX, "as fast as at first");
const final = seen.at(-1);
for (const name of ["heap", "wasm"]) assert.ok(final[name] <= early[name] * GROWTH_MAX, `${name} is flat`);
process.exit(0);
