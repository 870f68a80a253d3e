// A venue of the tests' own whose gates know of each other: the peer that speaks CouchDB's protocol, a city whose registry
// names it, a site built for it, and a set-up code with user and password for each gate.
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gerbang } from "./city.mjs";
import { openGate, scene } from "./harness.mjs";

const VENUE = "balai-kota";
const DATABASE = `gerbang-${VENUE}`;
const POLICY = "pedulilindungi-2021";

/** In memory: what is stopped has forgotten everything. */
export async function startPeer() {
  const password = randomBytes(12).toString("hex");
  const child = spawn(process.execPath, ["tools/peer.mjs"], {
    env: { ...process.env, GERBANG_HUB_PASSWORD: password }, stdio: ["pipe", "pipe", "inherit"],
  });
  const [address] = await once(createInterface(child.stdout), "line");
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`;
  const ask = async (method, path, body) => {
    // The command blocks this process for seconds: a connection that the peer has ended meanwhile must not be used again.
    const headers = { authorization, "content-type": "application/json", connection: "close" };
    const response = await fetch(`${address}/${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await ask("PUT", DATABASE);
  return {
    address, ask,
    /** All documents of the venue. */
    async documents() {
      return (await ask("GET", `${DATABASE}/_all_docs?include_docs=true`)).rows.map(({ doc }) => doc).filter(({ _id }) => !_id.startsWith("_"));
    },
    put: (document) => ask("PUT", `${DATABASE}/${encodeURIComponent(document._id)}`, document),
    async retire(user) {
      const { _rev } = await ask("GET", `_users/org.couchdb.user:${user}`);
      await ask("DELETE", `_users/org.couchdb.user:${user}?rev=${_rev}`);
    },
    close: () => child.stdin.end(),
  };
}

/** A city with this hub and gates of these names; `gates` by name: { user, password, setup }. */
export async function linkedCity(peer, names) {
  const folder = join(mkdtempSync(join(tmpdir(), "gerbang-hub-")), "city");
  const key = (name) => join(folder, "keys", `${name}.key.json`);
  const file = (name) => join(folder, name);
  process.env.GERBANG_PASSPHRASE = "uji coba saja";
  gerbang("init", folder, "--name", "Kota Uji", "--policy", POLICY);
  const source = JSON.parse(readFileSync(file("registry.json"), "utf8"));
  Object.assign(source, { version: 2, policies: [POLICY], hub: peer.address });
  writeFileSync(file("registry.json"), JSON.stringify(source));
  gerbang("registry", "build", file("registry.json"), "--root", key("root"), "--out", file("registry.cose"));
  const month = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 7).replace("-", "");
  const gates = {};
  for (const name of names) {
    const user = `${VENUE}.${escape(name)}`;
    const password = randomBytes(24).toString("base64url");
    await peer.ask("PUT", `_users/org.couchdb.user:${user}`, { _id: `org.couchdb.user:${user}`, name: user, password, roles: [], type: "user" });
    writeFileSync(file("access.json"), JSON.stringify({ v: 1, venue_id: VENUE, gate: name, user, password }));
    const setup = gerbang(
      "setup-code", "--root", key("root"), "--venue-id", VENUE, "--venue", "Balai Kota", "--gate", name, "--policy", POLICY,
      "--until", "2099-01-01", "--secret", key("city"), "--month", month, "--hub", file("access.json"),
    ).trim();
    gates[name] = { user, password, setup };
  }
  await peer.ask("PUT", `${DATABASE}/_security`, { admins: { names: [], roles: [] }, members: { names: Object.values(gates).map(({ user }) => user), roles: [] } });
  const site = join(folder, "..", "site");
  execFileSync(process.execPath, ["tools/finish.mjs", "target/trunk", site, "--with", folder], { stdio: "pipe" });
  let people = 0;
  return {
    gates, site,
    /** The text of somebody's pass. `more`: for the command. */
    pass(...more) {
      people += 1;
      const dose = (number) => ["--dose", `CoronaVac,${number},2,2021-0${6 + number}-05`];
      return gerbang(
        "issue", "--key", key("issuer"), "--issuer", source.issuers[0].iss, "--name", `Wulan Contoh ${people}`, "--birth-date", "1980-02-03",
        "--role", "tamu", "--venue", VENUE, "--until", "2099-01-01", ...dose(1), ...dose(2), ...more,
      ).trim();
    },
  };
}

/** A phone that was set up as that gate, or as none that the hub knows, and scans. */
export async function linkedGate(city, peer, name, options = {}) {
  const camera = await scene([{ seconds: 1, codes: [] }]);
  const gate = await openGate({ camera, site: city.site, hub: peer.address, ...options });
  gate.wrote = { requests: 0, bytes: 0 };
  gate.page.on("request", (request) => {
    if (!request.url().endsWith("/_bulk_docs")) return;
    gate.wrote.requests += 1;
    gate.wrote.bytes += request.postDataBuffer()?.length ?? 0;
  });
  if (options.profile) return gate;
  if (!name) {
    await gate.begin();
    await gate.screen("scan");
    return gate;
  }
  await gate.screen("welcome");
  await gate.tap("setup");
  await gate.screen("setup");
  await paste(gate, city.gates[name].setup);
  await gate.page.waitForSelector('[data-setup="offered"]');
  await gate.tap("confirm");
  await gate.screen("scan");
  return gate;
}

/** Pastes a code's text, as a scanner at the gate would give it. */
export function paste(gate, text) {
  return gate.page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/** Waits until the hub has all that this gate recorded. */
export function level(gate, timeout = 30_000) {
  return gate.page.waitForSelector('[data-hub="level"]', { timeout });
}

/** So many by all doors. */
export function inside(gate, count, timeout = 20_000) {
  return gate.page.waitForSelector(`[data-venue="${count}"]`, { timeout });
}

/** Entries that are at the hub under this user, by log. */
export function entriesOf(documents, user) {
  const counted = new Set();
  for (const { _id, entries } of documents) {
    const [owner, log, first] = _id.split(":");
    if (owner === user && entries) entries.forEach((entry, at) => counted.add(`${log} ${Number(first) + at} ${createHash("sha256").update(entry).digest("hex")}`));
  }
  return counted.size;
}

/** As docs/hub.md names users. */
function escape(name) {
  return [...Buffer.from(name)].map((byte) => (/[a-z0-9-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `_${byte.toString(16).padStart(2, "0")}`)).join("");
}
