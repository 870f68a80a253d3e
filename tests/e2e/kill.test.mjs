// What a battery's end or a fall does to the log.
import { journey } from "./harness.mjs";
import { survivesKills } from "./kill.mjs";

journey("what was called stored is there after the browser was killed in the midst of appending", async () => {
  await survivesKills(10);
});
