// What no screen may do: cut a text off, lay one over another, be wider than the phone, or have a target too small for a thumb.

const TARGET_PX = 44;
/** Of a card in a page, both sides together, where the phone is narrow. */
const MARGINS_PX = 48;

/** Runs in the page. Answers what is wrong, in words; nothing, if all is well. */
function faults([targetPx, margins]) {
  const found = new Set();
  const name = (element) => {
    const action = element.closest("[data-action]")?.dataset.action;
    return `${action ? `[${action}] ` : ""}<${element.localName} ${element.className?.baseVal ?? element.className}> "${(element.textContent ?? "").trim().slice(0, 40)}"`;
  };
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) found.add(`the page is ${page.scrollWidth} px wide`);
  // What has to be scrolled sideways into sight is not in sight.
  for (const element of document.querySelectorAll("body, body *:not(svg, svg *, input)")) {
    const { overflowX } = getComputedStyle(element);
    if (!["auto", "scroll"].includes(overflowX) || element.scrollWidth <= element.clientWidth + 1) continue;
    found.add(`${element.scrollWidth} px wide in ${element.clientWidth}: ${name(element)}`);
  }
  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  // For a screen reader alone: one pixel wide, by intention.
  const heard = (element) => element.closest(".heard, [aria-hidden=true], .sr") !== null;
  // A sheet that is closed by a tap, or by itself, may lie over what it was opened from.
  const sheet = document.querySelector("[data-sheet]");
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !seen(element) || heard(element) || ["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(element.tagName)) continue;
    if (element.closest("svg") || (sheet && !sheet.contains(element))) continue;
    element.scrollIntoView({ block: "center", inline: "nearest" });
    const range = document.createRange();
    range.selectNodeContents(node);
    // A word is broken between its letters only where it would not fit a line of its own, or where it is a code that nobody
    // reads as a word.
    if (element.closest("code, pre, .code") === null) {
      for (const word of node.data.matchAll(/(?<![\p{L}\p{N}_.:/@-])\p{L}{2,}(?![\p{L}\p{N}_.:/@-]*[\p{N}_/@])/gu)) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const pieces = [...range.getClientRects()].filter((own) => own.width > 0);
        const lines = new Set(pieces.map((own) => Math.round(own.top)));
        const width = pieces.reduce((sum, own) => sum + own.width, 0);
        if (lines.size > 1 && width < innerWidth - margins) found.add(`"${word[0]}" is broken: ${name(element)}`);
      }
      range.selectNodeContents(node);
    }
    for (const own of range.getClientRects()) {
      if (own.width < 1 || own.height < 1) continue;
      if (own.left < -1 || own.right > innerWidth + 1) found.add(`runs out of the page: ${name(element)}`);
      for (let around = element; around && around !== document.body; around = around.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(around);
        const frame = around.getBoundingClientRect();
        if (overflowX !== "visible" && (own.right > frame.right + 1 || own.left < frame.left - 1)) found.add(`cut off at the side: ${name(element)}`);
        if (["hidden", "clip"].includes(overflowY) && (own.bottom > frame.bottom + 1 || own.top < frame.top - 1)) found.add(`cut off above or below: ${name(element)}`);
      }
      const [x, y] = [(own.left + own.right) / 2, (own.top + own.bottom) / 2];
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
      const top = document.elementFromPoint(x, y);
      if (top && !element.contains(top) && !top.contains(element) && getComputedStyle(element).pointerEvents !== "none") {
        found.add(`${name(top)} lies over ${name(element)}`);
      }
    }
  }
  for (const target of document.querySelectorAll("button, a[href], input, select, summary, label[data-action]")) {
    if (!seen(target) || heard(target) || target.closest("p")) continue;
    const label = target.closest("label");
    const { width, height } = (label ?? target).getBoundingClientRect();
    if (width > 0 && (width < targetPx - 0.5 || height < targetPx - 0.5)) found.add(`a target of ${width.toFixed(0)} × ${height.toFixed(0)} px: ${name(target)}`);
  }
  page.scrollTop = 0;
  return [...found];
}

export function layoutFaults(gate) {
  return gate.page.evaluate(faults, [TARGET_PX, MARGINS_PX]);
}
