// A gate whose log holds a million entries beside one that holds none: appending, the history, its search, the export.
//
// `make bench` runs it. ENTRIES says how many (1,000,000), ROUNDS how many verdicts (30).
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { openGate, scene, passes } from "../tests/e2e/harness.mjs";
import { fillDatabase, writeLog } from "../tests/e2e/log_writer.mjs";
import { measureVerdicts, percentile } from "../tests/e2e/measure.mjs";

const ENTRIES = Number(process.env.ENTRIES ?? 1_000_000);
const ROUNDS = Number(process.env.ROUNDS ?? 30);
const BATCH = 20_000;
// Younger than what retention takes away.
const SPAN_MS = 29 * 86_400_000;

const pass = passes();
const show = (name) => ({ seconds: 1.5, flag: true, codes: [{ modules: pass[name].modules, height: 0.5 }] });
const wall = { seconds: 1, codes: [] };

const camera = await scene([wall, show("green"), wall, show("red")]);

/** Milliseconds from an append to the store's word that it is kept. */
async function appends(gate) {
  await gate.scanning();
  // On the way out a pass may come again and again.
  await gate.tap("direction");
  await gate.page.evaluate(measureVerdicts);
  await gate.page.waitForFunction((rounds) => globalThis.rounds.length >= rounds, ROUNDS, { timeout: ROUNDS * 10_000 });
  return (await gate.page.evaluate(() => globalThis.rounds)).map(({ split }) => split.log);
}

async function fill(gate) {
  await gate.screen("welcome");
  // The gate lets go of its database; the rows are put in, and it starts again.
  await gate.page.goto(new URL("first-scan.txt", gate.server.url).href);
  const seed = randomBytes(32);
  const name = `gerbang:${new URL(gate.server.url).pathname}`;
  let rows = [];
  for (const { sequence, entry, hash } of writeLog({ count: ENTRIES, endUnixMs: Date.now() - 60_000, stepMs: Math.floor(SPAN_MS / ENTRIES), seed })) {
    rows.push({ sequence, entry: entry.toString("base64"), hash: hash.toString("base64") });
    if (rows.length < BATCH && sequence + 1 < ENTRIES) continue;
    await gate.page.evaluate(fillDatabase, { name, rows, seed: sequence < BATCH ? seed.toString("base64") : undefined });
    rows = [];
  }
}

/** Bytes of the page's process that are its own. */
function memory(gate) {
  const lines = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  const own = lines.filter((line) => line.includes("--type=renderer") && line.includes(gate.profile));
  const anonymous = own.map((line) => readFileSync(`/proc/${Number.parseInt(line, 10)}/status`, "utf8").match(/RssAnon:\s+(\d+)/));
  return Math.max(...anonymous.map(([, kilobytes]) => Number(kilobytes) * 1024));
}

/** Runs in the page: taps, and answers after how many ms what was wanted is painted. */
async function untilPainted({ on, search, wanted, words = "" }) {
  const from = performance.now();
  const element = document.querySelector(on);
  if (search) Object.assign(element, { value: search }).dispatchEvent(new Event("input", { bubbles: true }));
  else element.click();
  const there = () => {
    const found = [...document.querySelectorAll(wanted)];
    return found.length > 0 && found.every((one) => one.textContent.toLowerCase().includes(words));
  };
  while (!there()) await new Promise(requestAnimationFrame);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - from;
}

const say = (name, text) => console.log(`${name.padEnd(34)}${text}`);
const empty = await openGate({ camera, hash: "#bench" });
const without = await appends(empty);
await empty.close();

const filled = await openGate({ camera: "none" });
await fill(filled);
await filled.context.close();
const { profile, server } = filled;
const gate = await openGate({ camera, hash: "#bench", profile, server });
const began = performance.now();
const withMany = await appends(gate);
say(`${ENTRIES.toLocaleString("en")} entries, append p95`, [without, withMany].map((values) => `${percentile(values, 0.95).toFixed(1)} ms`).join(" with none, ") + ` with all: ${(percentile(withMany, 0.95) / percentile(without, 0.95)).toFixed(2)} times (median ${percentile(without, 0.5).toFixed(1)} and ${percentile(withMany, 0.5).toFixed(1)})`);
await gate.page.evaluate(() => document.querySelector('[data-action="next"]')?.click());
await gate.screen("scan");
const history_ms = await gate.page.evaluate(untilPainted, { on: '[data-action="list"]', wanted: "#desk [data-entry]" });
say("history, to its first rows", `${history_ms.toFixed(0)} ms`);
const search_ms = await gate.page.evaluate(untilPainted, {
  on: '[data-action="search"]', search: "pas berakhir", wanted: "#desk [data-entry]", words: "pas berakhir",
});
say("search, to the first rows", `${search_ms.toFixed(0)} ms`);
await gate.chainWhole(300_000);
say("the whole chain checked after", `${((performance.now() - began) / 1000).toFixed(0)} s`);
await gate.shot("million-history");
await gate.tap("back");
await gate.tap("menu");
await (await gate.context.newCDPSession(gate.page)).send("HeapProfiler.collectGarbage");
const before = memory(gate);
let peak = before;
const watch = setInterval(() => { peak = Math.max(peak, memory(gate)); }, 100);
const export_ms = await gate.page.evaluate(untilPainted, { on: '[data-action="handover"]', wanted: "[data-ready]" });
clearInterval(watch);
const [download] = await Promise.all([gate.page.waitForEvent("download"), gate.tap("give-lines")]);
const size = execFileSync("stat", ["-c", "%s", await download.path()], { encoding: "utf8" });
say("export", `${(export_ms / 1000).toFixed(1)} s, ${(Number(size) / 1e6).toFixed(0)} MB of lines; the page's process ${(before / 1e6).toFixed(0)} MB before, ${(peak / 1e6).toFixed(0)} MB at most`);
await gate.close();
await filled.close({ allow: [/404/] });
