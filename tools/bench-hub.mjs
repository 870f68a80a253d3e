// Writes documents, a file a gate, into a hub's gathered database, as many at once as gates would: HUB FILE...
import { readFileSync } from "node:fs";

const [hub, ...files] = process.argv.slice(2);
const authorization = `Basic ${Buffer.from(`admin:${process.env.GERBANG_HUB_PASSWORD}`).toString("base64")}`;
const ask = async (method, path, body) => {
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(`${hub}/${path}`, { method, headers, body });
  if (!answer.ok && answer.status !== 412) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.json();
};
await ask("PUT", "gerbang-all");
const BATCH = 500;
let [documents, bytes, requests] = [0, 0, 0];
for (const file of files) {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  for (let at = 0; at < lines.length; at += BATCH) {
    const some = lines.slice(at, at + BATCH);
    const said = await ask("POST", "gerbang-all/_bulk_docs", `{"docs":[${some.join(",")}]}`);
    if (said.some((row) => row.error)) throw new Error(JSON.stringify(said.find((row) => row.error)));
    documents += some.length;
    bytes += some.reduce((sum, line) => sum + line.length, 0);
    requests += 1;
  }
}
console.log(`${documents} documents, ${bytes} bytes, ${requests} requests`);
