// Writes what a camera sees as a Y4M file, which Chromium plays as its fake camera, over and over.
import { createWriteStream } from "node:fs";
import { once } from "node:events";

const WALL = 142;
const PAPER = 236;
const INK = 28;
const QUIET_MODULES = 4;

/**
 * A scene is a list of parts: { seconds, codes: [{ modules, centre, height, angle }], flag }.
 * `modules`: rows of "0" and "1". `centre`: [x, y] as fractions of the picture. `height`: of the code
 * without its quiet zone, as a fraction of the picture's height. `angle`: degrees.
 * `flag`: paints the top left corner black, so that a measuring page sees when the part begins.
 */
export async function writeScene(path, { width = 640, height = 480, fps = 15, parts }) {
  const out = createWriteStream(path);
  out.write(`YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const wall = paintWall(width, height);
  let frame = 0;
  for (const part of parts) {
    for (let i = 0; i < Math.round(part.seconds * fps); i += 1, frame += 1) {
      const luma = Buffer.from(wall);
      // A hand is never still: half a pixel to a pixel and a half.
      const drift = [1.2 * Math.sin(frame / 5), 0.9 * Math.cos(frame / 7)];
      for (const code of part.codes ?? []) paintCode(luma, width, height, code, drift);
      if (part.flag) for (let y = 0; y < 32; y += 1) luma.fill(0, y * width, y * width + 32);
      out.write("FRAME\n");
      out.write(luma);
      if (!out.write(chroma)) await once(out, "drain");
    }
  }
  out.end();
  await once(out, "finish");
  return path;
}

function paintWall(width, height) {
  const luma = Buffer.alloc(width * height);
  let seed = 7;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      luma[y * width + x] = WALL + ((x * 24) / width) - ((y * 18) / height) + (seed >>> 29);
    }
  }
  return luma;
}

function paintCode(luma, width, height, { modules, centre = [0.5, 0.5], height: part = 0.5, angle = 0 }, drift) {
  const side = modules.length;
  const modulePx = (part * height) / side;
  const [cx, cy] = [centre[0] * width + drift[0], centre[1] * height + drift[1]];
  const [sin, cos] = [Math.sin((angle * Math.PI) / 180), Math.cos((angle * Math.PI) / 180)];
  const reach = Math.ceil((side / 2 + QUIET_MODULES) * modulePx * 1.42);
  const [left, right] = [Math.max(0, Math.floor(cx - reach)), Math.min(width - 1, Math.ceil(cx + reach))];
  const [top, bottom] = [Math.max(0, Math.floor(cy - reach)), Math.min(height - 1, Math.ceil(cy + reach))];
  const moduleAt = (x, y) => {
    const [dx, dy] = [(x - cx) / modulePx, (y - cy) / modulePx];
    const [u, v] = [Math.floor(dx * cos + dy * sin + side / 2), Math.floor(dy * cos - dx * sin + side / 2)];
    if (u < -QUIET_MODULES || v < -QUIET_MODULES || u >= side + QUIET_MODULES || v >= side + QUIET_MODULES) return null;
    return modules[v]?.[u] === "1" ? INK : PAPER;
  };
  for (let y = top; y <= bottom; y += 1) {
    for (let x = left; x <= right; x += 1) {
      let sum = 0;
      for (const [sx, sy] of [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]) {
        sum += moduleAt(x + sx, y + sy) ?? luma[y * width + x];
      }
      luma[y * width + x] = sum >> 2;
    }
  }
}
