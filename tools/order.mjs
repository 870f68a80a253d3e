// Functions in an order that compresses well: those of one type beside one another, by size.
//
// A deflate window holds a thirtieth of the page's binary, so what is alike has to lie near. Of the first scan's bytes that is 6 KB gzip.
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
  const { imported, types, sizes } = functions(wasm);
  const wanted = [...sizes.keys()].sort((one, other) => types[one] - types[other] || sizes[one] - sizes[other] || one - other);
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

/** How many functions are imported; of each of the module's own its type and its body's size. */
function functions(wasm) {
  let imported = 0;
  const [types, sizes] = [[], []];
  for (let at = 8; at < wasm.length;) {
    const [bytes, body] = leb(wasm, at + 1);
    let [count, place] = leb(wasm, body);
    for (; [IMPORTS, FUNCTIONS, CODE].includes(wasm[at]) && count > 0; count -= 1) {
      const [number, next] = leb(wasm, place);
      if (wasm[at] === FUNCTIONS) types.push(number);
      if (wasm[at] === CODE) sizes.push(number);
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
  return { imported, types, sizes };
}
