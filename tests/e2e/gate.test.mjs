// Which gate a phone is, who is inside, who may override, and what comes in without a network.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { journey, openGate, passes, scene, SITE } from "./harness.mjs";
import { withNobody } from "./screens.mjs";

const pass = passes();
const wall = (seconds) => ({ seconds, codes: [] });
const show = (name, seconds = 3) => ({ seconds, codes: [{ modules: pass[name].modules, height: 0.6 }] });

/** A camera that is told what it sees. */
async function shown(names, options = {}) {
  const gate = await openGate({ camera: "none", hash: `#demo=${names}`, ...options });
  gate.see = (name) => gate.page.evaluate((name) => { location.hash = `demo=${name}`; }, name);
  return gate;
}

/** The next visitor, when the code before is long out of view. */
async function next(gate, name) {
  await gate.screen("scan");
  await gate.see(name);
}

async function setUp(gate) {
  await gate.tap("setup");
  await gate.page.waitForSelector('[data-setup="offered"]', { timeout: 30_000 });
}

journey("a set-up code makes the phone a gate, and then come green, yellow, red and black", async () => {
  const parts = [show("setup", 4), show("green"), show("yellow"), show("red"), show("black")];
  const gate = await openGate({ camera: await scene(parts) });
  await gate.screen("welcome");
  await gate.shot("welcome-setup");
  await setUp(gate);
  await gate.shot("setup-offered");
  await gate.tap("confirm");
  await gate.screen("scan");
  await gate.page.waitForSelector("text=Pintu Timur");
  const seen = new Set();
  const wanted = ["admit", "refer", "refuse", "alert"];
  const deadline = Date.now() + 90_000;
  while (wanted.some((kind) => !seen.has(kind)) && Date.now() < deadline) {
    const verdict = await gate.page.waitForSelector('[data-screen="verdict"]', { timeout: 30_000 });
    const kind = await verdict.getAttribute("data-verdict");
    if (!seen.has(kind)) await gate.shot(`setup-${kind}`);
    seen.add(kind);
    if (kind === "refer") {
      await gate.tap("refer-turn-away");
      await gate.page.click('[data-action="refer-reason"]');
    } else {
      await gate.tap("next");
    }
  }
  assert.deepEqual([...seen].sort(), wanted.sort());
  await gate.close();
});

journey("attention: a supervisor flags a pass behind the PIN, the next officer is told to ask first", async () => {
  const gate = await shown("green", { files: { "passes.json": withNobody() } });
  const pin = async () => {
    await gate.page.fill('[data-action="pin"]', "2468");
    await gate.tap("pin-try");
  };
  // The gate passes over a code for five seconds after it was last in view.
  const away = async () => {
    await gate.see("nobody");
    await gate.page.waitForTimeout(5_500);
  };
  await gate.begin();
  await gate.verdict("admit");
  await away();
  await gate.screen("scan");
  await gate.tap("menu");
  await gate.setPin();
  await gate.tap("back");
  const open = async () => {
    await gate.history();
    await gate.page.click('[data-entry="0"] button');
    await gate.screen("entry");
    await gate.tap("go-attention");
  };
  await open();
  await gate.screen("pin-asked");
  await pin();
  await gate.screen("attention");
  await gate.shot("attention");
  await gate.tap("raise");
  await gate.page.waitForSelector('[data-screen="entry"] [data-attention="raised"]');
  await gate.shot("attention-entry");
  await gate.tap("back");
  await gate.page.waitForSelector('[data-entry="1"]');
  await gate.shot("attention-history");
  await gate.tap("back");
  await gate.page.waitForSelector("#desk [data-screen]", { state: "detached" });
  // However fast the desk was gone through.
  await away();
  await next(gate, "green");
  await gate.verdict("refer", { code: "GATE-ATTENTION" });
  await gate.shot("attention-verdict");
  await gate.tap("refer-allow");
  await gate.page.click('[data-action="refer-reason"] >> nth=0');
  await gate.screen("scan");
  // Another page of the same phone knows it too: it is in the log.
  await away();
  await gate.page.reload();
  await gate.begin();
  await next(gate, "green");
  await gate.verdict("refer", { code: "GATE-ATTENTION" });
  await gate.tap("refer-turn-away");
  await gate.page.click('[data-action="refer-reason"] >> nth=0');
  await gate.screen("scan");
  await open();
  await gate.screen("pin-asked");
  await pin();
  await gate.screen("attention");
  await gate.tap("lower");
  await gate.page.waitForSelector('[data-screen="entry"]:not(:has([data-attention]))');
  await gate.tap("back");
  await gate.chainWhole();
  await gate.close();
});

