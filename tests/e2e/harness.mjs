// Opens the built site in a real Chromium whose camera plays a scene, and watches what must never happen.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";
import { serve } from "../../tools/serve.mjs";
import { writeScene } from "./y4m.mjs";

export const SITE = resolve(process.env.GERBANG_SITE ?? "target/site");
export const SHOTS = resolve("target/e2e");
mkdirSync(SHOTS, { recursive: true });

export const CHROMIUM = process.env.CHROMIUM ?? which(["chromium", "chromium-browser", "google-chrome"]);
const QUIET_FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];

const journeys = [];

/** Registers a journey; run.mjs runs them in the order they were registered. */
export function journey(name, run) {
  journeys.push({ name, run });
}

export function registered() {
  return journeys;
}

/** The demo authority's passes by name: { text, modules, title }. */
export function passes() {
  const { passes } = JSON.parse(readFileSync(join(SITE, "demo/passes.json"), "utf8"));
  return Object.fromEntries(passes.map((pass) => [pass.name, pass]));
}

const scratch = mkdtempSync(join(tmpdir(), "gerbang-e2e-"));
// A browser that was killed may still be writing.
process.on("exit", () => {
  try {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  } catch {
    // A browser that is still closing writes into its profile: no journey's failure.
  }
});
let scenes = 0;

/** A scene file of these parts; see y4m.mjs. */
export async function scene(parts, options = {}) {
  scenes += 1;
  return writeScene(join(scratch, `scene-${scenes}.y4m`), { parts, ...options });
}

export function newProfile() {
  return mkdtempSync(join(scratch, "profile-"));
}

/** The browser's own files keep the log's second copy (OPFS); without them nothing is left when the database goes. */
export const noFiles = () => {
  // A page that is not secure has no storage either.
  if (globalThis.StorageManager) StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException("", "SecurityError"));
};

/**
 * Opens the gate. `camera`: a scene's path, "denied" or "none". `hash`: of the address.
 * `files`: paths of files that stand in for the site's, by their names. `bindings`: functions that the page can call.
 * `zoom`: of the text, by the browser's setting; 2 for 200 %. `forcedColors`: "active" where the system chooses all colours.
 * `hub`: the one other origin that the page may ask.
 * `profile`: a folder that outlives the browser. `base`: a sub-path that is served, `at`: the one that is opened. `host`: a
 * name in place of localhost. `blank`: opens nothing yet. `flags`: more for Chromium.
 */
