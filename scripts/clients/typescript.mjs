// The library itself as one hop of the exchange. Its own tests are the other scripts' business.
import { join } from "node:path";
import { clients, runs } from "./report.mjs";

export const typescript = {
  name: "TypeScript",
  roundtrip: (from, to, index) => runs(process.execPath, [join(clients, "roundtrip.mjs"), from, to, index]),
};
