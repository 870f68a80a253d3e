// All that a phone holds and says: its storage by every door that a page has, its files on disk, its requests, its console.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Runs in the page: the origin's whole storage as { where, base64 }. */
async function readStorage() {
  const found = [];
  const base64 = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(text);
  };
  const put = (where, bytes) => found.push({ where, base64: base64(bytes) });
  const text = (where, value) => put(where, new TextEncoder().encode(String(value)));
  const value = async (where, held) => {
    if (held instanceof Blob) put(where, new Uint8Array(await held.arrayBuffer()));
    else if (held instanceof ArrayBuffer) put(where, new Uint8Array(held));
    else if (ArrayBuffer.isView(held)) put(where, new Uint8Array(held.buffer, held.byteOffset, held.byteLength));
    else if (held instanceof CryptoKey) text(where, `key, extractable: ${held.extractable}`);
    else if (held && typeof held === "object") {
      for (const [name, part] of Object.entries(held)) await value(`${where}.${name}`, part);
    } else text(where, held);
  };
  const done = (request) => new Promise((ok, fail) => {
    request.onsuccess = () => ok(request.result);
    request.onerror = () => fail(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const rows = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(rows.getAllKeys()), done(rows.getAll())]);
      for (const [at, key] of keys.entries()) {
        await value(`IndexedDB ${store} key`, key);
        await value(`IndexedDB ${store}`, values[at]);
      }
    }
    database.close();
  }
  for (const name of await caches.keys()) {
    text("cache", name);
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      text("cache", request.url);
      await value(`cache ${new URL(request.url).pathname}`, await (await cache.match(request)).blob());
    }
  }
  for (const [name, storage] of Object.entries({ localStorage, sessionStorage })) await value(name, { ...storage });
  const files = async (folder, where) => {
    for await (const [name, held] of folder.entries()) {
      text(where, name);
      if (held.kind === "directory") await files(held, `${where}/${name}`);
      else await value(`${where}/${name}`, await held.getFile());
    }
  };
  await files(await navigator.storage.getDirectory(), "files");
  text("cookie", document.cookie);
  text("address", location.href);
  text("history", JSON.stringify(history.state));
  text("page", document.documentElement.outerHTML);
  return found;
}

/** What a phone's storage holds now, as { where, bytes }. */
export async function storageOf(gate) {
  const found = await gate.page.evaluate(readStorage);
  return found.map(({ where, base64 }) => ({ where, bytes: Buffer.from(base64, "base64") }));
}

/** The browser's own files of a profile that is closed. */
export function filesOf(profile) {
  const files = readdirSync(profile, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => {
    const path = join(parentPath, name);
    return { where: path.slice(profile.length + 1), bytes: readFileSync(path) };
  });
}

/** From now on `heard` gets what the pages and the workers behind them ask the network for, and what they write to the console. */
export function listen(gate, heard) {
  const put = (where, text) => heard.push({ where, bytes: Buffer.from(text) });
  gate.context.on("request", (request) => {
    put("request", `${request.method()} ${request.url()}\n${JSON.stringify(request.headers())}`);
    if (request.postDataBuffer()) heard.push({ where: "request body", bytes: request.postDataBuffer() });
  });
  gate.context.on("console", (message) => put("console", message.text()));
  gate.context.on("weberror", (error) => put("error", String(error.error().stack)));
}

/** The ways in which bytes can stand in others: as they are, in two bytes a letter, in hex, in Base64 at each of its three shifts. */
function shapes(bytes) {
  const base64 = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    // Letters that neighbours have a part in are left out.
    const inside = text.slice(shift === 0 ? 0 : shift + 1, Math.floor(((shift + bytes.length) * 8) / 6));
    return [inside, inside.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const hex = bytes.toString("hex");
  return [bytes, Buffer.from(bytes.toString("latin1"), "utf16le"), hex, hex.toUpperCase(), ...new Set(base64)];
}

/** Which of `needles` (texts or bytes) stand where, in whatever shape; letters large or small. */
export function search(held, needles) {
  const wanted = needles.map((needle) => {
    const bytes = Buffer.from(needle);
    const lower = typeof needle === "string" ? shapes(Buffer.from(needle.toLowerCase())) : [];
    return { needle, shapes: [...shapes(bytes), ...lower] };
  });
  const found = [];
  for (const { where, bytes } of held) {
    for (const { needle, shapes } of wanted) {
      if (shapes.some((shape) => bytes.includes(shape))) found.push({ where, needle });
    }
  }
  return found;
}