journey("a phone that replaces another in mid-shift is the same gate by the same set-up code", async () => {
  const phone = async () => {
    const gate = await shown("setup");
    await gate.screen("welcome");
    await setUp(gate);
    await gate.tap("confirm");
    await gate.screen("scan");
    await gate.page.waitForSelector("text=Pintu Timur");
    return gate;
  };
  const first = await phone();
  await first.see("green");
  await first.verdict("admit");
  const second = await phone();
  // It says that it counts for itself: who came in by the other phone it cannot know.
  assert.equal(await second.page.innerText('[data-count="inside"]'), "0");
  await second.see("certificate");
  await second.verdict("admit");
  await second.screen("scan");
  assert.equal(await second.page.innerText('[data-count="inside"]'), "1");
  await second.history();
  await second.chainWhole();
  await second.close();
  await first.close();
});

journey("while scanning a set-up code and a poster are explained and change nothing", async () => {
  const gate = await openGate({ camera: await scene([show("setup", 4), wall(2), show("poster", 4)]) });
  await gate.scanning();
  await gate.page.waitForSelector('[data-sheet][data-code="OTHER-SETUP"]');
  await gate.page.waitForSelector('[data-sheet][data-code="OTHER-POSTER"]');
  await gate.page.waitForSelector("text=Pintu 1");
  await gate.close();
});

journey("a second entry of the same pass asks, an exit lets it come again", async () => {
  const gate = await shown("green");
  await gate.begin();
  await gate.verdict("admit");
  await gate.screen("scan");
  await next(gate, "red");
  await gate.verdict("refuse");
  await gate.tap("next");
  await next(gate, "green");
  await gate.verdict("refer", { code: "GATE-USED" });
  await gate.shot("used");
  await gate.tap("refer-turn-away");
  await gate.page.click('[data-action="refer-reason"]');
  await gate.screen("scan");
  await gate.tap("direction");
  await next(gate, "yellow");
  await gate.verdict("exit");
  await gate.screen("scan");
  await next(gate, "green");
  await gate.verdict("exit");
  await gate.screen("scan");
  await gate.tap("direction");
  await next(gate, "certificate");
  await gate.verdict("admit");
  await gate.screen("scan");
  await next(gate, "green");
  await gate.verdict("admit");
  await gate.close();
});

journey("a full place says so, and asks until someone leaves", async () => {
  const gate = await shown("setup");
  await gate.screen("welcome");
  await setUp(gate);
  await gate.tap("confirm");
  await gate.screen("scan");
  for (const _ of [1, 2, 3]) {
    await gate.tap("manual");
    await gate.page.click('[data-action="manual-reason"]');
    await gate.tap("manual-allow");
    await gate.screen("scan");
  }
  await gate.page.waitForSelector('[data-banner="full"]');
  await gate.shot("full");
  await gate.see("green");
  await gate.verdict("refer", { code: "GATE-FULL" });
  await gate.shot("full-verdict");
  await gate.close();
});

journey("a supervisor's pass and a reason override a refusal", async () => {
  const gate = await shown("red");
  await gate.begin();
  await gate.verdict("refuse");
  await gate.shot("refuse-more");
  await gate.tap("why");
  await gate.page.waitForSelector('[data-step="POL-NO-DOSE"]');
  await gate.shot("why");
  await gate.tap("back");
  await gate.tap("override");
  await gate.screen("override");
  await gate.shot("override-reasons");
  await gate.page.click('[data-reason="OVERRIDE-PROOF"]');
  await gate.shot("override-scan");
  await gate.see("green");
  await gate.page.waitForSelector('[data-override="not-supervisor"]');
  await gate.shot("override-not-supervisor");
  await gate.see("supervisor");
  await gate.screen("scan");
  assert.equal(await gate.page.innerText('[data-count="inside"]'), "1");
  await gate.close();
});

