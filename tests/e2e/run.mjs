// Runs every journey in this folder; the last line says `N passed, N failed`.
// `node tests/e2e/run.mjs WORDS` runs those whose names hold the words.
import { readdirSync } from "node:fs";
import { registered } from "./harness.mjs";

const here = new URL(".", import.meta.url);
for (const file of readdirSync(here).filter((name) => name.endsWith(".test.mjs")).sort()) {
  await import(new URL(file, here));
}

const wanted = process.argv.slice(2).join(" ");
/** Whoever takes longer hangs; a slow machine may take two minutes for the longest. */
const JOURNEY_MS_MAX = 240_000;
let [passed, failed] = [0, 0];
for (const { name, run } of registered().filter(({ name }) => name.includes(wanted))) {
  const started = performance.now();
  let alarm;
  try {
    const late = new Promise((_, reject) => {
      alarm = setTimeout(() => reject(new Error("took too long")), JOURNEY_MS_MAX);
    });
    await Promise.race([run(), late]);
    passed += 1;
    console.log(`ok      ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack ?? error}`);
  } finally {
    clearTimeout(alarm);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
