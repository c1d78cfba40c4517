import type { Wrong } from "./mutant.ts";
import { wrongAppendWrites } from "./wrong-append-writes.ts";
import { wrongAppends } from "./wrong-appends.ts";
import { wrongFiles } from "./wrong-files.ts";
import { wrongInPlace } from "./wrong-in-place.ts";
import { wrongIo } from "./wrong-io.ts";
import { wrongMasks } from "./wrong-masks.ts";
import { wrongPromises } from "./wrong-promises.ts";
import { wrongRest } from "./wrong-rest.ts";
import { wrongValues } from "./wrong-values.ts";

/** Every wrong adapter. */
export const zoo: readonly Wrong[] = [
  ...wrongMasks,
  ...wrongValues,
  ...wrongFiles,
  ...wrongPromises,
  ...wrongIo,
  ...wrongRest,
  ...wrongInPlace,
  ...wrongAppends,
  ...wrongAppendWrites,
];
