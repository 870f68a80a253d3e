// Starts the wasm binary in the page. A script of its own, so that the page needs no inline script.
//
// The build step puts the hashed names of glues and binaries in place of the names here.
import init from "./gerbang-app.js";

// The second binary, when it is first asked for. A try that failed is made again.
let annex;
globalThis.gerbangAnnex = () => {
  annex ??= import("./gerbang-annex.js").then(async (annex) => {
    await annex.default({ module_or_path: new URL("./gerbang-annex_bg.wasm", import.meta.url) });
    return annex;
  });
  annex.catch(() => { annex = undefined; });
  return annex;
};

try {
  // A visitor who opened a venue's poster needs its page only, and nothing of it is stored.
  if (location.hash.startsWith("#poster=")) {
    (await globalThis.gerbangAnnex()).open_poster(document.getElementById("app"));
  } else await init({ module_or_path: new URL("./gerbang-app_bg.wasm", import.meta.url) });
} catch (error) {
  // Old browser, or a file that did not come: said on the page that is already there.
  document.getElementById("first-wait")?.setAttribute("hidden", "");
  document.getElementById("first-fault")?.removeAttribute("hidden");
  const code = document.getElementById("first-code");
  if (code) code.textContent = `START: ${error?.name ?? "Error"}`;
  console.error(error);
}
