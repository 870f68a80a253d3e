// Measures, in the page and without the app's help, how long a pass takes from its first frame to the painted verdict.
//
// The scene marks the parts that show a pass by a black corner (`flag`, y4m.mjs). The verdict counts when the frame
// that holds it has been painted. The split comes from the app's own measures (#bench).

/** Runs in the page: `globalThis.rounds` gets { at, total, split } for each verdict, whose button is then tapped. */
export function measureVerdicts() {
  const video = document.querySelector("video");
  const dot = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  globalThis.rounds = [];
  let cameIntoView = null;
  let waiting = true;
  const look = (now, frame) => {
    dot.drawImage(video, 8, 8, 1, 1, 0, 0, 1, 1);
    const dark = dot.getImageData(0, 0, 1, 1).data[0] < 70;
    if (dark && waiting) [cameIntoView, waiting] = [Math.min(now, frame.presentationTime), false];
    if (!dark) waiting = true;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now());
    channel.port2.postMessage(null);
  }));
  let shown = false;
  new MutationObserver(async () => {
    const verdict = document.querySelector('[data-screen="verdict"]');
    if (!verdict) shown = false;
    if (!verdict || shown || cameIntoView === null) return;
    shown = true;
    const from = cameIntoView;
    const at = await painted();
    // The log's `complete` comes after the paint.
    setTimeout(() => {
      const split = {};
      for (const measure of performance.getEntriesByType("measure")) {
        const [, stage] = measure.name.split("gerbang:");
        if (stage) split[stage] = measure.duration;
      }
      performance.clearMeasures();
      globalThis.rounds.push({ at, total: at - from, split });
      const tap = (action) => document.querySelector(`[data-action="${action}"]`)?.click();
      tap("next");
      // A pass that was used before is a question, and is answered.
      tap("refer-turn-away");
      requestAnimationFrame(() => tap("refer-reason"));
    }, 250);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
}

export function percentile(values, part) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] : Number.NaN;
}
