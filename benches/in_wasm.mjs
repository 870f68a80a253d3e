// Times in wasm, as a phone's browser has them: opening a registry of many keys, revocation lists of a country, and a policy of 50 rules.
//
//   node benches/in_wasm.mjs FOLDER     what `wasm-bindgen --target nodejs` made of benches/in_wasm.rs
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(process.argv[2]);
// What wasm-bindgen writes for Node are no modules, as the files here are.
writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
const bench = createRequire(import.meta.url)(join(folder, "in_wasm.js"));
const LOOK_UPS = 20_000;
const EVALUATIONS = 300;
const OPENINGS = 30;
const UPDATES = 50;

const timed = (run) => {
  const began = performance.now();
  const value = run();
  return [value, performance.now() - began];
};
const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
/** The EU's Bloom filter: a false refusal once in 10 million. */
const bloom = (count) => (count * Math.log(1e7)) / Math.LN2 ** 2 / 8;

for (const keys of [200, 2_000]) {
  const bytes = bench.write_registry(keys);
  bench.open_registry();
  const times = Array.from({ length: OPENINGS }, () => timed(() => bench.open_registry())[1]).sort((a, b) => a - b);
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1);
  console.log(`registry of ${keys} keys beside the demonstration's, in wasm: ${(bytes / 1e3).toFixed(0)} kB, opens in ${at(0.5)} ms (p95 ${at(0.95)})`);
}
console.log("revocation in wasm (Node), beside sorted hashes of 16 bytes and the EU's Bloom filter");
for (const count of [1_000_000, 10_000_000]) {
  const bytes = bench.write_list(count);
  const [, openMs] = timed(() => bench.open_list());
  const changes = bench.write_changes();
  const changesMs = timed(() => bench.apply_changes(UPDATES))[1] / UPDATES;
  bench.look_up(LOOK_UPS / 10);
  const [, lookUpMs] = timed(() => bench.look_up(LOOK_UPS));
  console.log(
    `${count / 1e6} million: ${mb(bytes)} to fetch and to keep (sorted ${mb(count * 16)}, Bloom ${mb(bloom(count))}), `
    + `open ${openMs.toFixed(0)} ms; 10,000 changes ${(changes / 1e3).toFixed(0)} kB, applied in ${changesMs.toFixed(1)} ms, `
    + `${(openMs / changesMs).toFixed(0)} times sooner than the whole; `
    + `look-up ${((lookUpMs * 1e3) / LOOK_UPS).toFixed(1)} µs`,
  );
}
bench.prepare_policy();
bench.evaluate(EVALUATIONS / 10);
const [, policyMs] = timed(() => bench.evaluate(EVALUATIONS));
console.log(`policy of 50 rules over 10 vaccinations, in wasm: ${(policyMs / EVALUATIONS).toFixed(2)} ms`);
