import { type Overwriting, runsOf } from "../overwrite.ts";
import type { PositionalFile } from "./file.ts";

/** Bytes written before others get a turn. */
const TURN = 8 << 20;

/** Overwrites elements of a plane, run by run; a promise for each small run would cost more than the run. */
export async function writeStrided(file: PositionalFile, plane: Overwriting): Promise<void> {
  let sinceTurn = 0;
  for (const { offset, bytes } of runsOf(plane)) {
    if (bytes.length >= 65_536) await file.write(offset, bytes);
    else file.writeNow(offset, bytes);
    sinceTurn += bytes.length + 512;
    if (sinceTurn > TURN) {
      sinceTurn = 0;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
