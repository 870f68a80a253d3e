// From the first frame that shows a pass to the verdict on the screen, in the built site, through the camera.
//
// Passes at 720p; then credentials of others, whose codes are large, at 1080p. `make bench` runs it;
// tests/e2e/measure.mjs says what is measured.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openGate, scene, passes, SITE } from "../tests/e2e/harness.mjs";
import { measureVerdicts, percentile } from "../tests/e2e/measure.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 30);
const STAGES = ["grab", "transfer", "decode", "verify", "log", "render"];

const row = (name, values) =>
  console.log(`${name.padEnd(18)}${percentile(values, 0.5).toFixed(1).padStart(9)}${percentile(values, 0.95).toFixed(1).padStart(9)}`);
const wall = { seconds: 1, codes: [] };
const version = ({ modules }) => (modules.length - 17) / 4;

const pass = passes();
await measure([pass.green, pass.red], 0.5, { width: 1280, height: 720, fps: 30 });
const { codes } = JSON.parse(readFileSync(join(SITE, "demo/families.json"), "utf8"));
const credential = (name) => codes.find(({ family, kind }) => family === name && kind === "valid");
await measure([credential("divoc"), credential("shc")], 0.75, { width: 1920, height: 1080, fps: 30 });

/** Shows one code after the other, with the wall between. */
async function measure(shown, height, size) {
  const show = ({ modules }) => ({ seconds: 1.5, flag: true, codes: [{ modules, height }] });
  const camera = await scene(shown.flatMap((code) => [wall, show(code)]), size);
  const gate = await openGate({ camera, hash: "#bench" });
  await gate.scanning();
  // On the way out a pass may come again and again.
  await gate.tap("direction");

  await gate.page.evaluate(measureVerdicts);
  const options = { timeout: ROUNDS * 10_000 };
  await gate.page.waitForFunction((rounds) => globalThis.rounds.length >= rounds, ROUNDS, options);
  const rounds = await gate.page.evaluate(() => globalThis.rounds);
  await gate.close();

  const versions = shown.map(version).join(" and ");
  console.log(`frame to verdict: ${rounds.length} codes of version ${versions}, ${height} of the height of ${size.height}p at ${size.fps} frames/s, headless Chromium`);
  console.log(`${"ms".padEnd(18)}${"median".padStart(9)}${"p95".padStart(9)}`);
  row("frame to verdict", rounds.map(({ total }) => total));
  for (const stage of STAGES) row(`  ${stage}`, rounds.map(({ split }) => split[stage]));
}
