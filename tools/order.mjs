// Functions in an order that compresses well: behind each the one of whose bytes most stand in those before it.
//
// A deflate window holds a thirtieth of the page's binary, so what is alike has to lie near. Of the first scan's bytes that is 12 KB gzip;
// by type and size alone it was 6.
// wasm-opt orders by name; the names are written for it, and taken off again.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterKind, leb, lebBytes } from "./shorten.mjs";

const [IMPORTS, FUNCTIONS, CODE, FUNCTION] = [2, 3, 10, 0];
// As in index.html.
const FEATURES = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];

/**
 * @param {Uint8Array} wasm  a module
 * @param {string} folder  where files may lie for a moment
 * @returns {Buffer}  the same module with its functions in another order, and no names
 */
export function order(wasm, folder) {
  const [named, ordered] = ["named.wasm", "ordered.wasm"].map((name) => join(folder, name));
  writeFileSync(named, Buffer.concat([wasm, names(wasm)]));
  const flags = FEATURES.map((feature) => `--enable-${feature}`);
  const run = (...given) => execFileSync("node_modules/.bin/wasm-opt", [...flags, ...given]);
  run("--low-memory-unused", "-g", "--reorder-functions-by-name", named, "-o", ordered);
  run("--low-memory-unused", "--strip-debug", "--strip-producers", ordered, "-o", named);
  const bytes = readFileSync(named);
  for (const file of [named, ordered]) rmSync(file);
  return bytes;
}

/** A section of names, which sort as the functions are to lie. */
function names(wasm) {
  const { imported, types, bodies } = functions(wasm);
  const wanted = chain(types, bodies);
  const places = [];
  for (const [place, at] of wanted.entries()) places[at] = place;
  const digits = String(wanted.length).length;
  const list = places.flatMap((place, at) => {
    const name = `f${String(place).padStart(digits, "0")}`;
    return [...lebBytes(imported + at), ...lebBytes(name.length), ...Buffer.from(name)];
  });
  const count = lebBytes(places.length);
  const body = [4, ...Buffer.from("name"), 1, ...lebBytes(count.length + list.length), ...count, ...list];
  return Buffer.from([0, ...lebBytes(body.length), ...body]);
}

// Tried: 5 to 12 bytes, windows of 20,000 to 32,000.
const [RUN_BYTES, WINDOW_BYTES] = [8, 28_000];

/** The functions' numbers: always the one next of whose runs of bytes the largest part is in the window behind it. */
function chain(types, bodies) {
  const holders = new Map();
  const runs = bodies.map((body, of) => {
    const own = new Set();
    for (let at = 0; at + RUN_BYTES <= body.length; at += 1) own.add(body.toString("latin1", at, at + RUN_BYTES));
    for (const run of own) holders.get(run)?.push(of) ?? holders.set(run, [of]);
    return own;
  });
  const inWindow = new Map();
  /** Of each function's runs, how many the window has. */
  const known = new Int32Array(bodies.length);
  const count = (of, by) => {
    for (const run of runs[of]) {
      const [before, after] = [inWindow.get(run) ?? 0, (inWindow.get(run) ?? 0) + by];
      inWindow.set(run, after);
      if (before === 0 || after === 0) for (const holder of holders.get(run)) known[holder] += by;
    }
  };
  const left = new Set([...types.keys()].sort((one, other) => types[one] - types[other] || bodies[one].length - bodies[other].length || one - other));
  const [wanted, window] = [[], []];
  let bytes = 0;
  for (let [next] = left; next !== undefined;) {
    left.delete(next);
    wanted.push(next);
    window.push(next);
    count(next, 1);
    bytes += bodies[next].length;
    while (bytes > WINDOW_BYTES && window.length > 1) {
      const gone = window.shift();
      count(gone, -1);
      bytes -= bodies[gone].length;
    }
    const alike = (of) => (known[of] + (types[of] === types[next] ? 0.5 : 0)) / (runs[of].size + 3);
    let best;
    for (const of of left) if (best === undefined || alike(of) > alike(best)) best = of;
    next = best;
  }
  return wanted;
}

/** How many functions are imported; of each of the module's own its type and its body. */
function functions(wasm) {
  let imported = 0;
  const [types, bodies] = [[], []];
  for (let at = 8; at < wasm.length;) {
    const [bytes, body] = leb(wasm, at + 1);
    let [count, place] = leb(wasm, body);
    for (; [IMPORTS, FUNCTIONS, CODE].includes(wasm[at]) && count > 0; count -= 1) {
      const [number, next] = leb(wasm, place);
      if (wasm[at] === FUNCTIONS) types.push(number);
      if (wasm[at] === CODE) bodies.push(Buffer.from(wasm.buffer, wasm.byteOffset + next, number));
      if (wasm[at] === FUNCTIONS) place = next;
      if (wasm[at] === CODE) place = next + number;
      if (wasm[at] === IMPORTS) {
        const [length, name] = leb(wasm, next + number);
        const kind = name + length;
        imported += Number(wasm[kind] === FUNCTION);
        place = afterKind(wasm, kind);
      }
    }
    at = body + bytes;
  }
  return { imported, types, bodies };
}
