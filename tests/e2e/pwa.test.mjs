// The gate stays open: installed, offline, updated, beside another deployment, and when an update is broken.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "../../tools/serve.mjs";
import { SITE, journey, newProfile, openGate, passes, scene } from "./harness.mjs";

const pass = passes();
const wall = { seconds: 1, codes: [] };
const show = (name, seconds) => ({ seconds, codes: [{ modules: pass[name].modules }] });

const scratch = mkdtempSync(join(tmpdir(), "gerbang-pwa-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

/** A copy of the built site that a test may change while it is served. */
function copyOfSite(name) {
  const folder = join(scratch, name);
  cpSync(SITE, folder, { recursive: true });
  return folder;
}

/** Puts another build into `folder`: the same sources with one more file. `spoil` may damage what Trunk left. */
function publishAnotherBuild(folder, spoil = () => {}) {
  const trunk = join(scratch, `trunk-${Math.random().toString(36).slice(2)}`);
  cpSync("target/trunk", trunk, { recursive: true });
  writeFileSync(join(trunk, "another-build.txt"), `${Math.random()}`);
  spoil(trunk);
  execFileSync("node", ["tools/finish.mjs", trunk, folder, "--with", "target/demo"]);
}

const buildOf = (page) => page.getAttribute('meta[name="gerbang-build"]', "content");

async function installed(gate) {
  await gate.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await gate.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
}

async function entries(gate) {
  await gate.history();
  const count = await gate.page.locator("#desk [data-entry]").count();
  await gate.chainWhole();
  await gate.tap("back");
  await gate.screen("scan");
  return count;
}

journey("Chromium finds the gate installable, below any path", async () => {
  const gate = await openGate({ base: "/kota/gerbang/" });
  await installed(gate);
  const browser = await gate.context.newCDPSession(gate.page);
  const { installabilityErrors } = await browser.send("Page.getInstallabilityErrors");
  // A test's profile is never a person's own.
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
  const { data, errors } = await browser.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  for (const key of ["id", "scope", "start_url"]) assert.equal(manifest[key], "./", key);
  assert.equal(manifest.display, "standalone");
  assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
  for (const { src } of manifest.icons) {
    const status = await gate.page.evaluate((src) => fetch(src).then((response) => response.status), src);
    assert.equal(status, 200, src);
  }
  await gate.close();
});

journey("what the authority publishes is never kept with the app", async () => {
  const keeper = readFileSync(join(SITE, "sw.js"), "utf8");
  const kept = Object.keys(JSON.parse(keeper.match(/const FILES = (\{[\s\S]*?\});/)[1]));
  assert.ok(kept.includes("index.html") && kept.some((path) => path.startsWith("gerbang-annex-")));
  assert.deepEqual(kept.filter((path) => /site\.json|registry\.cose|demo\//.test(path)), []);
});

journey("an update comes in mid-shift, waits for a tap, and leaves the log as it was", async () => {
  const site = copyOfSite("updated");
  const gate = await openGate({ camera: await scene([wall, show("green", 2)]), site });
  await gate.scanning();
  await installed(gate);
  await gate.verdict("admit");
  await gate.screen("scan");
  const before = await buildOf(gate.page);
  publishAnotherBuild(site);
  await gate.page.evaluate(() => navigator.serviceWorker.getRegistration().then((kept) => kept.update()));
  await gate.page.waitForSelector('[data-banner="update"]', { timeout: 20_000 });
  await gate.shot("banner-update");
  assert.equal(await buildOf(gate.page), before, "nothing changes by itself");
  const [loaded] = await Promise.all([
    gate.page.waitForEvent("load", { timeout: 20_000 }),
    gate.page.click('[data-action="update"]'),
  ]);
  assert.ok(loaded);
  assert.notEqual(await buildOf(gate.page), before);
  await gate.scanning();
  assert.ok((await entries(gate)) >= 1, "what was recorded before the update is there");
  await gate.close();
});

journey("an update that lacks a file is not installed, and the gate works on without a network", async () => {
  const site = copyOfSite("torn");
  const gate = await openGate({ camera: await scene([wall, show("green", 2)]), site });
  await gate.screen("welcome");
  await installed(gate);
  const before = await buildOf(gate.page);
  publishAnotherBuild(site);
  rmSync(join(site, readdirSync(site).find((name) => name.startsWith("gerbang-annex-") && name.endsWith(".wasm"))));
  await gate.page.evaluate(() => navigator.serviceWorker.getRegistration().then((kept) => kept.update()).catch(() => {}));
  await gate.page.waitForTimeout(2_000);
  await gate.context.setOffline(true);
  await gate.page.reload();
  assert.equal(await buildOf(gate.page), before);
  await gate.scanning();
  await gate.verdict("admit");
  await gate.close({ allow: [/ERR_INTERNET_DISCONNECTED/, /404/] });
});

journey("a version that does not start gives way to the one before, and the log is there", async () => {
  const site = copyOfSite("broken");
  const gate = await openGate({ camera: await scene([wall, show("green", 2)]), site });
  await gate.scanning();
  await installed(gate);
  await gate.verdict("admit");
  await gate.screen("scan");
  const before = await buildOf(gate.page);
  publishAnotherBuild(site, (trunk) => {
    const wasm = readdirSync(trunk).find((name) => /^gerbang-app-.*\.wasm$/.test(name));
    writeFileSync(join(trunk, wasm), Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  });
  await gate.page.evaluate(() => navigator.serviceWorker.getRegistration().then((kept) => kept.update()));
  await gate.page.waitForSelector('[data-banner="update"]', { timeout: 20_000 });
  await gate.page.click('[data-action="update"]');
  // The broken version loads, fails, and goes back by itself.
  await gate.page.waitForFunction(
    (before) => document.querySelector('meta[name="gerbang-build"]')?.content === before
      && document.querySelector('[data-screen="welcome"]') !== null,
    before,
    { timeout: 30_000 },
  );
  await gate.scanning();
  assert.ok((await entries(gate)) >= 1);
  await gate.close({ allow: [/WebAssembly|LinkError|TypeError|wbindgen/i] });
});

journey("two deployments on one origin do not see each other", async () => {
  const parent = join(scratch, "two");
  for (const city of ["a", "b"]) cpSync(SITE, join(parent, city), { recursive: true });
  const server = await serve({ dir: parent });
  const profile = newProfile();
  const camera = await scene([wall, show("green", 2)]);
  const gate = await openGate({ camera, profile, server, at: "a/" });
  await gate.scanning();
  await installed(gate);
  await gate.verdict("admit");
  await gate.screen("scan");
  const second = await gate.context.newPage();
  await second.goto(new URL("b/", server.url).href);
  // No second tab of the same gate: another gate.
  await second.waitForSelector('[data-screen="welcome"]');
  await second.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const seen = await second.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name).sort(),
    caches: (await caches.keys()).filter((name) => name.includes(":build:")).map((name) => name.split(":")[1]).sort(),
    scopes: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => new URL(scope).pathname).sort(),
  }));
  assert.deepEqual(seen.databases, ["gerbang:/a/", "gerbang:/b/"]);
  assert.deepEqual(seen.caches, ["/a/", "/b/"]);
  assert.deepEqual(seen.scopes, ["/a/", "/b/"]);
  const entries = (name) => new Promise((done, fail) => {
    const request = indexedDB.open(name);
    request.onerror = () => fail(request.error);
    request.onsuccess = () => {
      const count = request.result.transaction("entries").objectStore("entries").count();
      count.onsuccess = () => {
        request.result.close();
        done(count.result);
      };
    };
  });
  assert.ok((await gate.page.evaluate(entries, "gerbang:/a/")) >= 1);
  assert.equal(await second.evaluate(entries, "gerbang:/b/"), 0, "the other gate's visitors are not here");
  await gate.close();
  await server.close();
});

