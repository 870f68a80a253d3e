// What the decoder costs in wasm, beside zxing-wasm and jsQR in the same node; and how soon clips are read.
//
//   node benches/decoder.mjs SCENES WASM [PEERS_NODE_MODULES]
//
// SCENES is a folder that `scenes write` made, WASM our decoder built for node (benches/wasm). The peers come
// from a node_modules folder of their own, so that no build of the project installs them. ROUNDS: frames of each
// cost. ENDURE: frames that only our decoder reads, to see whether its memory grows; nothing else is measured then.
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { brotliCompressSync } from "node:zlib";

const [scenes, wasm, peers = "benches/peers/node_modules"] = process.argv.slice(2);
const ROUNDS = Number(process.env.ROUNDS ?? 15);
// Calls before the engine has compiled for speed.
const WARM_UP = 8;
const FRAME_MS = 1000 / 30;
const truth = JSON.parse(readFileSync(join(scenes, "truth.json"), "utf8"));
const require = createRequire(resolve(peers, "peers.js"));

/** A Y4M file's frames as luma planes, one at a time. */
function* frames(name, { width_px: width, height_px: height }) {
  const path = join(scenes, `${name}.y4m`);
  const file = openSync(path, "r");
  const head = Buffer.alloc(128);
  readSync(file, head, 0, 128, 0);
  let at = head.indexOf("\n") + 1;
  const size = width * height;
  for (const end = statSync(path).size; at < end; at += 6 + size * 1.5) {
    const luma = Buffer.alloc(size);
    readSync(file, luma, 0, size, at + 6);
    yield luma;
  }
  closeSync(file);
}

async function ours() {
  const { instance } = await WebAssembly.instantiate(readFileSync(wasm), {});
  const { memory, frame, scan, code, code_len: length } = instance.exports;
  const [LIGHT, HARD, GLANCE] = [0, 1, 2];
  const GLANCED_LOOKS_MAX = 8;
  let promised = null;
  let hardLooks = 0;
  // As src/scan.rs does: hard after a frame that promised more than a light look could read, at first with a glance
  // between.
  const due = () => {
    if (promised === null) return LIGHT;
    return promised === HARD && hardLooks < GLANCED_LOOKS_MAX ? GLANCE : HARD;
  };
  const read = (luma, width, height, effort = due()) => {
    const place = frame(luma.length);
    new Uint8Array(memory.buffer, place, luma.length).set(luma);
    const answer = scan(width, height, effort);
    const count = answer % 1000;
    promised = answer >= 1000 && count === 0 ? effort : null;
    if (count > 0 || (effort === LIGHT && promised === null)) hardLooks = 0;
    else if (effort === HARD) hardLooks += 1;
    return Array.from({ length: count }, (_, i) =>
      Buffer.from(memory.buffer.slice(code(i), code(i) + length(i))).toString("hex"));
  };
  // A look at a corner, in which there is nothing: what was read before is not followed.
  const reset = () => {
    scan(32, 32, LIGHT);
    promised = null;
    hardLooks = 0;
  };
  return { name: "gerbang", read, reset, memory };
}

async function zxingWasm() {
  const { prepareZXingModule, readBarcodes } = require("zxing-wasm/reader");
  const wasmBinary = readFileSync(join(resolve(peers), "zxing-wasm/dist/reader/zxing_reader.wasm"));
  await prepareZXingModule({ overrides: { wasmBinary: wasmBinary.buffer }, fireImmediately: true });
  const options = { formats: ["QRCode"], maxNumberOfSymbols: 8 };
  const read = async (luma, width, height) => {
    const codes = await readBarcodes({ data: rgba(luma), width, height }, options);
    return codes.filter((code) => code.isValid).map((code) => Buffer.from(code.bytes).toString("hex"));
  };
  return { name: "zxing-wasm", read, takesColour: true };
}

function jsQr() {
  const read = (luma, width, height) => {
    const found = (require("jsqr").default ?? require("jsqr"))(rgba(luma), width, height);
    return found ? [Buffer.from(found.binaryData).toString("hex")] : [];
  };
  return { name: "jsqr", read, takesColour: true };
}

// Both peers take colour, as a canvas gives it. Made beforehand, so that it is not counted as theirs.
const colours = new WeakMap();
function rgba(luma) {
  if (!colours.has(luma)) {
    const colour = new Uint8ClampedArray(luma.length * 4);
    luma.forEach((grey, i) => colour.fill(grey, 4 * i, 4 * i + 3).fill(255, 4 * i + 3, 4 * i + 4));
    colours.set(luma, colour);
  }
  return colours.get(luma);
}

const percentile = (values, part) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] : Number.NaN;
};

const cell = (text, width = 12) => String(text).padStart(width);
const decoders = [await ours(), await zxingWasm(), jsQr()];

