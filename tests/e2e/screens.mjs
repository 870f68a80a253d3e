// Every screen and state that an officer, a supervisor or a visitor can see, one after the other: for whoever looks at all of them.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGate, SITE } from "./harness.mjs";

/** The demo's passes and "nobody", before whom the camera sees nothing. */
export function withNobody() {
  const list = JSON.parse(readFileSync(join(SITE, "demo/passes.json"), "utf8"));
  list.passes.push({ name: "nobody", modules: Array(21).fill("0".repeat(21)) });
  const path = join(tmpdir(), `gerbang-passes-${process.pid}.json`);
  writeFileSync(path, JSON.stringify(list));
  return path;
}

/** Before the page's own scripts: the time of day stands still while `globalThis.stands` is set, and no verdict leaves. */
function stoppableClock() {
  const now = Date.now.bind(Date);
  Date.now = () => globalThis.stands ?? now();
}

/** A gate on the demo site whose camera sees what `see` names. As for openGate. */
function demoGate(options) {
  return openGate({ ...options, hash: "#demo=nobody", init: stoppableClock, files: { "passes.json": withNobody() } });
}

const see = (gate, name) => gate.page.evaluate((name) => { location.hash = `demo=${name}`; }, name);
const stop = (gate, stands) => gate.page.evaluate((stands) => { globalThis.stands = stands ? Date.now() : undefined; }, stands);
const shown = (gate, selector) => gate.page.waitForSelector(selector, { timeout: 20_000 });

/** The verdict on this pass, which does not leave until `stop(gate, false)`. */
async function verdictOn(gate, name) {
  await gate.screen("scan");
  await see(gate, name);
  await shown(gate, '[data-screen="verdict"]');
  await stop(gate, true);
  await shown(gate, '[data-recorded="recorded"]');
  await see(gate, "nobody");
}

async function go(gate, ...actions) {
  for (const action of actions) await gate.tap(action);
}

/**
 * Yields { name, gate } for each; what is looked at may not be changed. `options`: viewport, dark, locale, zoom,
 * as for openGate; `siteless`: a folder with the app and no site.
 */