journey("a camera that another app holds has its own screen", async () => {
  const gate = await openGate({
    init: () => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("busy", "NotReadableError"));
    },
  });
  await gate.begin();
  await gate.page.waitForSelector('[data-problem="camera-busy"]', { timeout: 30_000 });
  await gate.shot("problem-camera-busy");
  await gate.close();
});

journey("an address without https has its own screen", async () => {
  const gate = await openGate({ flags: ["--host-resolver-rules=MAP pintu.example 127.0.0.1"], host: "pintu.example" });
  await gate.begin();
  await gate.page.waitForSelector('[data-problem="insecure"]');
  await gate.shot("problem-insecure");
  await gate.close();
});

journey("a browser that cannot start the gate is told so in both languages", async () => {
  const gate = await openGate({ init: () => { delete globalThis.WebAssembly; } });
  await gate.page.waitForSelector("#first-fault:not([hidden])");
  await gate.page.waitForSelector("#first-late", { state: "visible" });
  await gate.shot("first-fault");
  await gate.close({ allow: [/WebAssembly/] });
});

journey("a browser too old to read the first script says after a while which ones do", async () => {
  const gate = await openGate({ blank: true });
  await gate.context.route("**/boot-*.js", (route) => route.fulfill({ contentType: "text/javascript", body: "a syntax of later years" }));
  await gate.page.goto(gate.server.url);
  await gate.page.waitForSelector("#first-wait", { state: "visible" });
  assert.equal(await gate.page.isVisible("#first-late"), false);
  await gate.page.waitForSelector("#first-late", { state: "visible", timeout: 20_000 });
  await gate.shot("first-late");
  await gate.close({ allow: [/integrity/, /SyntaxError|Unexpected/] });
});

journey("a tab on iOS says to install first, as the home screen's app keeps records of its own", async () => {
  const gate = await openGate({ init: () => { navigator.standalone = false; } });
  await gate.screen("welcome");
  await gate.page.waitForSelector("[data-install-first]");
  await gate.shot("welcome-ios");
  await gate.close();
});

journey("a picture that another app shares is decided once, and is in no address", async () => {
  const gate = await openGate({ camera: "denied" });
  await gate.screen("welcome");
  await gate.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  // As the phone does it: a form is posted to the app, which here another page of the site fills in.
  await gate.page.goto(new URL("first-scan.txt", gate.server.url).href);
  const picture = readFileSync(`${SITE}/demo/green.png`).toString("base64");
  const addresses = [];
  gate.page.on("request", (request) => addresses.push(request.url()));
  await gate.page.evaluate((picture) => {
    const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], "pas.png", { type: "image/png" }));
    const form = Object.assign(document.createElement("form"), { method: "POST", enctype: "multipart/form-data", action: "./share" });
    const input = Object.assign(document.createElement("input"), { type: "file", name: "picture", files: files.files });
    form.append(input);
    document.body.append(form);
    form.submit();
  }, picture);
  await gate.begin();
  await gate.verdict("admit");
  assert.ok(addresses.every((address) => address.length < 200), "nothing of the pass is in an address");
  await gate.page.reload();
  await gate.begin();
  await gate.page.waitForSelector('[data-problem="camera-denied"]');
  assert.ok(!(await gate.page.evaluate(() => caches.keys())).some((name) => name.includes("shared")));
  await gate.close({ allow: [/404/] });
});