export async function openGate({
  camera = "none", hash = "", profile = newProfile(), base = "/", port = 0, site = SITE, server, at = "", host, blank = false,
  viewport = { width: 360, height: 740 }, dark = false, locale = "id-ID", flags = [], files = {}, init, bindings = {},
  zoom = 1, forcedColors = "none", hub,
} = {}) {
  if (zoom !== 1) preferFontSize(profile, 16 * zoom);
  const own = server ?? (await serve({ dir: site, port, base }));
  const media = [];
  if (camera === "denied") media.push("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny");
  else if (camera !== "none") {
    media.push(
      "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${camera}`,
    );
  }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM, headless: true, args: [...QUIET_FLAGS, ...media, ...flags], viewport, locale,
    timezoneId: "Asia/Jakarta", colorScheme: dark ? "dark" : "light", forcedColors, hasTouch: true, deviceScaleFactor: 2,
  });
  const trouble = [];
  const origin = new URL(own.url).origin;
  const ownOrigins = [origin, origin.replace(new URL(origin).hostname, host ?? "localhost"), hub];
  await context.addInitScript(() => {
    // Counted here, where the page cannot leave anything out.
    const devices = navigator.mediaDevices;
    globalThis.gumCalls = 0;
    if (devices) {
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = (constraints) => {
        globalThis.gumCalls += 1;
        return ask(constraints);
      };
    }
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  for (const [name, told] of Object.entries(bindings)) await context.exposeFunction(name, told);
  if (init) await context.addInitScript(init);
  for (const [name, path] of Object.entries(files)) {
    await context.route(`**/${name}`, (route) => route.fulfill({ path }));
  }
  const watch = (page) => {
    page.on("console", (message) => {
      if (message.type() === "error") trouble.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => trouble.push(`page: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (!ownOrigins.includes(url.origin) && !["blob:", "data:"].includes(url.protocol)) trouble.push(`request to ${url.origin}`);
    });
  };
  context.on("page", watch);
  const page = context.pages()[0] ?? (await context.newPage());
  watch(page);
  const address = new URL(at + hash, own.url);
  if (host) address.hostname = host;
  if (!blank) await page.goto(address.href);
  return new Gate({ context, page, server: own, ownsServer: !server, trouble, profile });
}

export class Gate {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** From the first visit's notice to the live camera. */
  async begin() {
    await this.screen("welcome");
    await this.page.click('[data-action="begin"]');
    return this;
  }

  async scanning() {
    await this.begin();
    await this.screen("scan");
    await this.page.waitForFunction(() => document.documentElement.dataset.camera === "running", null, { timeout: 20_000 });
    return this;
  }

  screen(name, timeout = 20_000) {
    return this.page.waitForSelector(`[data-screen="${name}"]`, { timeout });
  }

  /** Waits for this verdict and for the store to have it. */
  async verdict(kind, { code, timeout = 20_000, recorded = true } = {}) {
    const found = await this.page.waitForSelector(`[data-screen="verdict"]`, { timeout });
    assert.equal(await found.getAttribute("data-verdict"), kind);
    if (code) assert.equal(await found.getAttribute("data-code"), code);
    if (recorded) await this.page.waitForSelector('[data-recorded="recorded"]', { timeout: 5_000 });
    return found;
  }

  /** The supervisor's PIN is set; the menu is open before and after. */
  async setPin(digits = "2468") {
    await this.tap("kiosk");
    await this.screen("kiosk");
    await this.tap("go-pin");
    await this.page.fill('[data-action="pin"]', digits);
    await this.tap("pin-set");
    await this.page.waitForSelector('[data-pin="set"]', { timeout: 20_000 });
    await this.shot("pin");
    await this.tap("back");
  }

  /** Opens the history, and waits until it has read what it shows. */
  async history() {
    await this.tap("list");
    await this.screen("history");
    await this.page.waitForSelector("#desk [data-entry], #desk [data-empty]");
  }

  /** The history is open; its check of the whole chain ends well. */
  chainWhole(timeout = 30_000) {
    return this.page.waitForSelector('#desk [data-chain="whole"]', { timeout });
  }

  tap(action) {
    return this.page.click(`[data-action="${action}"]`);
  }

  async shot(name) {
    // Two frames: what was just drawn is on the screen.
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await this.page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }

  /** Nothing that must never happen has happened; then closes. */
  async close({ allow = [] } = {}) {
    await this.context.close().catch(() => {});
    if (this.ownsServer) await this.server.close();
    const rest = this.trouble.filter((line) => !allow.some((pattern) => pattern.test(line)));
    assert.deepEqual(rest, [], "no console error, CSP violation or foreign request");
  }

  /** What a falling phone does: the browser's processes are killed at once. */
  async kill() {
    for (const pid of browserProcesses(this.profile)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone already.
      }
    }
    await this.context.close().catch(() => {});
    if (this.ownsServer) await this.server.close();
  }
}

/** From the desk: hands the log over as lines; answers the file's path. */
export async function handOver(gate) {
  await gate.tap("handover");
  await gate.page.waitForSelector("[data-ready]");
  const [download] = await Promise.all([gate.page.waitForEvent("download"), gate.tap("give-lines")]);
  const path = join(mkdtempSync(join(tmpdir(), "gerbang-log-")), "log.jsonl");
  await download.saveAs(path);
  await gate.page.waitForSelector('[data-given="true"]');
  await gate.tap("back");
  return path;
}

/** What the officer would choose in the browser's settings. */
function preferFontSize(profile, pixels) {
  mkdirSync(join(profile, "Default"), { recursive: true });
  writeFileSync(join(profile, "Default/Preferences"), JSON.stringify({ webkit: { webprefs: { default_font_size: pixels } } }));
}

function browserProcesses(profile) {
  const lines = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n");
  return lines.filter((line) => line.includes(`--user-data-dir=${profile}`)).map((line) => Number.parseInt(line, 10));
}

function which(names) {
  for (const name of names) {
    try {
      return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {
      // Try the next name.
    }
  }
  throw new Error("Chromium is missing: install it (Debian: apt-get install chromium) or set CHROMIUM to its path");
}
