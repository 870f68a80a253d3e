// The gate at work: a pass before the camera, a verdict on the screen, an entry in the log.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { journey, newProfile, openGate, passes, scene, SITE } from "./harness.mjs";

const pass = passes();
const wall = (seconds) => ({ seconds, codes: [] });
const show = (name, seconds = 2, place = {}) => ({ seconds, codes: [{ modules: pass[name].modules, ...place }] });

const verdicts = [
  ["green", "admit", undefined],
  ["yellow", "refer", undefined],
  ["red", "refuse", undefined],
  ["black", "alert", undefined],
  ["forged", "refuse", "TRUST-SIG"],
  ["expired", "refuse", "PASS-EXP"],
  ["early", "refuse", "PASS-NBF"],
  ["unknown", "refer", "TRUST-KID"],
  ["specimen", "specimen", undefined],
];

for (const [name, verdict, code] of verdicts) {
  journey(`the ${name} pass gives ${verdict}`, async () => {
    const gate = await openGate({ camera: await scene([wall(1), show(name, 3)]) });
    await gate.scanning();
    await gate.verdict(verdict, { code });
    await gate.shot(`verdict-${name}`);
    await gate.close();
  });
}

journey("the green pass in English", async () => {
  const gate = await openGate({ camera: await scene([wall(1), show("green", 3)]) });
  await gate.screen("welcome");
  await gate.tap("language-en");
  await gate.shot("welcome-en");
  await gate.scanning();
  await gate.shot("scan-en");
  const shown = await gate.verdict("admit");
  assert.match(await shown.innerText(), /ENTER/);
  await gate.shot("verdict-green-en");
  await gate.close();
});

journey("a code that is no pass is explained, not refused and not recorded", async () => {
  const { modules } = JSON.parse(readFileSync(new URL("web_address.json", import.meta.url), "utf8"));
  const gate = await openGate({ camera: await scene([wall(1), { seconds: 3, codes: [{ modules }] }]) });
  await gate.scanning();
  await gate.page.waitForSelector("[data-sheet]");
  await gate.shot("sheet-not-a-pass");
  assert.equal(await gate.page.locator('[data-screen="verdict"]').count(), 0);
  await gate.tap("close-sheet");
  await gate.history();
  assert.equal(await gate.page.locator("[data-entry]").count(), 0);
  await gate.shot("history-empty");
  await gate.close();
});

journey("two passes after one another are both decided", async () => {
  const gate = await openGate({ camera: await scene([wall(1), show("green", 2), show("red", 6)]) });
  await gate.scanning();
  await gate.verdict("admit");
  await gate.page.waitForSelector('[data-verdict="refuse"]', { timeout: 20_000 });
  await gate.tap("next");
  await gate.history();
  assert.ok((await gate.page.locator("[data-entry]").count()) >= 2);
  await gate.shot("history");
  await gate.close();
});

journey("the same pass held on is decided once", async () => {
  const gate = await openGate({ camera: await scene([show("green", 4)]) });
  await gate.scanning();
  await gate.verdict("admit");
  await gate.screen("scan");
  await gate.page.waitForTimeout(7_000);
  assert.equal(await gate.page.locator('[data-screen="verdict"]').count(), 0);
  await gate.history();
  assert.equal(await gate.page.locator("[data-entry]").count(), 1);
  await gate.close();
});

journey("of two codes at once neither is decided", async () => {
  const both = {
    seconds: 4,
    codes: [
      { modules: pass.green.modules, centre: [0.27, 0.5], height: 0.42 },
      { modules: pass.red.modules, centre: [0.73, 0.5], height: 0.42 },
    ],
  };
  const gate = await openGate({ camera: await scene([both], { width: 1280, height: 720 }) });
  await gate.scanning();
  await gate.page.waitForSelector("[data-two-codes]");
  await gate.shot("two-codes");
  await gate.page.waitForTimeout(3_000);
  assert.equal(await gate.page.locator('[data-screen="verdict"]').count(), 0);
  await gate.close();
});

journey("a referred visitor is allowed with a reason", async () => {
  const gate = await openGate({ camera: await scene([show("yellow", 4)]) });
  await gate.scanning();
  await gate.verdict("refer");
  await gate.tap("refer-allow");
  await gate.shot("refer-reasons");
  await gate.page.click('[data-action="refer-reason"] >> nth=0');
  await gate.screen("scan");
  await gate.history();
  assert.equal(await gate.page.locator("[data-entry]").count(), 2);
  await gate.close();
});

