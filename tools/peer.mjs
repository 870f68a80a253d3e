// A database that speaks CouchDB's protocol, in memory, for tests: express-pouchdb.
//
//   GERBANG_HUB_PASSWORD=secret node tools/peer.mjs [--port N]
//
// Its admin is `admin`. The first line that it prints is its address, on a free port unless one is given; it
// ends when its standard input does. Pages of any origin may ask it, with a user and password in the header, and
// send the headers that GERBANG_PEER_TAKES names (default: what gates send).
// What it lacks of CouchDB: `_purge`, a cluster, anything on disk.
import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { devNull } from "node:os";

const require = createRequire(import.meta.url);
const password = process.env.GERBANG_HUB_PASSWORD;
if (!password) {
  console.error("peer: GERBANG_HUB_PASSWORD, the admin's password, is not set");
  process.exit(2);
}
const at = process.argv.indexOf("--port");
const port = at > 0 ? Number(process.argv[at + 1]) : 0;

const express = require("express");
const PouchDB = require("pouchdb").plugin(require("pouchdb-adapter-memory"));
// Each request that goes on listens.
EventEmitter.defaultMaxListeners = 0;
// Its own databases are in memory; an address is still one, so that replications reach the peer itself.
PouchDB.preferredAdapters = ["memory"];
const couch = require("express-pouchdb")(PouchDB, {
  inMemoryConfig: true,
  logPath: devNull,
  // Compressed answers would come when they are full; CouchDB does not compress any.
  overrideMode: { exclude: ["compression", "routes/fauxton", "routes/log", "routes/http-log"] },
});
await new Promise((done) => couch.couchConfig.set("admins", "admin", password, done));

/** CouchDB answers a long poll with all that came (`fabric_view_changes`, a sweep), both documents of a segment; the peer's own, with the first alone. */
function answerWholePolls(request, response, next) {
  const { pathname, searchParams } = new URL(request.url, "http://peer");
  if (!pathname.endsWith("/_changes") || searchParams.get("feed") !== "longpoll") return next();
  const [write, end] = [response.write.bind(response), response.end.bind(response)];
  let waits = false;
  response.write = (text, ...rest) => {
    waits ||= String(text) === '{"results":[\n';
    // What keeps the line alive goes through.
    return waits && String(text) !== "\n" ? true : write(text, ...rest);
  };
  response.end = (...rest) => {
    if (!waits) return end(...rest);
    waits = false;
    const number = (name) => Number(searchParams.get(name)) || undefined;
    const flag = searchParams.get("include_docs") === "true";
    const asked = { since: number("since"), limit: number("limit"), include_docs: flag, style: searchParams.get("style") ?? "main_only" };
    request.db.changes(asked).then((all) => end(JSON.stringify(all)), () => end());
  };
  next();
}

// A replication that is refused is over, and is not the end of all others.
process.on("unhandledRejection", (error) => {
  if (!error?.result) throw error;
});

const app = express();
app.use((request, response, next) => {
  response.set({
    "Access-Control-Allow-Origin": request.headers.origin ?? "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": process.env.GERBANG_PEER_TAKES || "Authorization, Content-Encoding, Content-Type, Accept",
    "Access-Control-Max-Age": "600",
    Vary: "Origin",
  });
  if (request.method === "OPTIONS") response.sendStatus(204);
  else next();
});
app.use(answerWholePolls);
// CouchDB's filter of `_changes` by a selector in the body, which this one takes from the address alone.
app.post("/:db/_changes", express.json(), (request, response, next) => {
  if (request.query.filter === "_selector") request.query.selector = request.body.selector;
  next();
});
app.use(couch);
const server = app.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.stdin.resume().on("end", () => process.exit(0));
