// Kills (20, KILLS says otherwise) while nothing more can be stored. First the browser gives the site no more room: nothing that was
// called stored is lost. Then, where mounting is allowed, the disk itself is full: a small tmpfs holds the browser's profile, and a
// file takes all that is left of it. There Chromium itself may throw the database away: the log that begins then must say so, and
// all that was in it be kept from its second copy.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { survivesKills } from "./kill.mjs";

const kills = Number(process.env.KILLS ?? 20);

/** No more room for the site; Chromium looks at it every half minute only. */
async function closeQuota(gate) {
  const browser = await gate.context.newCDPSession(gate.page);
  await browser.send("Storage.overrideQuotaForOrigin", { origin: new URL(gate.server.url).origin, quotaSize: 1 });
}

const quota = await survivesKills(kills, { disk: { fill: closeQuota, lastsMs: 45_000 } });
console.log(`${kills} kills without room for the site: ${quota.reported} entries reported as stored, ${quota.there} there, 0 lost, chain whole; `
  + `kinds ${quota.kinds}; in ${quota.said} rounds the gate said that it cannot store`);
if (quota.thrownAway !== 0) throw new Error("a log was thrown away");
if (process.getuid() !== 0) process.exit(0);

const disk = mkdtempSync(join(tmpdir(), "gerbang-disk-"));
execFileSync("mount", ["-t", "tmpfs", "-o", "size=96m", "tmpfs", disk]);
process.on("exit", () => execFileSync("umount", ["--lazy", disk]));
const profile = join(disk, "profile");
mkdirSync(profile);
const filler = join(disk, "filler");

let file;
let filling;

/** Takes all that is left, and what becomes free later. */
function fill() {
  file = openSync(filler, "w");
  const block = Buffer.alloc(4_096);
  const take = () => {
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if (error.code !== "ENOSPC") throw error;
    }
  };
  take();
  if (statfsSync(disk).bavail !== 0) throw new Error("the disk is not full");
  filling = setInterval(take, 20);
}

function free() {
  clearInterval(filling);
  closeSync(file);
  rmSync(filler);
}

const { reported, there, thrownAway, said } = await survivesKills(kills, { profile, disk: { fill, lastsMs: 9_000, free } });
console.log(`${kills} kills on a full disk: ${reported} entries reported as stored, 0 lost; ${there} in the log, whose chain is whole; in `
  + `${said} rounds the gate said that it cannot store; logs that the browser threw away, the last of them named, all brought back: `
  + thrownAway);
process.exit(0);
