// A credential of each family, from its bytes to a signature that holds, by the annex in a page; beside it the bare
// signature, by the annex and by the browser's own WebCrypto.
//
// `make bench` runs it. The questions are those of src/trust/elsewhere.rs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openGate, SITE } from "../tests/e2e/harness.mjs";
import { percentile } from "../tests/e2e/measure.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 50);
const { codes } = JSON.parse(readFileSync(join(SITE, "demo/families.json"), "utf8"));
const gate = await openGate();
await gate.screen("welcome");
console.log(`verification in wasm: ${ROUNDS} rounds, headless Chromium`);
const column = (text) => String(text).padStart(12);
console.log(["ms", "whole", "p95", "signature", "p95", "WebCrypto", "p95"].map(column).join(""));
for (const { family, content_hex, public_key_hex } of codes.filter(({ kind }) => kind === "valid")) {
  const times = await gate.page.evaluate(measure, { content_hex, public_key_hex, rounds: ROUNDS });
  const cells = [times.whole, times.signature, times.webCrypto].flatMap((values) =>
    values.length > 0 ? [percentile(values, 0.5).toFixed(2), percentile(values, 0.95).toFixed(2)] : ["-", "-"]);
  console.log([family, ...cells].map(column).join(""));
}
await gate.close();

/** Runs in the page. */
async function measure({ content_hex, public_key_hex, rounds }) {
  const [PARSE, SIGNATURE, AUTHORITY, SIGNER] = [1, 2, 3, 4];
  const [ED25519, ES256] = [0, 1];
  const hex = (text) => Uint8Array.from(text.match(/../g), (byte) => Number.parseInt(byte, 16));

  // CBOR (RFC 8949), as far as these questions and answers need it.
  const head = (major, count) =>
    count < 24 ? [(major << 5) | count] : count < 256 ? [(major << 5) | 24, count] : [(major << 5) | 25, count >> 8, count & 255];
  const encode = (value) => {
    if (value === null) return [0xf6];
    if (typeof value === "number") return head(0, value);
    if (typeof value === "string") return encodeBytes(3, new TextEncoder().encode(value));
    if (value instanceof Uint8Array) return encodeBytes(2, value);
    return [...head(4, value.length), ...value.flatMap(encode)];
  };
  const encodeBytes = (major, bytes) => [...head(major, bytes.length), ...bytes];
  const decode = (bytes) => {
    let at = 0;
    const item = () => {
      const first = bytes[at++];
      const [major, short] = [first >> 5, first & 31];
      if (major === 7) return { 20: false, 21: true }[short] ?? null;
      let count = short;
      if (short >= 24) {
        count = 0;
        for (let left = 1 << (short - 24); left > 0; left -= 1) count = count * 256 + bytes[at++];
      }
      if (major < 2) return count;
      if (major > 3) return Array.from({ length: count }, item);
      const content = bytes.slice(at, at + count);
      at += count;
      return major === 2 ? content : new TextDecoder().decode(content);
    };
    return item();
  };

  const annex = await globalThis.gerbangAnnex();
  const ask = (question) => decode(annex.answer(Uint8Array.from(encode(question))));
  const content = hex(content_hex);
  let text = null;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    // An archive.
  }
  const parse = Uint8Array.from(encode([PARSE, content, text]));
  const [unverified] = decode(annex.answer(parse));
  const [, , , certificate, algorithm, signed, signature] = unverified;
  const issuerKey = hex(public_key_hex);
  const authority = Uint8Array.from(encode([AUTHORITY, certificate]));
  const chain = certificate.length > 0 ? Uint8Array.from(encode([SIGNER, certificate, issuerKey])) : null;
  const key = chain ? decode(annex.answer(chain))[0] : issuerKey;
  const check = Uint8Array.from(encode([SIGNATURE, algorithm, key, signed, signature]));
  if (ask([SIGNATURE, algorithm, key, signed, signature]) !== true) throw new Error("its signature does not hold");

  const timed = async (run) => {
    const times = [];
    for (let round = -5; round < rounds; round += 1) {
      const began = performance.now();
      await run();
      if (round >= 0) times.push(performance.now() - began);
    }
    return times;
  };
  const whole = await timed(() => {
    annex.answer(parse);
    if (chain) {
      annex.answer(authority);
      annex.answer(chain);
    }
    annex.answer(check);
  });
  const bare = await timed(() => annex.answer(check));
  let webCrypto = [];
  try {
    const names = { [ED25519]: { name: "Ed25519" }, [ES256]: { name: "ECDSA", namedCurve: "P-256" } };
    const imported = await crypto.subtle.importKey(
      algorithm === ED25519 ? "raw" : "spki", key, names[algorithm], false, ["verify"],
    );
    webCrypto = await timed(() =>
      crypto.subtle.verify({ ...names[algorithm], hash: "SHA-256" }, imported, signature, signed));
  } catch {
    // This browser lacks the algorithm.
  }
  return { whole, signature: bare, webCrypto };
}
