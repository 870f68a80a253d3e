// Credentials that others issue, each whole and altered, before the camera at their real size: read and checked by the
// annex, which the page loads for the first of them.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey, openGate, scene, SITE } from "./harness.mjs";

const { codes, chunks } = JSON.parse(readFileSync(join(SITE, "demo/families.json"), "utf8"));
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

journey("a card cut into three codes is asked for, part by part, and then decided", async () => {
  const [first, second, third] = chunks.map((modules) => ({ modules, height: 0.8 }));
  const parts = [
    { seconds: 1, codes: [] }, { seconds: 3, codes: [second] }, { seconds: 3, codes: [first] }, { seconds: 3, codes: [third] },
  ];
  const gate = await openGate({ camera: await scene(parts, { width: 1280, height: 720, fps: 5 }), site: site() });
  await gate.scanning();
  await gate.page.waitForSelector('[data-hint="parts"]', { timeout: 30_000 });
  await gate.shot("scan-parts");
  await gate.verdict("admit", { timeout: 40_000 });
  await gate.close();
});

journey("for a large code that is too small in the picture the camera is asked for more pixels, once", async () => {
  const { modules } = codes.find(({ family, kind }) => family === "vds-nc" && kind === "valid");
  const parts = [{ seconds: 1, codes: [] }, { seconds: 9, codes: [{ modules, height: 0.18 }] }, { seconds: 3, codes: [{ modules, height: 0.5 }] }];
  const camera = await scene(parts, { width: 1920, height: 1080, fps: 5 });
  const gate = await openGate({ camera, site: site() });
  await gate.scanning();
  const size = () => document.querySelector("video").videoHeight;
  assert.equal(await gate.page.evaluate(size), 720);
  await gate.page.waitForSelector(':root[data-sharp="true"]', { timeout: 30_000 });
  await gate.verdict("admit", { timeout: 40_000 });
  assert.equal(await gate.page.evaluate(size), 1080);
  assert.equal(await gate.page.evaluate(() => globalThis.gumCalls), 1);
  await gate.close();
});
