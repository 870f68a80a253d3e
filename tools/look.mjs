// A city's own look: its name, colours and icons, put into the staged site before anything is hashed.
//
//   site.json       the app's name on a phone's home screen
//   look.json       {"short_name", "colours": {"light": {NAME: "#RRGGBB"}, "dark": {...}}}; all optional
//   icons/          files that replace those of the same name
//
// Colours of verdicts cannot be changed: an officer who moves to another city must know them.
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// What a city may set, as static/style.css uses it; each ground with what is written on it.
const COLOURS = ["ground", "surface", "sunk", "line", "edge", "ink", "ink-2", "accent", "on-accent", "accent-soft", "brick"];
const READABLE = [["ground", "ink"], ["surface", "ink"], ["ground", "ink-2"], ["surface", "ink-2"], ["accent", "on-accent"]];
// WCAG 2.2, 1.4.3.
const CONTRAST_MIN = 4.5;
const SHORT_NAME_CHARS_MAX = 12;

export function applyLook(stage, folder) {
  const look = json(join(folder, "look.json")) ?? {};
  const unknown = Object.keys(look).find((key) => !["short_name", "colours"].includes(key));
  if (unknown !== undefined) throw new Error(`look.json: ${unknown} is not known`);
  name(stage, json(join(folder, "site.json")), look.short_name);
  if (look.colours !== undefined) colour(stage, look.colours);
  icons(stage, join(folder, "icons"));
}

function name(stage, site, short) {
  if (short !== undefined && (typeof short !== "string" || short.length > SHORT_NAME_CHARS_MAX)) {
    throw new Error(`look.json: short_name has at most ${SHORT_NAME_CHARS_MAX} letters`);
  }
  const path = join(stage, "manifest.webmanifest");
  const manifest = json(path);
  if (typeof site?.name?.id === "string") manifest.name = `${manifest.name} · ${site.name.id}`;
  if (short !== undefined) manifest.short_name = short;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

function colour(stage, colours) {
  const stock = readFileSync(join("static", "style.css"), "utf8").match(/:root \{[^}]*--ground[^}]*\}/g);
  const blocks = ["light", "dark"].map((theme, index) => {
    const own = colours[theme] ?? {};
    for (const [key, value] of Object.entries(own)) {
      if (!COLOURS.includes(key)) throw new Error(`look.json: ${key} is no colour that a city may set`);
      if (!/^#[0-9A-Fa-f]{6}$/.test(value)) throw new Error(`look.json: ${key} is written as #1F4A7E`);
    }
    const shown = (key) => own[key] ?? stock[index].match(new RegExp(`--${key}: (#[0-9A-Fa-f]{6})`))[1];
    for (const [ground, ink] of READABLE) {
      const ratio = contrast(shown(ground), shown(ink));
      if (ratio < CONTRAST_MIN) {
        throw new Error(`look.json: in ${theme}, ${ink} on ${ground} has a contrast of ${ratio.toFixed(1)}; ${CONTRAST_MIN} is the least`);
      }
    }
    return Object.entries(own).map(([key, value]) => `--${key}: ${value};`).join(" ");
  });
  const [light, dark] = blocks;
  writeFileSync(
    join(stage, "look.css"),
    `:root { ${light} }\n@media (prefers-color-scheme: dark) { :root { ${dark} } }\n`,
  );
  const page = join(stage, "index.html");
  const html = readFileSync(page, "utf8");
  // After the app's own sheets, so that it wins.
  writeFileSync(page, html.replace("</head>", '  <link rel="stylesheet" href="./look.css">\n</head>'));
}

function icons(stage, folder) {
  if (!existsSync(folder)) return;
  const known = readdirSync(join(stage, "icons"));
  for (const file of readdirSync(folder)) {
    if (!known.includes(file)) throw new Error(`icons/${file} replaces nothing; known are ${known.join(", ")}`);
    cpSync(join(folder, file), join(stage, "icons", file));
  }
}

/** WCAG 2.2, relative luminance. */
function contrast(one, other) {
  const light = [one, other].map((hex) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  return (Math.max(...light) + 0.05) / (Math.min(...light) + 0.05);
}

function json(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new Error(`${path} is no JSON`);
  }
}
