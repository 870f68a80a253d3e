// Other engines than Chromium, through the protocol that all of them speak (WebDriver, W3C).
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What starts each engine's driver at a port, and what a session asks of it. */
export const ENGINES = {
  Firefox: {
    start: (port) => [resolve(".tools/bin/geckodriver"), "--port", `${port}`],
    wishes: {
      "moz:firefoxOptions": {
        args: ["-headless"],
        prefs: { "intl.accept_languages": "id-ID", "media.navigator.streams.fake": false },
      },
    },
  },
  // It needs a display.
  WebKitGTK: { start: (port) => ["xvfb-run", "-a", "WebKitWebDriver", `--port=${port}`], wishes: {} },
};

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const running = new Set();
process.on("exit", () => running.forEach((driver) => driver.end()));

export class Browser {
  static async open(name) {
    const { start, wishes } = ENGINES[name];
    const port = await freePort();
    const [command, ...parameters] = start(port);
    // A group of its own, to end the browser and its display with it.
    const child = spawn(command, parameters, { stdio: "ignore", detached: true });
    const browser = new Browser();
    Object.assign(browser, { name, child, address: `http://127.0.0.1:${port}` });
    running.add(browser);
    await until(async () => (await fetch(`${browser.address}/status`)).ok, 20_000, `${name}'s driver`);
    const { sessionId, capabilities } = await browser.ask("POST", "/session", { capabilities: { alwaysMatch: wishes } });
    browser.session = `/session/${sessionId}`;
    browser.version = `${capabilities.browserName} ${capabilities.browserVersion}`;
    await browser.ask("POST", "/timeouts", { script: 30_000, pageLoad: 60_000 });
    return browser;
  }

  async ask(method, path, body) {
    const response = await fetch(this.address + (this.session ?? "") + path, {
      method, headers: { "Content-Type": "application/json" }, body: body && JSON.stringify(body),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${this.name}: ${value.error}: ${value.message}`);
    return value;
  }

  visit(url) {
    return this.ask("POST", "/url", { url });
  }

  /** Runs in the page and is awaited there. */
  async run(work, ...parameters) {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve((${work}).apply(null, [...arguments].slice(0, -1)))
        .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.ask("POST", "/execute/async", { script, args: parameters });
    if (error) throw new Error(`${this.name}: ${error}`);
    return value;
  }

  /** Waits until this holds in the page. */
  wait(holds, parameter, timeoutMs = 30_000) {
    const script = `return (${holds}).call(null, arguments[0])`;
    const asked = () => this.ask("POST", "/execute/sync", { script, args: [parameter ?? null] });
    return until(asked, timeoutMs, `${this.name}: ${holds} ${parameter ?? ""}`);
  }

  /** Waits until there is such an element. */
  see(selector, timeoutMs = 20_000) {
    return this.wait((selector) => document.querySelector(selector) !== null, selector, timeoutMs);
  }

  async tap(action) {
    await this.click(`[data-action="${action}"]`);
  }

  async click(selector) {
    // What was just found may be drawn anew before it is tapped.
    await until(async () => {
      const { [ELEMENT]: element } = await this.ask("POST", "/element", { using: "css selector", value: selector });
      // A tap goes to a place: what still moves would be missed.
      const place = async () => JSON.stringify(await this.ask("GET", `/element/${element}/rect`));
      const before = await place();
      await new Promise((later) => setTimeout(later, 100));
      if ((await place()) !== before) return false;
      await this.ask("POST", `/element/${element}/click`, {});
      return true;
    }, 20_000, `${this.name}: a tap on ${selector}`);
  }

  /** Keys one after another, as a scanner that types sends them, whatever has the focus. */
  async type(text, end = "\uE007") {
    const actions = [...text, ...end].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    await this.ask("POST", "/actions", { actions: [{ type: "key", id: "scanner", actions }] });
  }

  /** A key together with Control. */
  async command(value) {
    const key = (type, value) => ({ type, value });
    const actions = [key("keyDown", "\uE009"), key("keyDown", value), key("keyUp", value), key("keyUp", "\uE009")];
    await this.ask("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Chooses a file in this field, which need not be in sight. */
  async choose(selector, path) {
    const { [ELEMENT]: element } = await this.ask("POST", "/element", { using: "css selector", value: selector });
    await this.ask("POST", `/element/${element}/value`, { text: path });
  }

  async shot(path) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.from(await this.ask("GET", "/screenshot"), "base64"));
  }

  async close() {
    await this.ask("DELETE", "").catch(() => {});
    this.end();
  }

  end() {
    running.delete(this);
    try {
      process.kill(-this.child.pid, "SIGKILL");
    } catch {
      // Gone already.
    }
  }
}

async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => listener.once("listening", done));
  const { port } = listener.address();
  await new Promise((done) => listener.close(done));
  return port;
}

async function until(holds, timeoutMs, what) {
  for (const end = performance.now() + timeoutMs; performance.now() < end;) {
    if (await holds().catch(() => false)) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`${what} did not come`);
}