journey("a visitor without a code is let in by hand", async () => {
  const gate = await openGate({ camera: await scene([wall(2)]) });
  await gate.scanning();
  await gate.tap("manual");
  await gate.screen("manual");
  await gate.page.click('[data-action="manual-reason"] >> nth=1');
  await gate.shot("manual");
  await gate.tap("manual-allow");
  await gate.screen("scan");
  await gate.history();
  assert.equal(await gate.page.locator("[data-entry]").count(), 1);
  await gate.close();
});

journey("scan, list, scan: the same video node and one getUserMedia", async () => {
  const gate = await openGate({ camera: await scene([wall(1), show("green", 3)]) });
  await gate.scanning();
  await gate.page.evaluate(() => { globalThis.firstVideo = document.querySelector("video"); });
  await gate.history();
  await gate.tap("back");
  await gate.screen("scan");
  const same = await gate.page.evaluate(() => document.querySelector("video") === globalThis.firstVideo);
  assert.ok(same, "the video node is the same");
  await gate.verdict("admit");
  assert.equal(await gate.page.evaluate(() => globalThis.gumCalls), 1);
  await gate.close();
});

journey("a denied camera has its own screen", async () => {
  const gate = await openGate({ camera: "denied" });
  await gate.begin();
  await gate.page.waitForSelector('[data-problem="camera-denied"]');
  await gate.shot("problem-camera-denied");
  // History, handing over and help do not need a camera.
  for (const page of ["help", "selftest"]) {
    await gate.tap("menu");
    await gate.tap(page);
    await gate.screen(page);
    await gate.tap("back");
    await gate.tap("back");
    await gate.page.waitForSelector('[data-problem="camera-denied"]');
  }
  await gate.close();
});

journey("a phone without a camera has its own screen", async () => {
  const gate = await openGate({ camera: "none" });
  await gate.begin();
  await gate.page.waitForSelector('[data-problem="camera-absent"]');
  await gate.shot("problem-camera-absent");
  await gate.close();
});

journey("the log is there after a reload, and the gate knows whom it has let in", async () => {
  const gate = await openGate({ camera: await scene([show("green", 3)]) });
  await gate.scanning();
  await gate.verdict("admit");
  await gate.page.reload();
  await gate.scanning();
  await gate.verdict("refer", { code: "GATE-USED" });
  await gate.tap("refer-turn-away");
  await gate.page.click('[data-action="refer-reason"] >> nth=0');
  await gate.screen("scan");
  await gate.history();
  assert.ok((await gate.page.locator("[data-entry]").count()) >= 3);
  await gate.chainWhole();
  await gate.close();
});

journey("a demonstration pass is shown to the gate by its link, without a camera", async () => {
  const gate = await openGate({ camera: "none", hash: "#demo=green" });
  await gate.begin();
  await gate.verdict("admit");
  await gate.close();
});

journey("a picture of a pass is decided like the pass", async () => {
  const gate = await openGate({ camera: await scene([wall(2)]) });
  await gate.scanning();
  await gate.page.setInputFiles('input[type="file"]', `${SITE}/demo/green.png`);
  await gate.verdict("admit");
  await gate.close();
});

journey("a second tab waits for the log until it is tapped", async () => {
  const profile = newProfile();
  const gate = await openGate({ camera: await scene([wall(2)]), profile });
  await gate.scanning();
  const second = await gate.context.newPage();
  await second.goto(gate.server.url);
  await second.waitForSelector('[data-problem="second-tab"]');
  await second.screenshot({ path: "target/e2e/problem-second-tab.png" });
  await second.click('[data-action="retry"]');
  await second.waitForSelector('[data-screen="welcome"], [data-screen="scan"]');
  await gate.page.waitForSelector('[data-problem="second-tab"]');
  await gate.close();
});

journey("a camera that was taken away comes back by itself", async () => {
  const gate = await openGate({ camera: await scene([wall(1), show("green", 3)]) });
  await gate.scanning();
  await gate.page.evaluate(() => document.querySelector("video").srcObject.getTracks()[0].stop());
  await gate.page.waitForFunction(() => globalThis.gumCalls === 2, null, { timeout: 20_000 });
  await gate.verdict("admit");
  await gate.close();
});

