// Which language is spoken, and whether another is offered.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey, openGate, SITE } from "./harness.mjs";

/** The demo's site, offering these languages. */
function siteWith(languages) {
  const site = { ...JSON.parse(readFileSync(join(SITE, "site.json"), "utf8")), languages };
  const path = join(tmpdir(), `gerbang-site-${languages.join("-")}-${process.pid}.json`);
  writeFileSync(path, JSON.stringify(site));
  return { "site.json": path };
}

const spoken = (gate, tag) => gate.page.waitForSelector(`.app[lang="${tag}"]`);
const choices = (gate) => gate.page.locator('[data-action^="language-"]').evaluateAll((all) => all.map((one) => one.dataset.action));

journey("a site in one language speaks that language, and offers no other", async () => {
  const gate = await openGate({ locale: "en-GB", files: siteWith(["id", "xx"]) });
  await gate.screen("welcome");
  await spoken(gate, "id");
  assert.deepEqual(await choices(gate), []);
  await gate.shot("welcome-one-language");
  await gate.begin();
  await gate.tap("menu");
  await gate.screen("menu");
  assert.deepEqual(await choices(gate), ["language-id"]);
  await gate.tap("help");
  await gate.tap("guide");
  await gate.screen("guide");
  assert.equal(await gate.page.locator('[data-action="guide-language"]').count(), 0);
  await gate.close();
});

journey("the phone's language comes before the site's first, and what was chosen before both", async () => {
  const files = siteWith(["en", "id"]);
  const other = await openGate({ locale: "fr-FR", files });
  await spoken(other, "en");
  await other.close();
  const gate = await openGate({ locale: "id-ID", files });
  await spoken(gate, "id");
  await gate.begin();
  await gate.tap("menu");
  await gate.screen("menu");
  assert.deepEqual(await choices(gate), ["language-en", "language-id"]);
  await gate.page.waitForSelector('[data-action="language-id"][aria-pressed="true"]');
  await gate.tap("language-en");
  await gate.page.waitForSelector('[data-action="language-en"][aria-pressed="true"]');
  await gate.shot("menu-languages");
  await gate.page.reload();
  await gate.screen("welcome");
  await spoken(gate, "en");
  await gate.close();
});
