// Starts the wasm binary in the page. A script of its own, so that the page needs no inline script.
//
// The build step puts the hashed names of the glue and of the binary in place of the two names here.
import init from "./gerbang-app.js";

try {
  await init({ module_or_path: new URL("./gerbang-app_bg.wasm", import.meta.url) });
} catch (error) {
  // Old browser, or a file that did not come: said on the page that is already there.
  document.getElementById("first-wait")?.setAttribute("hidden", "");
  document.getElementById("first-fault")?.removeAttribute("hidden");
  const code = document.getElementById("first-code");
  if (code) code.textContent = `START: ${error?.name ?? "Error"}`;
  console.error(error);
}
