// A venue of the tests' own whose gates know of each other: the peer that speaks CouchDB's protocol, a city whose registry
// names it, a site built for it, and a set-up code with user and password for each gate.
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request as ask } from "node:http";
import { createSecureServer } from "node:http2";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gerbang } from "./city.mjs";
import { openGate, scene } from "./harness.mjs";

const VENUE = "balai-kota";
const DATABASE = `gerbang-${VENUE}`;
const POLICY = "pedulilindungi-2021";

/** In memory: what is stopped has forgotten everything. `takes`: headers that it lets pages of other origins send. */
export async function startPeer({ takes = "" } = {}) {
  const password = randomBytes(12).toString("hex");
  const child = spawn(process.execPath, ["tools/peer.mjs"], {
    env: { ...process.env, GERBANG_HUB_PASSWORD: password, GERBANG_PEER_TAKES: takes }, stdio: ["pipe", "pipe", "inherit"],
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

/**
 * The peer behind a line whose bytes are counted: as it is (HTTP/1.1), or with TLS and HTTP/2 in front of it, as
 * deploy/ has it. `wire`: what pages sent, without and with the encryption's own, and what they received, with it.
 */
export async function counted(peer, { secure = false } = {}) {
  const wire = { sent: 0, encrypted: 0, received: 0 };
  const { hostname, port } = new URL(peer.address);
  const closing = [];
  let behind = Number(port);
  if (secure) {
    const folder = mkdtempSync(join(tmpdir(), "gerbang-tls-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert], { stdio: "pipe" });
    const front = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (from, to) => {
      const headers = Object.fromEntries(Object.entries(from.headers).filter(([name]) => !name.startsWith(":")));
      const onward = ask({ hostname, port, method: from.method, path: from.url, headers: { ...headers, host: `${hostname}:${port}` } }, (answer) => {
        const kept = Object.entries(answer.headers).filter(([name]) => !["connection", "keep-alive", "transfer-encoding"].includes(name));
        to.writeHead(answer.statusCode, Object.fromEntries(kept));
        answer.pipe(to.stream);
      });
      onward.on("error", () => to.stream.destroy());
      to.stream.on("close", () => onward.destroy());
      from.pipe(onward);
    });
    front.listen(0, "127.0.0.1");
    await once(front, "listening");
    behind = front.address().port;
    closing.push(front);
  }
  const line = createServer((page) => {
    const hub = connect(behind, "127.0.0.1");
    const told = secure ? tlsRecords() : (bytes) => bytes.length;
    page.on("data", (bytes) => {
      wire.sent += told(bytes);
      wire.encrypted += bytes.length;
    });
    hub.on("data", (bytes) => (wire.received += bytes.length));
    for (const end of [page, hub]) end.on("error", () => [page, hub].forEach((other) => other.destroy()));
    page.pipe(hub).pipe(page);
  });
  line.listen(0, "127.0.0.1");
  await once(line, "listening");
  closing.push(line);
  const address = `${secure ? "https" : "http"}://127.0.0.1:${line.address().port}`;
  return { ...peer, address, wire, close: () => closing.forEach((server) => server.close()) };
}

/** Of TLS 1.3 (RFC 8446, section 5.2) as it comes: bytes within, without each record's head, kind and tag. */
function tlsRecords() {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    let within = 0;
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt16BE(3)) {
      const length = rest.readUInt16BE(3);
      within += rest[0] === 23 ? length - 17 : 0;
      rest = rest.subarray(5 + length);
    }
    return within;
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
  gate.wrote = { requests: 0, bytes: 0, packed: 0 };
  gate.page.on("request", (request) => {
    if (!request.url().endsWith("/_bulk_docs") || request.method() !== "POST") return;
    gate.wrote.requests += 1;
    gate.wrote.packed += Number(request.headers()["content-encoding"] === "gzip");
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
    if (owner === user && entries) rowOf(entries).forEach((entry, at) => counted.add(`${log} ${Number(first) + at} ${createHash("sha256").update(entry).digest("hex")}`));
  }
  return counted.size;
}

/** A segment's entries, as docs/hub.md has them: behind key, signature, hash and time. */
function rowOf(text) {
  const bytes = Buffer.from(text, "base64");
  const [, ...row] = items(bytes.subarray(32 + 64 + 32));
  return row;
}

/** The CBOR items in these bytes. */
function items(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length; ) {
    const end = past(bytes, at);
    found.push(bytes.subarray(at, end));
    at = end;
  }
  return found;
}

/** Behind the item that begins there. */
function past(bytes, at) {
  const [kind, short] = [bytes[at] >> 5, bytes[at] & 31];
  const width = short < 24 ? 0 : 1 << (short - 24);
  const value = width === 0 ? short : width === 8 ? Number(bytes.readBigUInt64BE(at + 1)) : bytes.readUIntBE(at + 1, width);
  let end = at + 1 + width;
  if (kind === 2 || kind === 3) return end + value;
  for (let left = kind === 4 ? value : kind === 5 ? 2 * value : 0; left > 0; left -= 1) end = past(bytes, end);
  return end;
}

/** As docs/hub.md names users. */
function escape(name) {
  return [...Buffer.from(name)].map((byte) => (/[a-z0-9-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `_${byte.toString(16).padStart(2, "0")}`)).join("");
}
