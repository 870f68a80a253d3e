// From the first frame that shows a pass to the verdict on the screen, in the built site, through the camera.
//
// `make bench` runs it. The scene marks the part that shows a pass by a black corner, so that the measuring
// script sees, frame by frame and without the app's help, when the pass came into view. The verdict counts
// when the frame that holds it has been painted. The split comes from the app's own measures (#bench).
import { openGate, scene, passes } from "../tests/e2e/harness.mjs";

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

await gate.page.evaluate(() => {
  const video = document.querySelector("video");
  const dot = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  globalThis.rounds = [];
  let cameIntoView = null;
  let waiting = true;
  const look = (now, frame) => {
    dot.drawImage(video, 8, 8, 1, 1, 0, 0, 1, 1);
    const dark = dot.getImageData(0, 0, 1, 1).data[0] < 70;
    if (dark && waiting) [cameIntoView, waiting] = [Math.min(now, frame.presentationTime), false];
    if (!dark) waiting = true;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(null);
  }));
  let shown = false;
  new MutationObserver(async () => {
    const verdict = document.querySelector('[data-screen="verdict"]');
    if (!verdict) shown = false;
    if (!verdict || shown || cameIntoView === null) return;
    shown = true;
    const from = cameIntoView;
    const at = await painted();
    // The log's `complete` comes after the paint.
    setTimeout(() => {
      const split = {};
      for (const measure of performance.getEntriesByType("measure")) {
        const [, stage] = measure.name.split("gerbang:");
        if (stage) split[stage] = measure.duration;
      }
      performance.clearMeasures();
      globalThis.rounds.push({ total: at - from, split });
      document.querySelector('[data-action="next"]')?.click();
    }, 250);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
});

await gate.page.waitForFunction((rounds) => globalThis.rounds.length >= rounds, ROUNDS, { timeout: ROUNDS * 10_000 });
const rounds = await gate.page.evaluate(() => globalThis.rounds);
await gate.close();

const percentile = (values, part) => {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] : Number.NaN;
};
const row = (name, values) =>
  console.log(`${name.padEnd(18)}${percentile(values, 0.5).toFixed(1).padStart(9)}${percentile(values, 0.95).toFixed(1).padStart(9)}`);
console.log(`frame to verdict: ${rounds.length} passes of QR version ${version(first)} and ${version(second)}, half the height of 720p at 30 frames/s, headless Chromium`);
console.log(`${"ms".padEnd(18)}${"median".padStart(9)}${"p95".padStart(9)}`);
row("frame to verdict", rounds.map(({ total }) => total));
for (const stage of STAGES) row(`  ${stage}`, rounds.map(({ split }) => split[stage]));
