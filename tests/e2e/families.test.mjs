// Credentials that others issue, each whole and altered, before the camera at their real size: read and checked by the
// annex, which the page loads for the first of them.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey, openGate, scene, SITE } from "./harness.mjs";

const { codes } = JSON.parse(readFileSync(join(SITE, "demo/families.json"), "utf8"));
const LARGE_VERSION = 20;

/** The demonstration under the policy that admits whatever is proven. */
let proven;
function site() {
  if (proven === undefined) {
    proven = mkdtempSync(join(tmpdir(), "gerbang-proven-"));
    cpSync(SITE, proven, { recursive: true });
    const path = join(proven, "site.json");
    const json = JSON.parse(readFileSync(path, "utf8"));
    json.gate.policy = "proven";
    writeFileSync(path, JSON.stringify(json));
  }
  return proven;
}

for (const { family, kind, version, modules } of codes) {
  journey(`${family}, ${kind}, version ${version}`, async () => {
    const size = version > LARGE_VERSION ? { width: 1920, height: 1080, fps: 5 } : { width: 1280, height: 720, fps: 5 };
    const parts = [{ seconds: 1, codes: [] }, { seconds: 4, codes: [{ modules, height: 0.8 }] }];
    const gate = await openGate({ camera: await scene(parts, size), site: site() });
    await gate.scanning();
    if (kind === "valid") await gate.verdict("admit", { timeout: 40_000 });
    else await gate.verdict("refuse", { code: "TRUST-SIG", timeout: 40_000 });
    await gate.shot(`family-${family}-${kind}`);
    assert.equal(await gate.page.evaluate(() => globalThis.gumCalls), 1);
    await gate.close();
  });
}
