// Every sentence that an officer can be told, in both languages, in the places where such sentences stand, on a phone of
// 320 px with text of 200 %: none is cut off, and what follows it can still be reached.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { journey, openGate, SITE } from "./harness.mjs";

const SOURCE = "src/browser/language";
const POLICIES = "src/rules/policies";
const LANGUAGES = [["id-ID", "id.rs", "id"], ["en-GB", "en.rs", "en"]];

/** What happened, and what to do: a pair for each sentence; what stands in braces is filled in as long as it gets. */
function sentences(file, language) {
  // What the desk says stands in places of its own.
  const [source] = readFileSync(join(SOURCE, file), "utf8").split("static DESKS");
  const text = String.raw`"((?:[^"\\]|\\.)*)"`;
  const first = String.raw`(?:format!\(\s*${text}[^)]*\)|${text})`;
  const said = new RegExp(String.raw`Said::(?:new|with)\(\s*${first}\s*,\s*${text}`, "g");
  const filled = (sentence) => sentence.replaceAll(/\{[a-z_]*date[a-z_]*\}/g, "31 Desember 2026").replaceAll(/\{[^}]*\}/g, "23.59");
  const pairs = [...source.matchAll(said)].map(([, made, plain, next]) => [filled(made ?? plain), filled(next)]);
  const steps = (value) => {
    if (typeof value !== "object" || value === null) return;
    if (value.happened) pairs.push([filled(value.happened[language]), filled(value.to_do?.[language] ?? "")]);
    Object.values(value).forEach(steps);
  };
  for (const name of readdirSync(POLICIES)) if (name.endsWith(".json")) steps(JSON.parse(readFileSync(join(POLICIES, name), "utf8")));
  return pairs;
}

/** Runs in the page: puts each pair into the place, and answers those that are cut off. */
function cutOff({ pairs, place }) {
  const [happens, next] = place.map((selector) => document.querySelector(selector));
  const said = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) if (node.data.trim()) return node;
    throw new Error("a place without a sentence");
  };
  const nodes = [said(happens), next ? said(next) : null];
  const before = nodes.map((node) => node?.data);
  // Those that stand with the sentence; a sheet lies over what is behind it.
  const within = (element) => element.closest("section, main");
  const buttons = [...document.querySelectorAll("button, a")].filter(
    (button) => button.checkVisibility() && within(button) === within(happens),
  );
  const hidden = (node) => {
    // What stays at the bottom lies over the sentence until it is scrolled up.
    node.parentElement.scrollIntoView({ block: "start" });
    const range = document.createRange();
    range.selectNodeContents(node);
    const own = range.getBoundingClientRect();
    const covers = (other) =>
      own.left < other.right && other.left < own.right && own.top < other.bottom && other.top < own.bottom;
    if (own.right > innerWidth || own.left < 0) return true;
    if (buttons.some((button) => !button.contains(node) && covers(button.getBoundingClientRect()))) return true;
    for (let around = node.parentElement; around && around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around);
      const frame = around.getBoundingClientRect();
      if (overflowX !== "visible" && own.right > frame.right + 1) return true;
      if (overflowY === "hidden" && own.bottom > frame.bottom + 1) return true;
      // From here on everything can be scrolled to.
      if (overflowY === "auto" || overflowY === "scroll") return false;
    }
    return own.bottom + scrollY > document.scrollingElement.scrollHeight + 1;
  };
  const found = pairs.filter((pair) => {
    nodes.forEach((node, index) => { if (node && pair[index]) node.data = pair[index]; });
    return nodes.some((node) => node && hidden(node));
  });
  nodes.forEach((node, index) => { if (node) node.data = before[index]; });
  return found;
}

const SMALL = {
  viewport: { width: 320, height: 640 },
  init: () => { addEventListener("DOMContentLoaded", () => { document.documentElement.style.fontSize = "200%"; }); },
};

for (const [locale, file, language] of LANGUAGES) {
  journey(`no sentence is cut off on a small phone with large text (${locale})`, async () => {
    const pairs = sentences(file, language);
    assert.ok(pairs.length > 50, `${pairs.length} sentences`);
    assert.equal(pairs.length, sentences(LANGUAGES[0][1], LANGUAGES[0][2]).length, "each is there in both languages");
    const fits = async (gate, ...place) => {
      const found = await gate.page.evaluate(cutOff, { pairs, place });
      assert.deepEqual(found, [], place.join(" and "));
    };
    const files = { "registry.cose": join(SITE, "demo/registry-warn.cose") };
    const gate = await openGate({ ...SMALL, locale, files, hash: "#demo=poster" });
    await gate.begin();
    await gate.page.waitForSelector("[data-sheet] h2");
    await fits(gate, "[data-sheet] h2", "[data-sheet] p.do");
    await gate.page.waitForSelector('[data-banner="registry-warn"]');
    await fits(gate, '[data-banner="registry-warn"] b');
    await gate.page.evaluate(() => { location.hash = "demo=red"; });
    await gate.verdict("refuse");
    await fits(gate, "p.why", "p.do span");
    await gate.tap("override");
    await gate.screen("override");
    await gate.page.click('[data-reason="OVERRIDE-PROOF"]');
    await gate.page.waitForSelector("p.do");
    await fits(gate, "h2", "p.do");
    await gate.close();
  });
}