journey("an officer begins and ends her shift with her own pass, and its end is signed", async () => {
  const gate = await shown("green");
  await gate.begin();
  await gate.verdict("admit");
  await gate.screen("scan");
  await gate.tap("menu");
  await gate.tap("shift-start");
  await gate.screen("shift");
  await gate.shot("shift");
  await gate.see("yellow");
  await gate.page.waitForSelector('[data-override="not-supervisor"]');
  await gate.shot("shift-not-staff");
  await gate.see("supervisor");
  await gate.screen("scan");
  await gate.tap("menu");
  await gate.page.waitForSelector('[data-action="shift-end"]');
  await gate.shot("menu-on-shift");
  // Her pass that is still in view ends no shift: it has to be shown again.
  await gate.see("yellow");
  await new Promise((done) => setTimeout(done, 6_000));
  await gate.tap("shift-end");
  await gate.screen("shift");
  await gate.see("supervisor");
  await gate.screen("scan");
  assert.equal(await gate.page.innerText('[data-count="inside"]'), "1", "who works here is no visitor");
  await gate.history();
  // Hers twice, the visitor's, and the checkpoint.
  assert.equal(await gate.page.locator("[data-entry]").count(), 4);
  await gate.chainWhole();
  await gate.shot("history-shift");
  await gate.close();
});

journey("two credentials of one visitor count together", async () => {
  const gate = await shown("red");
  await gate.begin();
  await gate.verdict("refuse");
  await gate.tap("second");
  await gate.page.waitForSelector('[data-sheet="second"]');
  await gate.shot("second");
  await gate.see("certificate");
  await gate.verdict("admit");
  await gate.close();
});

journey("two names on two credentials are a question", async () => {
  const gate = await shown("red");
  await gate.begin();
  await gate.verdict("refuse");
  await gate.tap("second");
  await gate.see("green");
  await gate.verdict("refer", { code: "GATE-NAMES" });
  await gate.shot("names-differ");
  await gate.close();
});

journey("a question answered yes, answered no and not answered", async () => {
  for (const [answer, inside] of [["refer-allow", "1"], ["refer-turn-away", "0"]]) {
    const gate = await shown("yellow");
    await gate.begin();
    await gate.verdict("refer");
    await gate.tap(answer);
    await gate.page.click('[data-action="refer-reason"]');
    await gate.screen("scan");
    assert.equal(await gate.page.innerText('[data-count="inside"]'), inside);
    await gate.close();
  }
  const gate = await shown("yellow");
  await gate.begin();
  await gate.verdict("refer");
  await gate.screen("scan", 40_000);
  assert.equal(await gate.page.innerText('[data-count="inside"]'), "0");
  await gate.close();
});

journey("a gate filled in by hand is that gate, and its policy is locked after a scan", async () => {
  const gate = await openGate({ camera: await scene([wall(1), show("green", 3)]) });
  await gate.scanning();
  await gate.verdict("admit");
  await gate.screen("scan");
  await gate.tap("setup");
  await gate.tap("by-hand");
  await gate.screen("gate");
  await gate.page.fill('[data-field="gate-name"]', "Pintu Belakang");
  await gate.page.fill('[data-field="capacity"]', "40");
  await gate.page.selectOption('[data-field="policy"]', "proven");
  await gate.page.waitForSelector("[data-locked]");
  await gate.shot("gate-by-hand-locked");
  await gate.page.selectOption('[data-field="policy"]', "pedulilindungi-2021");
  await gate.shot("gate-by-hand");
  await gate.tap("save-gate");
  await gate.screen("scan");
  await gate.page.waitForSelector("text=Pintu Belakang");
  await gate.close();
});

journey("a registry comes by animated codes through the camera", async () => {
  const { codes } = JSON.parse(readFileSync(join(SITE, "demo/registry-codes.json"), "utf8"));
  const parts = codes.map((modules) => ({ seconds: 0.27, codes: [{ modules, height: 0.75 }] }));
  const gate = await openGate({ camera: await scene(parts) });
  await gate.scanning();
  await gate.tap("setup");
  await gate.page.waitForSelector("[data-parts]", { timeout: 30_000 });
  await gate.shot("setup-parts");
  await gate.page.waitForSelector('[data-setup="taken"]', { timeout: 80_000 });
  await gate.shot("setup-taken");
  await gate.close();
});

journey("a registry from a file is taken, and an older one is refused and said", async () => {
  const gate = await openGate({ camera: await scene([wall(2)]) });
  await gate.scanning();
  await gate.tap("setup");
  await gate.page.setInputFiles("#registry-file", join(SITE, "site.json"));
  await gate.page.waitForSelector('[data-setup="fault"]');
  await gate.shot("setup-fault");
  await gate.tap("back");
  await gate.page.waitForSelector('[data-banner="damaged"]');
  await gate.close();
});

