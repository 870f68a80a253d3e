// Chromium keeps a site's databases in one LevelDB. When the disk is full, its last record is cut off. LevelDB goes on behind it,
// takes it for damage when it is opened once more, and Chromium then deletes all that the site had stored. Rows beyond what LevelDB
// holds in memory (4 MB) make it write its tables and begin a new file: the damaged one goes.
const ROW_BYTES = 32_768; // Longer values lie in files of their own.
const ROWS = 200;

/** To be called when a gate could store again, or was cut off at work. `scope`: the path that the site is served from. */
export async function renew(scope) {
  if (!navigator.userAgentData) return;
  const name = `gerbang:${scope}:renewal`;
  const database = await done(indexedDB.open(name), (open) => open.result.createObjectStore("rows"));
  const row = new Uint8Array(ROW_BYTES);
  for (let at = 0; at < ROWS; at += 20) {
    const transaction = database.transaction("rows", "readwrite");
    for (let key = at; key < at + 20; key += 1) transaction.objectStore("rows").put(row, key);
    await new Promise((complete, abort) => Object.assign(transaction, { oncomplete: complete, onabort: abort }));
  }
  database.close();
  await done(indexedDB.deleteDatabase(name));
}

function done(request, upgrade) {
  return new Promise((success, error) => {
    request.onupgradeneeded = () => upgrade?.(request);
    request.onsuccess = () => success(request.result);
    request.onerror = error;
  });
}
