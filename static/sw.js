// Keeps the site on the phone: whole or not at all, and the version before it until this one has started.
//
// The build puts its id and its files (path: SHA-256 in base64) in place of the next two lines' words.
// What the authority publishes (site.json, registry.cose) and the demonstration are never kept here:
// the app fetches, verifies and remembers those itself. The log is in IndexedDB, which nothing here touches.
const BUILD = "dev";
const FILES = {};

// Several deployments share an origin: every name carries the path that this one is served from.
const SCOPE = new URL("./", self.location).pathname;
const BUILDS = `gerbang:${SCOPE}:build:`;
const CHOICE = `gerbang:${SCOPE}:choice`;
const CHOSEN = new URL("./chosen-build", self.location).href;
const SHARED = `gerbang:${SCOPE}:shared`;
const SHARED_AT = "x-shared-at";
// As long as somebody needs to tap through to the camera.
const SHARED_MS_MAX = 300_000;
const NOT_KEPT = /^(site\.json|registry\.cose|demo\/|version\.json)/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.waitUntil(heard(event.data, event.ports[0])));
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "POST" && mode === "navigate" && origin === self.location.origin && pathname === `${SCOPE}share`) {
    event.respondWith(share(event.request));
    return;
  }
  if (method !== "GET" || origin !== self.location.origin || !pathname.startsWith(SCOPE)) return;
  const path = pathname.slice(SCOPE.length);
  if (NOT_KEPT.test(path)) return;
  if (path === "shared") {
    event.respondWith(takeShared());
    return;
  }
  event.respondWith(answer(event.request, mode === "navigate" && path === "" ? "index.html" : path));
});

/** A picture that another app shares waits for the page, which takes it away; never in an address. */
async function share(request) {
  const picture = (await request.formData()).get("picture");
  if (picture instanceof File) await (await caches.open(SHARED)).put("./shared", new Response(picture, { headers: { [SHARED_AT]: Date.now() } }));
  return Response.redirect("./#shared", 303);
}

async function forgetShared() {
  const picture = await (await caches.open(SHARED)).match("./shared");
  if (Date.now() - Number(picture?.headers.get(SHARED_AT) ?? 0) > SHARED_MS_MAX) await caches.delete(SHARED);
}

/** The page takes it once. */
async function takeShared() {
  const cache = await caches.open(SHARED);
  const picture = await cache.match("./shared");
  await caches.delete(SHARED);
  return picture ?? new Response(null, { status: 404 });
}

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
  // The page runs: what was kept for a way back can go, and a shared picture that nobody came for.
  if (kind === "started" && build === BUILD) await Promise.all([forgetOthers(), forgetShared()]);
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