for (const age of ["warn", "stale"]) {
  journey(`a list in the tier ${age} says so`, async () => {
    const gate = await openGate({
      camera: await scene([wall(1), show("green", 4)]),
      files: { "registry.cose": join(SITE, `demo/registry-${age}.cose`) },
    });
    await gate.scanning();
    await gate.page.waitForSelector(`[data-trust="${age}"]`);
    await gate.page.waitForSelector(`[data-banner="registry-${age}"]`);
    await gate.shot(`registry-${age}`);
    if (age === "warn") await gate.verdict("admit");
    else await gate.verdict("refer", { code: "TRUST-STALE" });
    await gate.close();
  });
}

const fragment = new URL(pass.poster.text).hash;
const SMALL = {
  viewport: { width: 320, height: 640 },
  init: () => { addEventListener("DOMContentLoaded", () => { document.documentElement.style.fontSize = "200%"; }); },
};

/** Nothing is cut off at the side, and whatever can be tapped can be reached. */
async function fits(gate, name) {
  await gate.shot(`small-${name}`);
  const wide = await gate.page.evaluate(() => {
    const all = [...document.querySelectorAll("#app *, #desk *")];
    const seen = all.filter((element) => element.checkVisibility() && !element.closest("svg, .camera, .heard, .thread"));
    return seen.filter((element) => element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.outerHTML.slice(0, 120));
  });
  assert.deepEqual(wide, [], `${name} fits 320 px at 200 % text`);
}

for (const locale of ["id-ID", "en-GB"]) {
  journey(`every screen of the gate fits a small phone with large text (${locale})`, async () => {
    const tag = locale.slice(0, 2);
    let gate = await shown("setup", { ...SMALL, locale });
    await gate.screen("welcome");
    await fits(gate, `welcome-${tag}`);
    await gate.tap("setup");
    await gate.page.waitForSelector('[data-setup="offered"]', { timeout: 30_000 });
    await fits(gate, `offered-${tag}`);
    await gate.tap("confirm");
    await gate.screen("scan");
    for (const _ of [1, 2, 3]) {
      await gate.tap("manual");
      await gate.page.click('[data-action="manual-reason"]');
      await gate.tap("manual-allow");
      await gate.screen("scan");
    }
    await fits(gate, `full-${tag}`);
    await gate.see("green");
    await gate.verdict("refer", { code: "GATE-FULL" });
    await fits(gate, `full-verdict-${tag}`);
    await gate.close();

    gate = await shown("red", { ...SMALL, locale });
    await gate.begin();
    await gate.verdict("refuse");
    await fits(gate, `refuse-${tag}`);
    await gate.tap("why");
    await fits(gate, `why-${tag}`);
    await gate.tap("back");
    await gate.tap("override");
    await fits(gate, `override-${tag}`);
    await gate.page.click('[data-reason="OVERRIDE-PROOF"]');
    await gate.see("poster");
    await gate.page.waitForSelector('[data-override="not-a-pass"]');
    await fits(gate, `override-scan-${tag}`);
    await gate.tap("back");
    await gate.screen("scan");
    await gate.tap("setup");
    await gate.page.waitForSelector('[data-setup="fault"]', { timeout: 30_000 });
    await fits(gate, `setup-fault-${tag}`);
    await gate.tap("by-hand");
    await gate.screen("gate");
    await fits(gate, `by-hand-${tag}`);
    await gate.close();

    gate = await openGate({ ...SMALL, locale, hash: fragment });
    await gate.page.waitForSelector('[data-poster="believed"]');
    await fits(gate, `poster-${tag}`);
    await gate.close();
  });
}

journey("a visitor who opens a poster sees where they are, and nothing is kept", async () => {
  const gate = await openGate({ hash: fragment });
  await gate.page.waitForSelector('[data-poster="believed"]');
  assert.match(await gate.page.innerText("h1"), /Balai Kota Contoh/);
  await gate.shot("poster");
  await gate.tap("language");
  await gate.shot("poster-en");
  const kept = await gate.page.evaluate(async () => (await indexedDB.databases()).length);
  assert.equal(kept, 0, "no database was made");
  await gate.tap("open-gate");
  await gate.screen("welcome");
  await gate.close();
});

journey("a poster of nobody's is not believed", async () => {
  const gate = await openGate({ hash: `${fragment.slice(0, -4)}AAAA` });
  await gate.page.waitForSelector('[data-poster="refused"]');
  await gate.shot("poster-refused");
  await gate.close();
});
