// A hundred visitors, and then all that the phone holds, sent and wrote is searched for what it must not have.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { filesOf, listen, search, storageOf } from "./dump.mjs";
import { gerbang, modulesOf, sealingCity, setUpToSeal } from "./city.mjs";
import { journey, openGate, scene } from "./harness.mjs";

const VISITORS = 92;
/** Of a pass's text: no two share so much by chance, and what all begin with is not in it. */
const PART_LETTERS = 24;

/** The passes' people: one who is let in, one to look at, one without a dose, one whose pass is over, again and again. */
function people() {
  return Array.from({ length: VISITORS }, (_, at) => {
    const [day, month] = [1 + (at % 28), 1 + (at % 12)].map((number) => String(number).padStart(2, "0"));
    const doses = ["CoronaVac,1,2,2021-07-05;CoronaVac,2,2,2021-08-02", "CoronaVac,1,2,2021-07-05", "", "CoronaVac,2,2,2021-08-02"][at % 4];
    const letters = String.fromCharCode(97 + Math.floor(at / 26), 97 + (at % 26));
    return {
      name: `Wuragil Penandasari${letters}`, birth_date: `${1931 + at}-${month}-${day}`,
      role: `juru${letters}quarx`, until: at % 4 === 3 ? "2022-01-01" : "2099-01-01", doses,
    };
  });
}

/** Passes of these people with the texts that their codes hold. */
function issued(city, list) {
  const columns = ["name", "birth_date", "role", "until", "doses"];
  const quoted = (text) => `"${text}"`;
  const rows = list.map((one) => columns.map((column) => quoted(one[column])).join(","));
  writeFileSync(city.file("visitors.csv"), [columns.join(","), ...rows].join("\n"));
  gerbang(
    "issue", "--key", city.key("issuer"), "--issuer", city.issuer, "--csv", city.file("visitors.csv"), "--out", city.file("passes"),
    "--from", "2020-01-01", "--now", "2021-09-01",
  );
  const ids = readFileSync(city.file("passes/issued.csv"), "utf8").trim().split("\n").slice(1);
  const pictures = list.map((_, at) => city.file(`passes/${String(at + 2).padStart(4, "0")}.png`));
  const texts = gerbang("scan", ...pictures).match(/GB1:.*$/gm);
  assert.equal(texts.length, list.length);
  return list.map((one, at) => {
    const [picture, text, [, id]] = [pictures[at], texts[at], ids[at].split(",")];
    assert.match(id, /^[0-9a-f]{32}$/);
    return { ...one, picture, svg: picture.replace(".png", ".svg"), text, id };
  });
}

/** What of a visitor may be nowhere. */
function secrets({ name, birth_date, role, text, id }) {
  const middle = Math.floor(text.length / 2);
  const dates = [birth_date, birth_date.replaceAll("-", ""), birth_date.split("-").reverse().join("-")];
  return [name, name.split(" ")[1], ...dates, role, text.slice(middle, middle + PART_LETTERS), text.slice(-PART_LETTERS), Buffer.from(id, "hex"), id];
}

function paste(gate, text) {
  return gate.page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Waits until this many decisions are recorded, and answers the open question if there is one. */
async function decided(gate) {
  const verdict = await gate.page.waitForSelector('[data-screen="verdict"]', { timeout: 30_000 });
  await gate.page.waitForSelector('[data-recorded="recorded"]', { timeout: 10_000 });
  const kind = await verdict.getAttribute("data-verdict");
  if (kind === "refer") {
    await gate.tap("refer-turn-away");
    await gate.page.click('[data-action="refer-reason"] >> nth=0');
  } else {
    await gate.tap("next");
  }
  await gate.screen("scan");
  return kind;
}

journey("after a hundred visitors no name, birth date, role, pass or its id is in storage, network or console", async () => {
  const city = sealingCity();
  const visitors = issued(city, people());
  const part = (modules, seconds) => ({ seconds, codes: [{ modules, height: 0.7 }] });
  const empty = { seconds: 1, codes: [] };
  const seen = visitors.slice(0, 2);
  const camera = await scene([part(city.setup, 6), ...seen.map(({ svg }) => part(modulesOf(svg), 4)), empty]);
  const heard = [];
  const kinds = [];
  const first = await openGate({ camera, files: city.files, blank: true });
  listen(first, heard);
  await first.page.goto(first.server.url);
  await setUpToSeal(first);
  for (const _ of seen) kinds.push(await decided(first));
  await first.context.close();

  // The camera's scene would begin again: from here on it shows nobody.
  const { profile, server } = first;
  const gate = await openGate({ camera: await scene([empty]), files: city.files, profile, server, blank: true });
  listen(gate, heard);
  await gate.page.goto(gate.server.url);
  await gate.scanning();
  for (const [at, { text, picture }] of visitors.entries()) {
    if (at < seen.length) continue;
    if (at % 3 === 0) await gate.page.setInputFiles('input[type="file"]', picture);
    else if (at % 3 === 1) await paste(gate, text);
    else {
      await gate.page.keyboard.type(text);
      await gate.page.keyboard.press("Enter");
    }
    kinds.push(await decided(gate));
  }
  assert.equal(kinds.length, VISITORS);
  assert.ok(["admit", "refer", "refuse"].every((kind) => kinds.includes(kind)), kinds.join(" "));
  await gate.history();
  await gate.chainWhole();
  const held = [...(await storageOf(gate)), ...heard];
  await gate.close();
  await first.close();
  held.push(...filesOf(profile));
  // What is known to be there is found: the venue's name in the entries, a request, and a line that the page held.
  assert.ok(search(held, ["balai-kota"]).some(({ where }) => where.startsWith("IndexedDB entries")));
  assert.ok(search(held, ["balai-kota"]).some(({ where }) => where.includes("indexeddb.leveldb")), "the browser's files can be read");
  assert.ok(search(held, ["registry.cose"]).some(({ where }) => where === "request"));
  assert.deepEqual(search(held, visitors.flatMap(secrets)), []);
});
