// Every screen at three widths, in both themes and languages, with normal and doubled text: pictures in target/screens/, and
// what is cut off, covered or too small. WIDTHS, THEMES, LANGUAGES and ZOOMS, lists with commas, choose fewer.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { layoutFaults } from "./layout.mjs";
import { screens } from "./screens.mjs";
import { venueScreens } from "./screens_venue.mjs";

const chosen = (name, all) => process.env[name]?.split(",") ?? all;
const HEIGHTS = { 320: 640, 390: 844, 1024: 768 };

/** Runs in the page: what moves once has arrived, and is painted. */
async function atRest() {
  for (const motion of document.getAnimations()) if (motion.effect.getComputedTiming().endTime !== Infinity) motion.finish();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}

async function* both(options) {
  yield* screens(options);
  yield* venueScreens(options);
}

let [pictures, bad] = [0, 0];
for (const width of chosen("WIDTHS", Object.keys(HEIGHTS)).map(Number)) {
  for (const theme of chosen("THEMES", ["light", "dark"])) {
    for (const locale of chosen("LANGUAGES", ["id-ID", "en-GB"])) {
      for (const zoom of chosen("ZOOMS", ["1", "2"]).map(Number)) {
        const folder = join("target/screens", `${width}-${theme}-${locale.slice(0, 2)}-${zoom * 100}`);
        mkdirSync(folder, { recursive: true });
        const viewport = { width, height: HEIGHTS[width] ?? 800 };
        for await (const { name, gate } of both({ viewport, dark: theme === "dark", locale, zoom })) {
          await gate.page.evaluate(atRest);
          await gate.page.screenshot({ path: join(folder, `${name}.png`) });
          pictures += 1;
          for (const fault of await layoutFaults(gate)) {
            bad += 1;
            console.log(`${folder}/${name}.png: ${fault}`);
          }
        }
        console.log(`${folder}: done`);
      }
    }
  }
}
console.log(`${pictures} pictures, ${bad} faults`);
process.exit(bad === 0 ? 0 : 1);
