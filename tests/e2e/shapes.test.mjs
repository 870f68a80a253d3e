// The verdicts told apart by shape alone: no colour, no word, light and dark exchanged.
import assert from "node:assert/strict";
import { journey } from "./harness.mjs";
import { screens } from "./screens.mjs";

const KINDS = ["green", "yellow", "red", "black", "specimen"];
const CELLS = 32;

/** Runs in the page. The picture's greatest contrast as cells of 0 and 1; the ground is 0. */
async function silhouette({ base64, inverted, cells }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  const rgba = canvas.getImageData(0, 0, width, height).data;
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    const luma = Math.round(0.2126 * rgba[4 * at] + 0.7152 * rgba[4 * at + 1] + 0.0722 * rgba[4 * at + 2]);
    grey[at] = inverted ? 255 - luma : luma;
  }
  // Otsu 1979: the threshold that parts the greys best.
  const counts = new Array(256).fill(0);
  for (const value of grey) counts[value] += 1;
  const sum = counts.reduce((all, count, value) => all + count * value, 0);
  let [threshold, best, below, belowSum] = [0, -1, 0, 0];
  for (let value = 0; value < 255; value += 1) {
    below += counts[value];
    belowSum += counts[value] * value;
    const above = grey.length - below;
    if (below === 0 || above === 0) continue;
    const apart = below * above * (belowSum / below - (sum - belowSum) / above) ** 2;
    if (apart > best) [best, threshold] = [apart, value];
  }
  const light = (x, y) => grey[y * width + x] > threshold;
  // A sign leaves the corners free.
  const corners = [light(1, 1), light(width - 2, 1), light(1, height - 2), light(width - 2, height - 2)];
  const ground = corners.filter(Boolean).length >= 2;
  return Array.from({ length: cells * cells }, (_, at) => {
    const x = Math.floor((((at % cells) + 0.5) / cells) * width);
    const y = Math.floor(((Math.floor(at / cells) + 0.5) / cells) * height);
    return Number(light(x, y) !== ground);
  });
}

/** Runs in the page: the square that the sign is drawn in, without the word below it. */
function placeOfSign() {
  const { a: scale, e: x, f: y } = document.querySelector('svg.panel > svg[viewBox="-60 -8 320 216"]').getScreenCTM();
  return { x: x - 8 * scale, y: y - 8 * scale, width: 216 * scale, height: 216 * scale };
}

/** Each kind's silhouette, and the same with light and dark exchanged. */
async function seen(options) {
  const found = {};
  for await (const { name, gate } of screens(options)) {
    const kind = name.replace("verdict-", "");
    if (!name.startsWith("verdict-") || !KINDS.includes(kind)) continue;
    const clip = await gate.page.evaluate(placeOfSign);
    const base64 = (await gate.page.screenshot({ clip, animations: "disabled" })).toString("base64");
    const shape = (inverted) => gate.page.evaluate(silhouette, { base64, inverted, cells: CELLS });
    found[kind] = [await shape(false), await shape(true)];
    if (kind === KINDS.at(-1)) {
      await gate.close();
      break;
    }
  }
  assert.deepEqual(Object.keys(found).sort(), [...KINDS].sort());
  return found;
}

const apart = (one, other) => one.filter((cell, at) => cell !== other[at]).length / one.length;

journey("the verdicts are told apart by shape alone, in grey, with light and dark exchanged, and in the system's own colours", async () => {
  const known = await seen({ viewport: { width: 360, height: 740 } });
  const shown = await seen({ viewport: { width: 390, height: 844 }, dark: true, locale: "en-GB" });
  const forced = await seen({ viewport: { width: 390, height: 844 }, forcedColors: "active" });
  let [own, other] = [0, 1];
  for (const kind of KINDS) {
    for (const shape of [...shown[kind], ...forced[kind], known[kind][1]]) {
      const distances = KINDS.map((one) => [one, apart(shape, known[one][0])]).sort((a, b) => a[1] - b[1]);
      assert.equal(distances[0][0], kind, JSON.stringify(distances));
      own = Math.max(own, distances[0][1]);
      other = Math.min(other, distances[1][1]);
    }
  }
  console.log(`        at most ${(own * 100).toFixed(1)} % of the cells differ from the same sign, at least ${(other * 100).toFixed(1)} % from another`);
  assert.ok(other > 3 * own, "no two signs are nearly alike");
});
