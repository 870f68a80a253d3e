// The site as it is served: first paint, sub-path, sizes.
import assert from "node:assert/strict";
import { journey, openGate } from "./harness.mjs";

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
