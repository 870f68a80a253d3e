// What the authority publishes, while there is a network and when there is none: a list of the revoked comes and stays,
// an older list of whom to trust does not replace a newer one.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey, openGate, passes, scene, SITE } from "./harness.mjs";

function copyOfSite() {
  const site = mkdtempSync(join(tmpdir(), "gerbang-trust-"));
  cpSync(SITE, site, { recursive: true });
  return site;
}

const publish = (site, name) => cpSync(join(SITE, "demo", name), join(site, "registry.cose"));
const AWAY = [/ERR_INTERNET_DISCONNECTED/, /404/];

/** Opens the gate again, and shows it this pass. */
async function again(gate, name) {
  await gate.page.goto("about:blank");
  await gate.page.goto(new URL(`#demo=${name}`, gate.server.url).href);
  await gate.begin();
}

/** Whether a part of a list is in the page's store. */
function partIsKept() {
  const done = (request) => new Promise((settle, fail) => {
    request.onsuccess = () => settle(request.result);
    request.onerror = () => fail(request.error);
  });
  return indexedDB.databases().then(async (all) => {
    for (const { name } of all) {
      const database = await done(indexedDB.open(name));
      const has = database.objectStoreNames.contains("settings");
      const keys = has ? await done(database.transaction("settings").objectStore("settings").getAllKeys()) : [];
      database.close();
      if (keys.some((key) => String(key).startsWith("part:"))) return true;
    }
    return false;
  });
}

journey("a list of the revoked is fetched while there is a network, and kept for when there is none", async () => {
  const site = copyOfSite();
  publish(site, "registry-revoking.cose");
  rmSync(join(site, "demo/revoked.bin"));
  const { green } = passes();
  const camera = await scene([{ seconds: 1, codes: [] }, { seconds: 4, codes: [{ modules: green.modules, height: 0.6 }] }]);
  const gate = await openGate({ camera, site });
  await gate.scanning();
  // The list is named and not at hand: nobody is let in by it.
  await gate.verdict("refer", { code: "TRUST-UNCHECKED", recorded: false });
  await gate.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  cpSync(join(SITE, "demo/revoked.bin"), join(site, "demo/revoked.bin"));
  await gate.page.reload();
  await gate.screen("welcome");
  await gate.page.waitForFunction(partIsKept, null, { polling: 200 });
  await gate.context.setOffline(true);
  await gate.page.reload();
  await gate.scanning();
  await gate.verdict("refuse", { code: "TRUST-REVOKED" });
  await gate.shot("revoked");
  await gate.close({ allow: AWAY });
  rmSync(site, { recursive: true });
});

journey("an older list of whom to trust that is offered online is refused and said, and the newer one goes on", async () => {
  const site = copyOfSite();
  publish(site, "registry-newer.cose");
  const gate = await openGate({ hash: "#demo=green", site });
  await gate.begin();
  await gate.verdict("admit");
  cpSync(join(SITE, "registry.cose"), join(site, "registry.cose"));
  await again(gate, "red");
  await gate.page.waitForSelector('[data-banner="rollback"]', { state: "attached" });
  await gate.shot("rollback");
  await gate.verdict("refuse", { code: "POL-NO-DOSE" });
  await gate.close();
  rmSync(site, { recursive: true });
});
