// Times in wasm, as a phone's browser has them: revocation lists of a country, and a policy of 50 rules.
//
//   node benches/in_wasm.mjs FOLDER     what `wasm-bindgen --target nodejs` made of benches/in_wasm.rs
import { createRequire } from "node:module";
import { resolve } from "node:path";

const bench = createRequire(import.meta.url)(resolve(process.argv[2], "in_wasm.js"));
const LOOK_UPS = 20_000;
const EVALUATIONS = 300;

const timed = (run) => {
  const began = performance.now();
  const value = run();
  return [value, performance.now() - began];
};
const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
/** The EU's Bloom filter: a false refusal once in 10 million. */
const bloom = (count) => (count * Math.log(1e7)) / Math.LN2 ** 2 / 8;

console.log("revocation in wasm (Node), beside sorted hashes of 16 bytes and the EU's Bloom filter");
for (const count of [1_000_000, 10_000_000]) {
  const bytes = bench.write_list(count);
  const [changes, openMs] = timed(() => bench.open_list());
  bench.look_up(LOOK_UPS / 10);
  const [, lookUpMs] = timed(() => bench.look_up(LOOK_UPS));
  console.log(
    `${count / 1e6} million: ${mb(bytes)} to fetch and to keep (sorted ${mb(count * 16)}, Bloom ${mb(bloom(count))}), `
    + `10,000 changes ${(changes / 1e3).toFixed(0)} kB, open ${openMs.toFixed(0)} ms, `
    + `look-up ${((lookUpMs * 1e3) / LOOK_UPS).toFixed(1)} µs`,
  );
}
bench.prepare_policy();
bench.evaluate(EVALUATIONS / 10);
const [, policyMs] = timed(() => bench.evaluate(EVALUATIONS));
console.log(`policy of 50 rules over 10 vaccinations, in wasm: ${(policyMs / EVALUATIONS).toFixed(2)} ms`);
