// 20 kills (KILLS says otherwise) on a disk that is full when they come: a small tmpfs holds the browser's profile, and a file
// takes what is left of it. Mounting needs root.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { survivesKills } from "./kill.mjs";

const kills = Number(process.env.KILLS ?? 20);
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

const { reported, there, thrownAway, said } = await survivesKills(kills, { profile, disk: { fill, free } });
console.log(`${kills} kills on a full disk: ${reported} entries reported as stored, ${there} in the log, whose chain is whole; in ${said} `
  + `rounds the gate said that it cannot store; logs that the browser threw away, the last of them named: ${thrownAway}`);
process.exit(0);
