// The journeys that do not need Chromium's fake camera, in Firefox and in WebKitGTK. A canvas stands in for the camera there: its
// stream is what getUserMedia answers.
import assert from "node:assert/strict";
import { join } from "node:path";
import { serve } from "../../tools/serve.mjs";
import { SHOTS, SITE, journey, passes } from "./harness.mjs";
import { Browser, ENGINES } from "./webdriver.mjs";

/** Runs in the page: remembers each verdict that was recorded; one that lets in leaves by itself after two seconds. */
function remember() {
  window.recorded = [];
  const look = () => {
    const verdict = document.querySelector('[data-screen="verdict"]')?.dataset.verdict;
    const isStored = document.querySelector('[data-recorded="recorded"]') !== null;
    if (verdict && isStored && window.recorded.at(-1) !== verdict) window.recorded.push(verdict);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

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
    // On the prototype: WebKit may forget what hangs on the object itself.
    MediaDevices.prototype.getUserMedia = async () => stream.clone();
  }
  window.standIn.modules = modules;
}

async function opened(name, server, browser, hash) {
  await browser.visit(server.url + hash);
  await browser.see('[data-screen="welcome"]', 30_000);
  return {
    browser, server,
    show: (modules) => browser.run(standIn, modules),
    begin: async () => {
      await browser.run(remember);
      await browser.tap("begin");
    },
    verdict: (kind) => browser.wait((kind) => window.recorded.at(-1) === kind, kind),
    history: async () => {
      await browser.tap("list");
      await browser.see('#desk [data-chain="whole"]', 30_000);
      return browser.run(() => document.querySelectorAll("#desk [data-entry]").length);
    },
    shot: (what) => browser.shot(shotOf(name, what)),
  };
}

function shotOf(name, what) {
  return join(SHOTS, `${name.toLowerCase()}-${what}.png`);
}

/** A journey in each engine, with a browser of its own; of one that fails the last picture is kept. */
function journeys(title, run, { hash = "" } = {}) {
  for (const name of Object.keys(ENGINES)) {
    journey(`${name}: ${title}`, async () => {
      const server = await serve({ dir: SITE });
      const browser = await Browser.open(name);
      try {
        await run(await opened(name, server, browser, hash));
      } catch (error) {
        await browser.shot(shotOf(name, `failed-${title.replaceAll(/[^a-z]+/gi, "-").slice(0, 40)}`)).catch(() => {});
        throw error;
      } finally {
        await browser.close();
        await server.close();
      }
    });
  }
}

journeys("passes before the camera are decided, recorded, and there after a reload", async (gate) => {
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
});

journeys("after one visit the gate opens and judges without a network", async (gate) => {
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
});

journeys("in English a visitor comes in by hand, is taken back, and the log is ready to be handed over", async (gate) => {
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
});

journeys("a certificate of another family is read by the second binary", async (gate) => {
  await gate.begin();
  await gate.browser.wait(() => window.recorded.length === 1);
  await gate.shot("certificate");
}, { hash: "#demo=certificate" });

journeys("a scanner that types, a pasted text and a picture are as good as a camera", async (gate) => {
  const { green, red, yellow } = passes();
  await gate.show(null);
  await gate.begin();
  await gate.browser.see('[data-screen="scan"]');
  await gate.browser.type(green.text);
  await gate.verdict("admit");
  // The next one comes while the first still stands, ended by Tab.
  await gate.browser.type(red.text, "\uE004");
  await gate.verdict("refuse");
  await gate.browser.tap("next");
  await gate.browser.see('[data-screen="scan"]');
  // Copied in one place of the page, pasted where nothing is to be written.
  await gate.browser.run((text) => {
    const field = Object.assign(document.createElement("textarea"), { value: ` ${text}\n`, id: "copied" });
    document.body.append(field);
    field.select();
  }, yellow.text);
  await gate.browser.command("c");
  await gate.browser.run(() => document.querySelector("#copied").remove());
  await gate.browser.command("v");
  await gate.verdict("refer");
  await gate.browser.tap("refer-turn-away");
  await gate.browser.tap("refer-reason");
  await gate.browser.see('[data-screen="scan"]');
  await gate.browser.choose('input[type="file"]', join(SITE, "demo/black.png"));
  await gate.verdict("alert");
  await gate.browser.tap("next");
  assert.equal(await gate.history(), 5, "four decisions and an answer");
});

journeys("a second tab waits for the log until it is tapped", async (gate) => {
  await gate.show(null);
  await gate.begin();
  await gate.browser.see('[data-screen="scan"]');
  const first = await gate.browser.ask("GET", "/window");
  const { handle } = await gate.browser.ask("POST", "/window/new", { type: "tab" });
  await gate.browser.ask("POST", "/window", { handle });
  await gate.browser.visit(gate.server.url);
  await gate.browser.see('[data-problem="second-tab"]', 30_000);
  await gate.browser.tap("retry");
  await gate.browser.see('[data-screen="welcome"]');
  await gate.browser.ask("POST", "/window", { handle: first });
  await gate.browser.see('[data-problem="second-tab"]');
});

// Which of the two depends on whether the engine has files that are written in place, and whether the copy was there in time.
journeys("a log that was thrown away while the gate works is no crash, and is named or found again", async (gate) => {
  await gate.show(null);
  await gate.begin();
  await gate.browser.see('[data-screen="scan"]');
  await gate.show(passes().green.modules);
  await gate.verdict("admit");
  await gate.browser.run(async () => {
    for (const { name } of await indexedDB.databases()) {
      await new Promise((onsuccess, onerror) => Object.assign(indexedDB.deleteDatabase(name), { onsuccess, onerror }));
    }
  });
  await gate.browser.visit(gate.server.url);
  await gate.browser.see('[data-screen="welcome"]');
  await gate.show(null);
  await gate.begin();
  await gate.browser.see('[data-banner="lost"], [data-banner="saved"]');
  await gate.shot("lost");
});

/** What is tried in Chromium alone, and why: printed, so that nobody takes the rest for all. */
const CHROMIUM_ALONE = [
  "scenes of a camera file, two lenses, a denied or lost camera (no camera file)",
  "full storage, kills and a damaged database (no quota to set; the profile belongs to the driver)",
  "update and roll-back of the app, share target, axe, Lighthouse, pictures of all screens (asked of DevTools)",
  "the bytes of an export (a download has no event here; that it is ready is seen)",
];

journeys("what it lacks is said", async (gate) => {
  const lacks = await gate.browser.run(async () => {
    const signs = crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]).then(() => true, () => false);
    const camera = navigator.mediaDevices.getUserMedia({ video: true }).then(() => true, () => false);
    const has = {
      "a camera": await camera, "Ed25519 keys that cannot be read out": await signs, locks: !!navigator.locks,
      "persistent storage": !!navigator.storage?.persist, "a wake lock": !!navigator.wakeLock, vibration: !!navigator.vibrate,
      "a share sheet": !!navigator.canShare, "a service worker": !!navigator.serviceWorker,
      "torch and zoom": !!navigator.mediaDevices.getSupportedConstraints().torch,
    };
    return Object.keys(has).filter((thing) => !has[thing]);
  });
  console.log(`        ${gate.browser.version} lacks: ${lacks.join(", ") || "nothing"}`);
  for (const line of CHROMIUM_ALONE) console.log(`        in Chromium alone: ${line}`);
  // Without these no log is kept here.
  assert.ok(!lacks.includes("locks") && !lacks.includes("a service worker"));
});
