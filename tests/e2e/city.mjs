// A city of the tests' own: keys, a signed registry, a venue and its set-up code, made by the command.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command, as `tools/build --demo` left it. Answers what it prints. */
export function gerbang(...args) {
  return execFileSync(process.env.GERBANG ?? "target/debug/gerbang", args, { encoding: "utf8" });
}

/** A code in a file of the command's: one path of runs, behind a light one. Rows of 0 and 1, without the margin. */
export function modulesOf(svg) {
  const text = readFileSync(svg, "utf8");
  const side = Number(text.match(/viewBox="0 0 (\d+)/)[1]);
  const rows = Array.from({ length: side }, () => Array(side).fill("0"));
  for (const [, x, y, width] of text.matchAll(/M(\d+) (\d+)h(\d+)v1/g)) {
    for (let at = 0; at < Number(width); at += 1) rows[Number(y)][Number(x) + at] = "1";
  }
  return rows.slice(4, -4).map((row) => row.slice(4, -4).join(""));
}

/**
 * A city under `pedulilindungi-2021` whose registry names a key for sealed identities. `file` and `key` are paths of its
 * files and keys, `files` what stands in for the site's, `setup` the modules of the set-up code of its gate.
 */
export function sealingCity() {
  const folder = join(mkdtempSync(join(tmpdir(), "gerbang-city-")), "city");
  const key = (name) => join(folder, "keys", `${name}.key.json`);
  const file = (name) => join(folder, name);
  process.env.GERBANG_PASSPHRASE = "uji coba saja";
  gerbang("init", folder, "--name", "Kota Uji", "--policy", "pedulilindungi-2021");
  const sealing = JSON.parse(gerbang("keygen", "--sealing", "--json", key("sealing")));
  const source = JSON.parse(readFileSync(file("registry.json"), "utf8"));
  source.version = 2;
  source.policies = ["pedulilindungi-2021"];
  source.sealing = { key_hex: sealing.public_key_hex, days: 31 };
  writeFileSync(file("registry.json"), JSON.stringify(source));
  gerbang("registry", "build", file("registry.json"), "--root", key("root"), "--out", file("registry.cose"));
  const month = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 7).replace("-", "");
  gerbang(
    "setup-code", "--root", key("root"), "--venue-id", "balai-kota", "--venue", "Balai Kota", "--gate", "Pintu Uji",
    "--policy", "pedulilindungi-2021", "--until", "2099-01-01", "--secret", key("city"), "--month", month, "--svg", file("setup.svg"),
  );
  return {
    file, key, issuer: source.issuers[0].iss, setup: modulesOf(file("setup.svg")),
    files: { "registry.cose": file("registry.cose"), "site.json": file("site.json") },
  };
}

/** From the welcome page of a phone whose camera is shown the set-up code: that gate, with its supervisor's leave to seal. */
export async function setUpToSeal(gate) {
  await gate.screen("welcome");
  await gate.tap("setup");
  await gate.page.waitForSelector('[data-setup="offered"]', { timeout: 30_000 });
  await gate.tap("confirm");
  await gate.screen("scan");
  await gate.tap("menu");
  await gate.page.waitForSelector('[data-seal="waits"]');
  await gate.tap("known");
  await gate.page.waitForSelector('[data-seal="asked"]');
  await gate.shot("seal-asked");
  await gate.tap("seal");
  await gate.page.waitForSelector('[data-sealed="true"]');
  await gate.shot("seal-agreed");
  await gate.tap("back");
  await gate.tap("back");
}
