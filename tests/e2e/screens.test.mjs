// Every screen in every state: what axe finds (WCAG 2.2 AA and its best practices), and what may not be cut, covered or too small.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { journey } from "./harness.mjs";
import { layoutFaults } from "./layout.mjs";
import { screens } from "./screens.mjs";
import { venueScreens } from "./screens_venue.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs in the page, where axe is. */
async function violations() {
  for (const motion of document.getAnimations()) if (motion.effect.getComputedTiming().endTime !== Infinity) motion.finish();
  // What stays at the bottom covers what can be scrolled up.
  for (const frame of document.querySelectorAll("html, .app *")) frame.scrollTop = frame.scrollHeight;
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await globalThis.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}\n      ${failureSummary.split("\n").slice(1).join(" ").slice(0, 300)}`));
}

async function axe(gate) {
  if (!(await gate.page.evaluate(() => Boolean(globalThis.axe)))) await gate.page.evaluate(AXE);
  return gate.page.evaluate(violations);
}

/** A venue's hub and lost logs cost half a minute each time: once here, in every width and theme by `make soak`. */
const RARE = [["every screen of a venue with a hub, or that lost its log,", venueScreens]];
for (const [name, options, rare = []] of [
  ["light, Indonesian, 360 px", { viewport: { width: 360, height: 740 } }],
  ["dark, English, 320 px", { viewport: { width: 320, height: 640 }, dark: true, locale: "en-GB" }, RARE],
]) {
  for (const [all, of] of [["every screen", screens], ...rare]) {
    journey(`${all} is accessible, and nothing is cut or covered (${name})`, async () => {
      const found = [];
      let count = 0;
      for await (const { name, gate } of of(options)) {
        count += 1;
        found.push(...(await axe(gate)).map((line) => `${name}: ${line}`), ...(await layoutFaults(gate)).map((line) => `${name}: ${line}`));
      }
      assert.deepEqual(found, []);
      console.log(`        ${count} screens`);
    });
  }
}