export async function* screens(options = {}) {
  const gate = await demoGate(options);
  const at = (name) => ({ name, gate });
  await gate.screen("welcome");
  yield at("welcome");
  await go(gate, "setup");
  await gate.screen("setup");
  yield at("setup");
  await see(gate, "setup");
  await shown(gate, '[data-setup="offered"]');
  yield at("setup-offered");
  await go(gate, "confirm");
  await gate.screen("scan");
  await see(gate, "nobody");
  yield at("scan");

  for (const name of ["green", "yellow", "red", "black", "expired", "forged", "unknown", "specimen", "certificate"]) {
    await verdictOn(gate, name);
    yield at(`verdict-${name}`);
    if (name === "red") {
      await go(gate, "why");
      yield at("verdict-why");
      await go(gate, "back", "override");
      await gate.screen("override");
      yield at("override");
      await gate.page.click('[data-action="override-reason"] >> nth=0');
      yield at("override-show");
      await go(gate, "back");
    }
    if (await gate.page.$('[data-action="refer-allow"]')) {
      await go(gate, "refer-allow");
      await shown(gate, '[data-action="refer-reason"]');
      if (name === "yellow") yield at("refer-reasons");
      await gate.page.click('[data-action="refer-reason"] >> nth=0');
    }
    await stop(gate, false);
    // One that lets in leaves by itself.
    await gate.page.click('[data-action="next"]', { timeout: 3_000 }).catch(() => {});
    await gate.screen("scan");
  }
  for (const name of ["setup", "poster"]) {
    await see(gate, name);
    await shown(gate, "[data-sheet]");
    await stop(gate, true);
    yield at(`sheet-${name}`);
    await see(gate, "nobody");
    await go(gate, "close-sheet");
    await stop(gate, false);
    await gate.screen("scan");
  }
  await go(gate, "manual");
  yield at("manual");
  await gate.page.click('[data-action="manual-reason"] >> nth=0');
  yield at("manual-chosen");
  await go(gate, "manual-allow");
  await gate.screen("scan");

  await go(gate, "menu");
  await gate.screen("menu");
  yield at("menu");
  for (const page of ["day-sheet", "selftest", "gate", "help"]) {
    await go(gate, page);
    await gate.screen(page);
    await gate.page.waitForFunction(() => !document.querySelector("#desk progress"));
    yield at(page);
    await go(gate, "back");
    await gate.screen("menu");
  }
  await go(gate, "selftest");
  await go(gate, "try-signal");
  await shown(gate, '[data-action="not-heard"]');
  yield at("selftest-tried");
  await go(gate, "back");
  await go(gate, "help");
  for (const name of await gate.page.locator("[data-situation]").evaluateAll((all) => all.map((one) => one.dataset.situation))) {
    await gate.page.click(`[data-situation="${name}"]`);
    await gate.screen("situation");
    yield at(`situation-${name}`);
    await go(gate, "back");
    await gate.screen("help");
  }
  await go(gate, "guide");
  await gate.screen("guide");
  yield at("guide");
  await go(gate, "back", "back");
  await go(gate, "history");
  await shown(gate, "#desk [data-entry]");
  await gate.chainWhole();
  yield at("history");
  await gate.page.click('[data-entry="0"] button');
  await gate.screen("entry");
  yield at("entry");
  await go(gate, "go-attention");
  await gate.screen("attention");
  yield at("attention");
  await go(gate, "raise");
  await gate.screen("entry");
  await shown(gate, '[data-attention="raised"]');
  yield at("entry-flagged");
  await go(gate, "go-attention");
  await gate.screen("attention");
  yield at("attention-flagged");
  await go(gate, "back", "back");
  await gate.screen("history");
  yield at("history-flagged");
  await go(gate, "back", "back");
  await verdictOn(gate, "green");
  yield at("verdict-attention");
  await go(gate, "refer-allow");
  await gate.page.click('[data-action="refer-reason"] >> nth=0');
  await stop(gate, false);
  await gate.screen("scan");
  // A code that was just in view is passed over for five seconds.
  await gate.page.waitForTimeout(5_200);
  await go(gate, "menu");
  await go(gate, "handover");
  await shown(gate, "[data-ready]");
  yield at("handover");
  await go(gate, "back");

  await go(gate, "known");
  await shown(gate, "[data-key-guarded]");
  yield at("known");
  await go(gate, "checkpoint");
  await shown(gate, "[data-checkpoint-code]");
  yield at("known-checkpoint");
  await go(gate, "examine");
  await gate.screen("examine");
  yield at("examine");
  await go(gate, "back", "show");
  await shown(gate, '[data-action="back"]');
  yield at("known-show");
  await see(gate, "green");
  await shown(gate, "[data-known]");
  await see(gate, "nobody");
  yield at("known-found");
  await go(gate, "strike");
  await shown(gate, '[data-action="strike-sure"]');
  yield at("known-sure");
  await go(gate, "back");
  await gate.screen("scan");

  await go(gate, "menu", "kiosk");
  await gate.screen("kiosk");
  yield at("kiosk");
  await go(gate, "go-pin");
  await gate.screen("pin");
  yield at("pin");
  await gate.page.fill('[data-action="pin"]', "2468");
  await go(gate, "pin-set");
  await shown(gate, '[data-pin="set"]');
  yield at("pin-set");
  await go(gate, "back", "kiosk", "kiosk-on");
  await shown(gate, '[data-kiosk="true"]');
  yield at("kiosk-scan");
  for (const name of ["yellow", "red", "green"]) {
    await verdictOn(gate, name);
    yield at(`kiosk-${name}`);
    await stop(gate, false);
  }
  await gate.screen("scan", 30_000);
  await go(gate, "leave-kiosk");
  await gate.screen("pin-asked");
  yield at("pin-asked");
  await gate.close();
  yield* problems(options);
}

/** The screens that say what is wrong. */
async function* problems({ siteless = "dist", ...options }) {
  const absent = { site: siteless };
  for (const [name, more] of [["no-site", absent], ["camera-denied", { camera: "denied" }], ["camera-absent", { camera: "none" }]]) {
    const gate = await openGate({ ...options, ...more, init: stoppableClock });
    if (name !== "no-site") await gate.begin();
    await shown(gate, `[data-problem="${name}"]`);
    yield { name: `problem-${name}`, gate };
    if (name === "camera-absent") {
      const second = await gate.context.newPage();
      await second.goto(gate.server.url);
      await shown({ page: second }, '[data-problem="second-tab"]');
      const other = Object.create(gate, { page: { value: second } });
      yield { name: "problem-second-tab", gate: other };
    }
    await gate.close({ allow: [/404/] });
  }
}
