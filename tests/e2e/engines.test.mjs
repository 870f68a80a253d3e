// The journeys that do not need Chromium's fake camera, in Firefox and in WebKitGTK. A canvas stands in for the camera there: its
// stream is what getUserMedia answers.
import assert from "node:assert/strict";
import { join } from "node:path";
import { serve } from "../../tools/serve.mjs";
import { SHOTS, SITE, journey, passes } from "./harness.mjs";
import { Browser, ENGINES } from "./webdriver.mjs";

/** Runs in the page: from now on the camera is a canvas, which shows these modules, or none. */
function standIn(modules) {
  if (!window.standIn) {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
    const context = canvas.getContext("2d");
    window.standIn = { modules };
    setInterval(() => {
      const rows = window.standIn.modules ?? [];
      context.fillStyle = "#ddd";
      context.fillRect(0, 0, 640, 480);
      const scale = Math.floor(400 / (rows.length + 8));
      context.fillStyle = "#fff";
      context.fillRect(320 - (rows.length / 2 + 4) * scale, 240 - (rows.length / 2 + 4) * scale, (rows.length + 8) * scale, (rows.length + 8) * scale);
      context.fillStyle = "#111";
      rows.forEach((row, y) => [...row].forEach((module, x) => {
        if (module === "1") context.fillRect(320 + (x - rows.length / 2) * scale, 240 + (y - rows.length / 2) * scale, scale, scale);
      }));
    }, 50);
    const stream = canvas.captureStream(20);
    navigator.mediaDevices.getUserMedia = async () => stream.clone();
  }
  window.standIn.modules = modules;
}

async function opened(name, { hash = "" } = {}) {
  const server = await serve({ dir: SITE });
  const browser = await Browser.open(name);
  await browser.visit(server.url + hash);
  await browser.see('[data-screen="welcome"]', 30_000);
  return {
    browser, server,
    show: (modules) => browser.run(standIn, modules),
    begin: () => browser.tap("begin"),
    verdict: async (kind) => {
      await browser.see(`[data-screen="verdict"][data-verdict="${kind}"]`);
      await browser.see('[data-recorded="recorded"]');
    },
    history: async () => {
      await browser.tap("list");
      await browser.see('#desk [data-chain="whole"]', 30_000);
      return browser.run(() => document.querySelectorAll("#desk [data-entry]").length);
    },
    shot: (what) => browser.shot(join(SHOTS, `${name.toLowerCase()}-${what}.png`)),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

for (const name of Object.keys(ENGINES)) {
  journey(`${name}: passes before the camera are decided, recorded, and there after a reload`, async () => {
    const gate = await opened(name);
    console.log(`        ${gate.browser.version}`);
    const { green, red } = passes();
    await gate.shot("welcome");
    await gate.show(null);
    await gate.begin();
    await gate.browser.see('[data-screen="scan"]');
    await gate.show(green.modules);
    await gate.verdict("admit");
    await gate.shot("admit");
    await gate.show(null);
    await gate.browser.see('[data-screen="scan"]');
    await gate.shot("scan");
    await gate.show(red.modules);
    await gate.verdict("refuse");
    await gate.shot("refuse");
    await gate.show(null);
    await gate.browser.tap("next");
    assert.equal(await gate.history(), 2);
    await gate.shot("history");
    await gate.browser.visit(gate.server.url);
    await gate.browser.see('[data-screen="welcome"]');
    await gate.show(null);
    await gate.begin();
    await gate.shot("again");
    assert.equal(await gate.history(), 2);
    await gate.close();
  });

  journey(`${name}: after one visit the gate opens and judges without a network`, async () => {
    const gate = await opened(name);
    await gate.browser.run(() => navigator.serviceWorker.ready.then(() => true));
    await gate.browser.visit(gate.server.url);
    await gate.browser.see('[data-screen="welcome"]');
    await gate.server.close();
    await gate.browser.visit(`${gate.server.url}?again`);
    await gate.browser.see('[data-screen="welcome"]');
    await gate.show(passes().yellow.modules);
    await gate.begin();
    await gate.verdict("refer");
    await gate.shot("refer-offline");
    await gate.close();
  });

  journey(`${name}: in English a visitor comes in by hand, is taken back, and the log is ready to be handed over`, async () => {
    const gate = await opened(name);
    await gate.browser.tap("language-en");
    await gate.browser.see('.app[lang^="en"]');
    await gate.show(null);
    await gate.begin();
    await gate.browser.see('[data-screen="scan"]');
    const through = async (...steps) => {
      for (const [action, shown] of steps) {
        await gate.browser.tap(action);
        await gate.browser.see(shown);
      }
    };
    await through(
      ["manual", '[data-screen="manual"]'], ["manual-reason", '[data-action="manual-allow"]:not([disabled])'],
      ["manual-allow", '[data-screen="scan"]'],
      ["list", '#desk [data-screen="history"] [data-entry="0"]'], ["undo", '#desk [data-entry="1"]'],
      ["back", "body:not(:has(#desk [data-screen]))"],
      ["menu", '#desk [data-screen="menu"]'], ["handover", '#desk [data-screen="handover"]'],
    );
    await gate.browser.see("[data-ready]");
    await gate.shot("handover");
    await gate.close();
  });

  journey(`${name}: a certificate of another family is read by the second binary`, async () => {
    const gate = await opened(name, { hash: "#demo=certificate" });
    await gate.begin();
    await gate.browser.see('[data-screen="verdict"]');
    await gate.browser.see('[data-recorded="recorded"]');
    await gate.shot("certificate");
    await gate.close();
  });

  journey(`${name}: a second tab waits for the log until it is tapped`, async () => {
    const gate = await opened(name);
    await gate.show(null);
    await gate.begin();
    const { handle } = await gate.browser.ask("POST", "/window/new", { type: "tab" });
    await gate.browser.ask("POST", "/window", { handle });
    await gate.browser.visit(gate.server.url);
    await gate.browser.see('[data-problem="second-tab"]', 30_000);
    await gate.browser.tap("retry");
    await gate.browser.see('[data-screen="welcome"]');
    await gate.close();
  });
}
