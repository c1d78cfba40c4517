import type { Wrong } from "./mutant.ts";
import { wrongAgain } from "./wrong-again.ts";
import { wrongAppendWrites } from "./wrong-append-writes.ts";
import { wrongAppends } from "./wrong-appends.ts";
import { wrongExtents } from "./wrong-extents.ts";
import { wrongFiles } from "./wrong-files.ts";
import { wrongHands } from "./wrong-hands.ts";
import { wrongInPlace } from "./wrong-in-place.ts";
import { wrongIo } from "./wrong-io.ts";
import { wrongMasks } from "./wrong-masks.ts";
import { wrongPromises } from "./wrong-promises.ts";
import { wrongRest } from "./wrong-rest.ts";
import { wrongStreams } from "./wrong-streams.ts";
import { wrongValues } from "./wrong-values.ts";

/** Every wrong adapter. */
export const zoo: readonly Wrong[] = [
  ...wrongMasks,
  ...wrongValues,
  ...wrongFiles,
  ...wrongPromises,
  ...wrongIo,
  ...wrongRest,
  ...wrongExtents,
  ...wrongHands,
  ...wrongAgain,
  ...wrongStreams,
  ...wrongInPlace,
  ...wrongAppends,
  ...wrongAppendWrites,
];
