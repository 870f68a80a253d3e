// From the first frame that shows a pass to the verdict on the screen, in the built site, through the camera.
//
// `make bench` runs it; tests/e2e/measure.mjs says what is measured.
import { openGate, scene, passes } from "../tests/e2e/harness.mjs";
import { measureVerdicts, percentile } from "../tests/e2e/measure.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 30);
const STAGES = ["grab", "transfer", "decode", "verify", "log", "render"];

const pass = passes();
const show = (name) => ({ seconds: 1.5, flag: true, codes: [{ modules: pass[name].modules, height: 0.5 }] });
const wall = { seconds: 1, codes: [] };
const version = (name) => (pass[name].modules.length - 17) / 4;

const [first, second] = ["bench-1", "bench-2"].every((name) => pass[name])
  ? ["bench-1", "bench-2"]
  : ["green", "red"];
const camera = await scene([wall, show(first), wall, show(second)], { width: 1280, height: 720, fps: 30 });
const gate = await openGate({ camera, hash: "#bench" });
await gate.scanning();
// On the way out a pass may come again and again.
await gate.tap("direction");

await gate.page.evaluate(measureVerdicts);
await gate.page.waitForFunction((rounds) => globalThis.rounds.length >= rounds, ROUNDS, { timeout: ROUNDS * 10_000 });
const rounds = await gate.page.evaluate(() => globalThis.rounds);
await gate.close();

const row = (name, values) =>
  console.log(`${name.padEnd(18)}${percentile(values, 0.5).toFixed(1).padStart(9)}${percentile(values, 0.95).toFixed(1).padStart(9)}`);
console.log(`frame to verdict: ${rounds.length} passes of QR version ${version(first)} and ${version(second)}, half the height of 720p at 30 frames/s, headless Chromium`);
console.log(`${"ms".padEnd(18)}${"median".padStart(9)}${"p95".padStart(9)}`);
row("frame to verdict", rounds.map(({ total }) => total));
for (const stage of STAGES) row(`  ${stage}`, rounds.map(({ split }) => split[stage]));
