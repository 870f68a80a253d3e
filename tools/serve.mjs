// Serves a folder as a static host does: compressed, with types, to be asked again each time.
//
// node tools/serve.mjs DIR [--port 8080] [--base /sub/path/]
// import { serve } from "./serve.mjs": serve({ dir, port, base }) -> { url, close() }; port 0 takes a free one.
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { parseArgs, promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { brotliCompress, constants, gzip } from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".cose": "application/cose",
};
const COMPRESSED = new Set([".html", ".css", ".js", ".mjs", ".json", ".txt", ".svg", ".wasm", ".webmanifest"]);
const compressors = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

export async function serve({ dir, port = 0, base = "/" }) {
  const root = resolve(dir);
  const prefix = `/${base.split("/").filter(Boolean).join("/")}/`.replace("//", "/");
  const packed = new Map();
  const listener = (request, response) => {
    answer(request, response).catch(() => end(response, 500, "The server failed."));
  };

  async function answer(request, response) {
    if (request.method !== "GET" && request.method !== "HEAD") return end(response, 405, "GET or HEAD only.");
    const { pathname } = new URL(request.url, "http://localhost");
    if (`${pathname}/` === prefix) return redirect(response, prefix);
    if (!pathname.startsWith(prefix)) return end(response, 404, `The site is at ${prefix}`);
    const found = await find(pathname.slice(prefix.length));
    if (!found) return end(response, 404, "Not found.");
    if (found.isFolder) return redirect(response, `${pathname}/`);
    const { path, modified } = found;
    const bytes = await readFile(path);
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    const headers = {
      "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
      "Cache-Control": "no-cache",
      "X-Content-Type-Options": "nosniff",
      "Last-Modified": modified.toUTCString(),
      ETag: etag,
      Vary: "Accept-Encoding",
    };
    if (request.headers["if-none-match"] === etag) return response.writeHead(304, headers).end();
    const encoding = COMPRESSED.has(extname(path)) ? chosenEncoding(request.headers["accept-encoding"]) : undefined;
    const body = encoding ? await pack(etag, encoding, bytes) : bytes;
    if (encoding) headers["Content-Encoding"] = encoding;
    headers["Content-Length"] = body.length;
    response.writeHead(200, headers).end(request.method === "HEAD" ? undefined : body);
  }

  async function find(relative) {
    let path;
    try {
      path = normalize(join(root, decodeURIComponent(relative)));
    } catch {
      return undefined;
    }
    if (path !== root && path !== root + sep && !path.startsWith(root + sep)) return undefined;
    let facts = await stat(path).catch(() => undefined);
    if (facts?.isDirectory()) {
      if (relative !== "" && !relative.endsWith("/")) return { isFolder: true };
      path = join(path, "index.html");
      facts = await stat(path).catch(() => undefined);
    }
    return facts?.isFile() ? { path, modified: facts.mtime } : undefined;
  }

  async function pack(etag, encoding, bytes) {
    const key = encoding + etag;
    if (!packed.has(key)) packed.set(key, compressors[encoding](bytes));
    return packed.get(key);
  }

  const first = await listen(listener, port, "127.0.0.1");
  // `localhost` may mean either; a machine without IPv6 has only the first.
  const second = await listen(listener, first.address().port, "::1").catch(() => undefined);
  const servers = [first, second].filter(Boolean);
  return {
    url: `http://localhost:${first.address().port}${prefix}`,
    close: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function chosenEncoding(accepted = "") {
  const offered = accepted.split(",").map((part) => part.trim());
  const takes = (name) => offered.some((part) => part.split(";")[0] === name && !/;\s*q=0(\.0*)?$/.test(part));
  return ["br", "gzip"].find(takes);
}

function redirect(response, location) {
  response.writeHead(301, { Location: location }).end();
}

function end(response, status, text) {
  if (response.headersSent) return response.destroy();
  return response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}

function listen(listener, port, host) {
  return new Promise((done, fail) => {
    const server = createServer(listener);
    server.once("error", fail);
    server.listen(port, host, () => done(server));
  });
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string", default: "8080" }, base: { type: "string", default: "/" } },
  });
  const dir = positionals[0] ?? "target/site";
  try {
    const { url } = await serve({ dir, port: Number(values.port), base: values.base });
    console.log(`Gerbang is at ${url}  (Ctrl+C ends it)`);
  } catch (error) {
    if (error.code !== "EADDRINUSE") throw error;
    console.error(`Port ${values.port} is taken. Choose another:  make serve PORT=8081`);
    process.exit(1);
  }
}