journey("inside another app's browser the camera never answers, and the gate says so", async () => {
  const gate = await openGate({
    init: () => {
      Object.defineProperty(navigator, "userAgent", { value: "Mozilla/5.0 (Linux; Android 12; wv) WhatsApp/2.26" });
      navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
    },
  });
  await gate.begin();
  await gate.page.waitForSelector('[data-problem="in-app"]', { timeout: 30_000 });
  await gate.shot("problem-in-app");
  await gate.close();
});

journey("the other camera is a tap away, and its picture is in the same video", async () => {
  const gate = await openGate({
    flags: ["--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream"],
  });
  await gate.scanning();
  const device = () => document.querySelector("video").srcObject?.getTracks()[0].getSettings().deviceId;
  const first = await gate.page.evaluate(device);
  await gate.page.evaluate(() => { globalThis.firstVideo = document.querySelector("video"); });
  await gate.tap("camera");
  await gate.page.waitForFunction(
    (first) => {
      const track = document.querySelector("video").srcObject?.getTracks()[0];
      return track?.readyState === "live" && track.getSettings().deviceId !== first;
    },
    first,
    { timeout: 20_000 },
  );
  assert.ok(await gate.page.evaluate(() => document.querySelector("video") === globalThis.firstVideo));
  await gate.close();
});

journey("a scanner that types is as good as a camera, and goes on to the next visitor", async () => {
  const gate = await openGate({ camera: "denied" });
  await gate.begin();
  await gate.page.waitForSelector('[data-problem="camera-denied"]');
  const type = async (name, end = "Enter", delay = 1) => {
    // As scanners do: one key after another, whatever has the focus.
    await gate.page.keyboard.type(pass[name].text, { delay });
    if (end) await gate.page.keyboard.press(end);
  };
  await type("green");
  await gate.verdict("admit");
  // A slow one: the verdict leaves by itself in the middle of the code, and the next screen takes the focus.
  await type("red", "Tab", 10);
  await gate.page.waitForSelector('[data-verdict="refuse"]');
  // Without an end its silence is one.
  await type("yellow", "");
  await gate.page.waitForSelector('[data-verdict="refer"]');
  // A question waits for its answer, by the keyboard too.
  await type("green");
  await gate.page.focus('[data-action="refer-turn-away"]');
  await gate.page.keyboard.press("Enter");
  await gate.page.focus('[data-action="refer-reason"] >> nth=0');
  await gate.page.keyboard.press("Space");
  // Somebody's fingers are no code.
  await gate.page.keyboard.type("abc");
  await gate.page.keyboard.press("Enter");
  await gate.page.waitForTimeout(200);
  await gate.history();
  assert.equal(await gate.page.locator("[data-entry]").count(), 4, "three decisions and an answer");
  await gate.close();
});

journey("a code that is pasted as text is decided", async () => {
  const gate = await openGate({ camera: "none", hash: "#demo=unknown-name" });
  await gate.begin();
  await gate.page.waitForSelector('[data-screen="scan"], [data-screen="problem"]');
  await gate.page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", ` ${text}\n`);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, pass.green.text);
  await gate.verdict("admit");
  await gate.close();
});

// A hand that trembles, focus and exposure that hunt, paper in a lobby: as the decoder's own scenes have it.
for (const [difficulty, seed] of [["easy", 11], ["usual", 12]]) {
  journey(`a visitor's hand before a phone's camera, ${difficulty}`, async () => {
    const clip = join(mkdtempSync(join(tmpdir(), "gerbang-clip-")), "clip.y4m");
    const hex = Buffer.from(pass.green.text).toString("hex");
    const { CARGO_TARGET_DIR: _, ...env } = process.env;
    const command = ["run", "--quiet", "--release", "-p", "gerbang-qr", "--example", "clip", "--", difficulty, String(seed), hex, clip];
    execFileSync("cargo", command, { env });
    const gate = await openGate({ camera: clip });
    await gate.scanning();
    await gate.verdict("admit");
    await gate.shot(`clip-${difficulty}`);
    await gate.close();
    rmSync(clip);
  });
}
