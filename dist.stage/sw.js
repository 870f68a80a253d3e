// Keeps the site on the phone: whole or not at all, and the version before it until this one has started.
//
// The build puts its id and its files (path: SHA-256 in base64) in place of the next two lines' words.
// What the authority publishes (site.json, registry.cose) and the demonstration are never kept here:
// the app fetches, verifies and remembers those itself. The log is in IndexedDB, which nothing here touches.
const BUILD = "aa336308f2856434";
const FILES = {
 "boot-3bc3fa8fd4c4050b.js": "B0e81Y4j+c9VTQH7qYBnodXuG602flk6Q0PW0wdQM2A=",
 "desk-0f8fe63ee6696f55.css": "8fvTI8q1i0Grl9BDj2SEqfYydFkUdgUn7RLzetCNY90=",
 "first-paint-a79ea10d0703c36a.css": "TJetqlr0KZcJS+2w5PxGLNP3UWgGescIahMC+r2A+fU=",
 "gerbang-annex-b9764bbc7b4431cd.js": "+K1JrJ7RSgQi7b24rRHS1rBGxc5SbYYHsa2xw64WNJw=",
 "gerbang-annex-da5ef1a9beea0dbb_bg.wasm": "2l7xqb7qDbuK3kUFRq/ZmH5bDQIV3s2wR3b7m5Mm3/8=",
 "gerbang-app-2d3c3210649ac765.js": "niZTmqPD3J80jWJFrBg40WwLFcU9pRybabrPHsMZ+Vw=",
 "gerbang-app-2d3c3210649ac765_bg.wasm": "oNpxE+Kipt1ReG9UpY6DWBbUhGAMy5TIo97vNT9lR4c=",
 "icons/apple-touch-icon-180.png": "FruxPQXcM+QkXgnq8rktszF8qyhY1CNoMy+/JZz7Ebo=",
 "icons/gerbang-192.png": "u7aFgItKyi3Orf/u7eict9TEKaIfYLDubBW/QVtdHD8=",
 "icons/gerbang-512.png": "HzjNx1fXjGlBY6B4ROpl5Wqlbadz/xoBnoBartNr0jc=",
 "icons/gerbang-maskable-512.png": "GCt0Wq9kYn3a+3XRbWzvOniQxJ23tCfTLbSVKc32pbc=",
 "icons/gerbang-maskable.svg": "3AgorXweSLgaHLlnaGID/3HrONI90wz85jI9s3mSpBo=",
 "icons/gerbang.svg": "LNRBVI4l9Tb3R6EDhWcvy1Xgbl9OUjnHbToBXZlnWoQ=",
 "index.html": "vOWI55lQEuaL1GyUP3wXww76GWyJyVtmY1D1eDXXKtI=",
 "manifest.webmanifest": "zePst0E8TTRGsGd1CR0Zw4Vl92D9uwut5+/YluWbnM0=",
 "style-ffe081ba98ec282f.css": "VvZWkj4hh/XxtC0otnP4f4ZS8kmqKt51irs/5aiQsVE=",
 "worker.js": "VT0RU/+tgAJNtjuXiyjEOOpHfwbn/XvN/oElng3jBe8="
};

// Several deployments share an origin: every name carries the path that this one is served from.
const SCOPE = new URL("./", self.location).pathname;
const BUILDS = `gerbang:${SCOPE}:build:`;
const CHOICE = `gerbang:${SCOPE}:choice`;
const CHOSEN = new URL("./chosen-build", self.location).href;
const NOT_KEPT = /^(site\.json|registry\.cose|demo\/|version\.json)/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.waitUntil(heard(event.data, event.ports[0])));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin || !pathname.startsWith(SCOPE)) return;
  const path = pathname.slice(SCOPE.length);
  if (NOT_KEPT.test(path)) return;
  event.respondWith(answer(event.request, mode === "navigate" && path === "" ? "index.html" : path));
});

/** One file that does not come, or is not what the build made, and nothing is installed. */
async function install() {
  const cache = await caches.open(BUILDS + BUILD);
  try {
    await Promise.all(Object.entries(FILES).map(async ([path, sha256]) => {
      await cache.put(path, await fetchWhole(path, sha256));
    }));
  } catch (error) {
    await caches.delete(BUILDS + BUILD);
    throw error;
  }
}

async function fetchWhole(path, sha256) {
  const response = await fetch(path, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const digest = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  if (btoa(String.fromCharCode(...new Uint8Array(digest))) !== sha256) throw new Error(`${path}: of another build`);
  return response;
}

async function activate() {
  await choose(BUILD);
  await self.clients.claim();
}

async function heard({ kind, build }, port) {
  // Tapped by the officer when it was quiet.
  if (kind === "apply") await self.skipWaiting();
  // The page runs: what was kept for a way back can go.
  if (kind === "started" && build === BUILD) await forgetOthers();
  // The page does not start: serve the version before.
  if (kind === "go-back") {
    const other = (await builds()).find((id) => id !== BUILD);
    if (other !== undefined) await choose(other);
    port?.postMessage(other !== undefined);
  }
}

async function answer(request, path) {
  const cache = await caches.open(BUILDS + (await chosen()));
  return (await cache.match(path)) ?? fetch(request);
}

async function builds() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(BUILDS)).map((name) => name.slice(BUILDS.length));
}

async function forgetOthers() {
  for (const id of await builds()) if (id !== BUILD) await caches.delete(BUILDS + id);
}

let choice;

async function chosen() {
  choice ??= (await (await (await caches.open(CHOICE)).match(CHOSEN))?.text()) ?? BUILD;
  return choice;
}

async function choose(id) {
  choice = id;
  await (await caches.open(CHOICE)).put(CHOSEN, new Response(id));
}
