// Writes a log as docs/log.md says, without any of Gerbang's code: rows for a gate that has worked for a long time.
import { createHash, createPrivateKey, createPublicKey } from "node:crypto";

const ZERO = Buffer.alloc(32);

function head(major, value) {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 0x100) return Buffer.from([(major << 5) | 24, value]);
  if (value < 0x10000) {
    const bytes = Buffer.alloc(3, (major << 5) | 25);
    bytes.writeUInt16BE(value, 1);
    return bytes;
  }
  if (value < 0x100000000) {
    const bytes = Buffer.alloc(5, (major << 5) | 26);
    bytes.writeUInt32BE(value, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9, (major << 5) | 27);
  bytes.writeBigUInt64BE(BigInt(value), 1);
  return bytes;
}

/** Numbers, booleans, texts, bytes, arrays, and Maps with ascending unsigned keys. */
export function cbor(value) {
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)])]);
}

export function hash(tag, ...parts) {
  const hash = createHash("sha256").update(`${tag}\0`);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The Ed25519 public key of a seed (RFC 8032), by the PKCS #8 form that Node reads. */
function publicKey(seed) {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPublicKey(createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }));
  return key.export({ format: "der", type: "spki" }).subarray(-32);
}

/**
 * `count` entries of one gate, as rows of its database: 94 of 100 admitted, 5 referred and allowed, 1 refused.
 * `endUnixMs`: of the last; one every `stepMs` before it. `seed`: of the device's key.
 */
export function* writeLog({ count, endUnixMs, stepMs, seed, venue = "balai-kota", gate = "Pintu 1" }) {
  const log = hash("gerbang log id", publicKey(seed)).subarray(0, 16);
  let previous = hash("gerbang log genesis", log);
  for (let sequence = 0; sequence < count; sequence += 1) {
    const [kind, body] = what(sequence);
    const fixed = cbor(new Map([
      [0, 1], [1, log], [2, sequence], [3, previous], [4, endUnixMs - (count - 1 - sequence) * stepMs], [5, 420], [6, 0],
      [7, venue], [8, gate], [9, 0], [10, ZERO], [11, ZERO], [12, "0.1.0"], [13, kind], [14, body],
    ]));
    previous = hash("gerbang log entry", fixed, ZERO, ZERO);
    yield { sequence, entry: cbor([fixed, [], []]), hash: previous };
  }
}

function what(sequence) {
  const decision = (outcome, status, reason) => [1, new Map([
    [0, outcome], [1, status], [2, false], [3, reason ? [reason] : []], [4, "gerbang"], [5, "Dinas Contoh"],
  ])];
  const turn = sequence % 100;
  if (turn === 50) return decision(2, 2, "PASS-EXP");
  if (turn % 20 === 10) return decision(1, 1, "POL-ONE-DOSE");
  if (turn % 20 === 11) return [2, new Map([[0, sequence - 1], [1, 0], [2, "REFER-ID-OK"]])];
  return decision(0, 0);
}

/** Runs in the page: puts rows into the gate's database, which must be closed everywhere. */
export async function fillDatabase({ name, rows, seed }) {
  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const database = await new Promise((done, fail) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of ["entries", "settings", "writer"]) {
        if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
      }
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const transaction = database.transaction(["entries", "settings"], "readwrite");
  if (seed) {
    // The key that the phone made for itself is another log's.
    transaction.objectStore("settings").delete("device-key");
    transaction.objectStore("settings").put(bytes(seed), "device-seed");
  }
  const entries = transaction.objectStore("entries");
  for (const { sequence, entry, hash } of rows) entries.put({ entry: bytes(entry), hash: bytes(hash) }, sequence);
  await new Promise((done, fail) => {
    transaction.oncomplete = done;
    transaction.onabort = () => fail(transaction.error);
  });
  database.close();
}