async function spent(decoder, luma, entry) {
  if (decoder.takesColour) rgba(luma);
  // Time that the process had a processor: the machine may be busy.
  const began = process.cpuUsage();
  const read = await decoder.read(luma, entry.width_px, entry.height_px);
  const { user, system } = process.cpuUsage(began);
  return { ms: (user + system) / 1000, read: read.includes(entry.bytes_hex), wrong: read.some((hex) => hex !== entry.bytes_hex) };
}

async function costs() {
  console.log(`cost of a frame in node, ms: median (p95) of ${ROUNDS}; ratio to the first`);
  for (const entry of truth.filter(({ kind }) => kind === "cost")) {
    const [luma] = frames(entry.name, entry);
    for (const decoder of decoders) for (let round = 0; round < WARM_UP; round += 1) await spent(decoder, luma, entry);
  }
  for (const entry of truth.filter(({ kind }) => kind === "cost")) {
    const [luma] = frames(entry.name, entry);
    const medians = [];
    let line = entry.name.padEnd(18);
    for (const decoder of decoders) {
      decoder.reset?.();
      const times = [];
      let last;
      for (let round = 0; round < ROUNDS; round += 1) {
        decoder.reset?.();
        last = await spent(decoder, luma, entry);
        times.push(last.ms);
      }
      medians.push(percentile(times, 0.5));
      const note = entry.bytes_hex ? (last.read ? "read" : "unread") : "";
      line += cell(`${medians.at(-1).toFixed(2)} (${percentile(times, 0.95).toFixed(1)}) x${(medians.at(-1) / medians[0]).toFixed(2)} ${note}`, 30);
    }
    console.log(line);
    if (!entry.bytes_hex) continue;
    const times = [];
    for (let round = 0; round < 2 * ROUNDS; round += 1) times.push((await spent(decoders[0], luma, entry)).ms);
    const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
    console.log(`${"".padEnd(18)}${cell(`${mean.toFixed(2)} a frame while it stays in view`, 41)}`);
  }
}

/** Frames come 33 ms apart; whoever is busy when one comes misses it. */
async function firstRead(decoder, entry) {
  decoder.reset?.();
  let free = 0;
  let at = 0;
  const slices = [];
  for (const luma of frames(entry.name, entry)) {
    const shown = at * FRAME_MS;
    at += 1;
    if (shown < free) continue;
    const { ms, read, wrong } = await spent(decoder, luma, entry);
    slices.push(ms);
    if (wrong) console.log(`${decoder.name} misreads ${entry.name}`);
    free = shown + ms;
    if (read) return { frame: at, ms: free, slices };
  }
  return { frame: Infinity, ms: Infinity, slices };
}

async function clips() {
  const rival = decoders.slice(0, 2);
  const groups = new Map();
  const all = rival.map(() => []);
  for (const entry of truth.filter(({ kind }) => kind === "clip")) {
    for (const [i, decoder] of rival.entries()) {
      const first = await firstRead(decoder, entry);
      all[i].push(...first.slices);
      for (const key of [entry.difficulty, entry.family]) {
        if (!groups.has(key)) groups.set(key, rival.map(() => []));
        groups.get(key)[i].push(first);
      }
    }
  }
  console.log("\nclips at 30 frames/s: read, median frame and ms to the first read");
  for (const [key, sides] of groups) {
    let line = key.padEnd(12);
    for (const [i, firsts] of sides.entries()) {
      const read = firsts.filter(({ frame }) => frame !== Infinity).length;
      const [frame, ms] = [percentile(firsts.map((f) => f.frame), 0.5), percentile(firsts.map((f) => f.ms), 0.5)];
      line += cell(`${rival[i].name}: ${read}/${firsts.length} frame ${frame}, ${ms.toFixed(0)} ms`, 48);
    }
    console.log(line);
  }
  for (const [i, decoder] of rival.entries()) {
    console.log(`${decoder.name}: a call takes ${percentile(all[i], 0.5).toFixed(1)} ms, p99 ${percentile(all[i], 0.99).toFixed(1)}`);
  }
}

/** Light and hard calls over all frames of known cost, which are the largest there are. */
function endure(count) {
  const [decoder] = decoders;
  const pictures = truth.filter(({ kind }) => kind === "cost").map((entry) => [entry, ...frames(entry.name, entry)]);
  const megabytes = () => (decoder.memory.buffer.byteLength / 2 ** 20).toFixed(1);
  const marks = [];
  for (let at = 0; at < count; at += 1) {
    const [entry, luma] = pictures[Math.floor(at / 8) % pictures.length];
    decoder.read(luma, entry.width_px, entry.height_px, Number(at % 8 > 0));
    if (at === 100 || at === count - 1) marks.push(`${megabytes()} MB after ${at + 1} frames`);
  }
  console.log(`memory: ${marks.join(", ")}`);
}

if (process.env.ENDURE) {
  endure(Number(process.env.ENDURE));
} else {
  const raw = readFileSync(wasm);
  console.log(`decoder alone: ${(raw.length / 1024).toFixed(0)} KB raw, ${(brotliCompressSync(raw).length / 1024).toFixed(0)} KB brotli`);
  await costs();
  await clips();
}
