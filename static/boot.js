// Starts the wasm binary in the page. A script of its own, so that the page needs no inline script.
//
// The build step puts the hashed names of glues and binaries in place of the names here.
import init from "./gerbang-app.js";

// The second binary, when it is first asked for. A try that failed is made again.
let annex;
globalThis.gerbangAnnex = () => {
  annex ??= Promise.all([import("./gerbang-annex.js"), dress()]).then(async ([annex]) => {
    await annex.default({ module_or_path: new URL("./gerbang-annex_bg.wasm", import.meta.url) });
    return annex;
  });
  annex.catch(() => { annex = undefined; });
  return annex;
};

function dress() {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL("./desk.css", import.meta.url);
  const worn = new Promise((done, fail) => { [sheet.onload, sheet.onerror] = [done, fail]; });
  document.head.append(sheet);
  return worn;
}

const scope = new URL("./", location).pathname;

// What a full disk does to a database; see renew.js. A gate that was cut off while somebody looked at it may have been so by that.
globalThis.gerbangRenewDatabase = () => import("./renew.js").then(({ renew }) => renew(scope)).catch(() => {});
// The log's second copy.
globalThis.gerbangCopy = (kind, given) => import("./copy.js").then(({ copy }) => copy(kind, ...given));
async function markWork() {
  const name = `gerbang:${scope}:at-work`;
  if (localStorage.getItem(name)) await globalThis.gerbangRenewDatabase();
  const mark = ({ type }) => {
    if (type === "pagehide" || document.hidden) localStorage.removeItem(name);
    else localStorage.setItem(name, "yes");
  };
  addEventListener("visibilitychange", mark);
  addEventListener("pagehide", mark);
  mark({});
}

/** What the page says already is on the screen, or nobody looks. The binary is compiled meanwhile. */
function painted() {
  return new Promise((done) => {
    setTimeout(done, 250);
    new PerformanceObserver(done).observe({ type: "paint", buffered: true });
  });
}

try {
  // A visitor who opened a venue's poster needs its page only, and nothing of it is stored.
  if (location.hash.startsWith("#poster=")) {
    (await globalThis.gerbangAnnex()).open_poster(document.getElementById("app"));
  } else {
    // Where there is no localStorage, there is nothing to go by.
    markWork().catch(() => {});
    const binary = new URL("./gerbang-app_bg.wasm", import.meta.url);
    // A host that names its type wrongly is put up with.
    const compiled = WebAssembly.compileStreaming(fetch(binary)).catch(() => binary);
    await painted();
    await init({ module_or_path: await compiled });
  }
} catch (error) {
  if (await goBack()) location.reload();
  // Old browser, or a file that did not come: said on the page that is already there.
  document.getElementById("first-wait")?.setAttribute("hidden", "");
  document.getElementById("first-fault")?.removeAttribute("hidden");
  const code = document.getElementById("first-code");
  if (code) code.textContent = `START: ${error?.name ?? "Error"}`;
  console.error(error);
}

/** A version that does not start gives way to the one before, once in a tab's life; answers whether there is one. */
async function goBack() {
  const keeper = navigator.serviceWorker?.controller;
  const tried = `gerbang:${scope}:went-back`;
  if (!keeper || sessionStorage.getItem(tried)) return false;
  sessionStorage.setItem(tried, "yes");
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((done) => {
    port1.onmessage = ({ data }) => done(data === true);
    setTimeout(() => done(false), 5000);
  });
  keeper.postMessage({ kind: "go-back" }, [port2]);
  return answer;
}
