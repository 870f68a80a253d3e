// Starts the page's own wasm binary once more, beside the page, to read codes.
//
// The page sends one message { kind: "start", module, build }; the binary answers { kind: "ready", build }.
// Until then nothing else is sent, so nothing can be lost.
// The build step puts the hashed name of the glue and the build's id in place of the next two lines' words.
import init from "./gerbang-app.js";
const BUILD = "dev";

self.onmessage = async ({ data }) => {
  if (data?.kind !== "start") return;
  if (data.build !== BUILD) {
    self.postMessage({ kind: "refused", build: BUILD });
    return;
  }
  self.onmessage = null;
  self.gerbangBuild = BUILD;
  try {
    await init({ module_or_path: data.module });
  } catch {
    self.postMessage({ kind: "broken", build: BUILD });
  }
};
