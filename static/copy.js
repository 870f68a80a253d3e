// The log once more, in files of the site's own (OPFS). A browser that finds its database damaged deletes it (Chromium after the disk
// was full), and these stay. A disk that is full shows here first, so that the database is not touched any more.
//
// copy(kind, ...given) → a promise. The page imports this file, and so does the worker that it starts: there alone files can be
// written in place. One folder a log, one file for SPAN sequences. A record, little-endian: room u32, length u32, sequence f64,
// `room` bytes of which `length` are the entry as it is stored. Records lie in order; one that is struck keeps its place.
// Source: File System (WHATWG) §2.6. Not here: what a record says.
const SPAN = 512;
const HEAD = 16;
const TRIES = 10;
const BATCH = 256;

const nameOf = (scope) => `gerbang:${scope}`;

const folderOf = async (scope) =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(encodeURIComponent(nameOf(scope)), { create: true });

async function namesIn(folder) {
  const names = [];
  for await (const name of folder.keys()) names.push(name);
  return names.sort((one, other) => one - other);
}

// The worker's part.

let site;
let log;
let scope;
let folder;
/** The file that is open: which, and its bytes that are whole records. */
let index;
let file;
let end;
/** Sequence → [place, room], in that file. */
let records;

/** Opens the file that belongs to a sequence. */
async function turnTo(sequence) {
  const wanted = Math.floor(sequence / SPAN);
  if (wanted === index) return;
  index = undefined;
  file?.close();
  file = undefined;
  const entry = await folder.getFileHandle(wanted, { create: true });
  for (let tries = 1; !file; tries += 1) {
    try {
      file = await entry.createSyncAccessHandle();
    } catch (error) {
      // The tab that the log was taken from lets go a moment later.
      if (tries === TRIES) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
  const size = file.getSize();
  // Chrome before 108 answers with a promise.
  if (typeof size !== "number") throw new DOMException("", "NotSupportedError");
  const bytes = new DataView(new ArrayBuffer(size));
  file.read(bytes, { at: 0 });
  [end, records] = [0, new Map()];
  while (end + HEAD <= size) {
    const room = bytes.getUint32(end, true);
    if (!room || end + HEAD + room > size) break;
    records.set(bytes.getFloat64(end + 8, true), [end, room]);
    end += HEAD + room;
  }
  index = wanted;
}

function write(row, sequence, place, room) {
  const record = new Uint8Array(HEAD + room);
  const head = new DataView(record.buffer);
  head.setUint32(0, room, true);
  head.setUint32(4, row.length, true);
  head.setFloat64(8, sequence, true);
  record.set(row, HEAD);
  let written = 0;
  try {
    written = file.write(record, { at: place });
  } finally {
    // Short: the disk is full.
    if (written < record.length && place === end) file.truncate(end);
  }
  if (written < record.length) throw new DOMException("", "QuotaExceededError");
}

/** What stands in that place and behind it goes. */
async function cut(sequence) {
  await turnTo(sequence);
  const [place] = records.get(sequence) ?? [];
  if (place === undefined) return;
  file.truncate(place);
  file.flush();
  end = place;
  for (const later of records.keys()) if (later >= sequence) records.delete(later);
}

async function add(sequence, row) {
  await cut(sequence);
  write(row, sequence, end, row.length);
  records.set(sequence, [end, row.length]);
  end += HEAD + row.length;
}

/** A record that is shorter than it was. */
async function shorten(sequence, row) {
  await turnTo(sequence);
  const [place, room] = records.get(sequence) ?? [];
  if (room >= row.length) write(row, sequence, place, room);
  file.flush();
}

async function dropBefore(before) {
  for (const name of await namesIn(folder)) {
    const first = name * SPAN;
    if (first >= before) return;
    await turnTo(first);
    if (first + SPAN > before) {
      for (const sequence of records.keys()) if (sequence < before) await shorten(sequence, new Uint8Array());
    } else {
      file.close();
      file = index = undefined;
      await folder.removeEntry(name);
    }
  }
}

/** The sequence after the last; 0: there is none. */
async function reach() {
  for (const name of (await namesIn(folder)).reverse()) {
    await turnTo(name * SPAN);
    if (records.size) return Math.max(...records.keys()) + 1;
  }
  return 0;
}

const answer = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

const work = {
  /**
   * Does to the copy what it lacks of the log → [the sequence after its last, whether there is a copy of another log, of which the
   * database knows nothing].
   */
  async follow(...which) {
    if (which.length) [scope, log] = which;
    site = await folderOf(scope);
    folder = await site.getDirectoryHandle(log, { create: true });
    const database = await answer(indexedDB.open(nameOf(scope)));
    database.onversionchange = () => database.close();
    try {
      const store = (name, mode) => database.transaction(name, mode).objectStore(name);
      // What was erased in the log, under the tombstones' sequences.
      const owed = IDBKeyRange.bound(0, Infinity);
      const tombstones = await answer(store("writer").getAllKeys(owed));
      for (const sequence of (await answer(store("writer").getAll(owed))).flat()) {
        const row = await answer(store("entries").get(sequence));
        if (row) await shorten(sequence, row.entry);
      }
      if (tombstones.length) await dropBefore((await answer(store("entries").getAllKeys(null, 1)))[0]);
      let next = await reach();
      for (;;) {
        const range = IDBKeyRange.lowerBound(next);
        const found = await answer(store("entries").getAllKeys(range, BATCH));
        if (!found.length) break;
        const rows = await answer(store("entries").getAll(IDBKeyRange.bound(found[0], found.at(-1))));
        for (let at = 0; at < rows.length; at += 1) {
          // A damaged row has no copy.
          if (rows[at]?.entry && Math.floor(found[at] / SPAN) !== index) file?.flush();
          if (rows[at]?.entry) await add(found[at], rows[at].entry);
        }
        next = found.at(-1) + 1;
        file?.flush();
      }
      for (const key of tombstones) await answer(store("writer", "readwrite").delete(key));
      const kept = await answer(store("settings").getAllKeys(IDBKeyRange.bound("aside:", "aside;")));
      const isKept = (name) => name === log || kept.some((key) => key.endsWith(name));
      return [next, !(await namesIn(site)).every(isKept)];
    } finally {
      database.close();
    }
  },

  async put(sequence, row) {
    await add(sequence, row);
    file.flush();
  },

  cut,

  /** In another log's copy. */
  async strike(log, sequences, rows) {
    const own = folder;
    file?.close();
    file = index = undefined;
    try {
      folder = await site.getDirectoryHandle(log);
      for (let at = 0; at < rows.length; at += 1) await shorten(sequences[at], rows[at]);
    } finally {
      file?.close();
      file = index = undefined;
      folder = own;
    }
  },
};

// The page's part.

/** A month of a busy gate, the first time; else an answer that has not come by then does not come. */
const FOLLOW_MS_MAX = 300_000;
const ANSWER_MS_MAX = 10_000;

let worker;
let waiting = [];
/** The copy holds everything before it; `undefined`: there is none to write to. */
let reached;

function tell(kind, given, limitMs = ANSWER_MS_MAX) {
  if (!worker) {
    worker = new Worker(import.meta.url, { type: "module" });
    worker.onmessage = ({ data: { value, fault } }) => {
      const [done, fail] = waiting.shift();
      if (fault) fail(new DOMException("", fault));
      else done(value);
    };
    worker.onerror = here.close;
  }
  return new Promise((done, fail) => {
    waiting.push([done, fail]);
    worker.postMessage({ kind, given });
    setTimeout(() => fail(new DOMException("", "TimeoutError")), limitMs);
  });
}

const here = {
  /** → whether there is a copy of another log, of which the database knows nothing. */
  async follow(...which) {
    try {
      let others;
      [reached, others] = await tell("follow", which, FOLLOW_MS_MAX);
      return others;
    } catch {
      reached = undefined;
      return false;
    }
  },

  /** → whether the disk is full. Whatever else is wrong leaves the database alone with the entry. */
  async put(sequence, row) {
    if (!(sequence <= reached)) return false;
    try {
      await tell("put", [sequence, row]);
      reached = sequence + 1;
    } catch (error) {
      if (error.name === "QuotaExceededError") return true;
      reached = undefined;
    }
    return false;
  },

  /** The database has the entry; with it, others were erased, or it came while the copy was being made. */
  async settle(sequence, owed) {
    if (owed || reached <= sequence) await here.follow();
  },

  /** The database does not have the entry. */
  async takeBack(sequence) {
    if (reached > sequence) await tell("cut", [sequence]).then(() => { reached = sequence; }, here.close);
  },

  /** Lets go of the files. */
  close() {
    worker?.terminate();
    worker = reached = undefined;
    for (const [, fail] of waiting) fail(new DOMException("", "AbortError"));
    waiting = [];
  },

  /** → the folders' names. */
  logs: async (scope) => namesIn(await folderOf(scope)),

  /** → all records of a log, in order, as one blob. */
  async read(scope, log) {
    const folder = await (await folderOf(scope)).getDirectoryHandle(log);
    const files = (await namesIn(folder)).map(async (name) => (await folder.getFileHandle(name)).getFile());
    return new Blob(await Promise.all(files));
  },

  /** Another log's copy. */
  remove: async (scope, log) => (await folderOf(scope)).removeEntry(log, { recursive: true }),

  /** In another log's copy; where that fails, the copy goes. */
  strike: (scope, ...given) => tell("strike", given).catch(() => here.remove(scope, given[0])),
};

export const copy = (kind, ...given) => here[kind](...given);

if (globalThis.document === undefined) {
  let turn = Promise.resolve();
  self.onmessage = ({ data: { kind, given } }) => {
    turn = turn.then(() => work[kind](...given)).then(
      (value) => self.postMessage({ value }),
      (error) => self.postMessage({ fault: error.name }),
    );
  };
}
