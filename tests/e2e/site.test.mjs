// The site as it is served: first paint, sub-path, sizes.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { journey, openGate, passes, scene, SHOTS } from "./harness.mjs";

journey("the site opens to its notice, from this origin alone", async () => {
  const gate = await openGate();
  await gate.screen("welcome");
  await gate.shot("welcome");
  await gate.close();
});

journey("the site works below a path of its own", async () => {
  const gate = await openGate({ base: "/kota/gerbang/" });
  await gate.screen("welcome");
  assert.equal(new URL(gate.page.url()).pathname, "/kota/gerbang/");
  await gate.close();
});

journey("the demo page shows every pass and leads to the gate", async () => {
  const gate = await openGate();
  await gate.page.goto(new URL("demo/", gate.server.url).href);
  assert.ok((await gate.page.locator('a[href*="#demo="]').count()) >= 9);
  await gate.shot("demo");
  await gate.page.click('a[href$="#demo=green"]');
  await gate.begin();
  await gate.verdict("admit");
  await gate.close();
});

journey("a site without its file says so and judges nobody", async () => {
  const gate = await openGate({ site: "dist" });
  await gate.page.waitForSelector('[data-problem="no-site"]');
  await gate.shot("problem-no-site");
  // The missing file itself.
  await gate.close({ allow: [/404/] });
});

journey("help is two taps away, and so is the way back", async () => {
  const gate = await openGate({ camera: await scene([{ seconds: 2 }]), dark: true });
  await gate.scanning();
  await gate.shot("scan-dark");
  await gate.tap("menu");
  await gate.screen("menu");
  await gate.shot("menu-dark");
  await gate.tap("help");
  await gate.screen("help");
  await gate.shot("help-dark");
  for (const name of ["install", "dark", "alert"]) {
    await gate.page.click(`[data-situation="${name}"]`);
    await gate.screen("situation");
    assert.ok((await gate.page.locator(".todo li").count()) >= 3, name);
    await gate.shot(`situation-${name}-dark`);
    await gate.tap("back");
    await gate.screen("help");
  }
  await gate.tap("guide");
  await gate.screen("guide");
  for (const language of ["id", "en"]) {
    assert.equal(await gate.page.locator(".guide").getAttribute("lang"), language);
    const sheet = await gate.page.pdf({ preferCSSPageSize: true, printBackground: true });
    writeFileSync(join(SHOTS, `guide-${language}.pdf`), sheet);
    assert.equal(sheet.toString("latin1").match(/\/Type \/Page\b/g).length, 1, "one sheet to hang up");
    await gate.tap("guide-language");
  }
  await gate.tap("back");
  await gate.screen("help");
  await gate.tap("back");
  await gate.screen("menu");
  await gate.tap("back");
  await gate.screen("scan");
  await gate.close();
});

journey("after one visit the gate opens and scans without a network", async () => {
  const { green } = passes();
  const gate = await openGate({ camera: await scene([{ seconds: 1 }, { seconds: 3, codes: [{ modules: green.modules }] }]) });
  await gate.screen("welcome");
  await gate.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await gate.context.setOffline(true);
  await gate.page.reload();
  await gate.scanning();
  await gate.verdict("admit");
  // What the authority publishes is asked for, and not there.
  await gate.close({ allow: [/ERR_INTERNET_DISCONNECTED/] });
});
