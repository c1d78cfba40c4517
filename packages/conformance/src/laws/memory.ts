import { countAllocations } from "../allocations.ts";
import { check, failureOf } from "../check.ts";
import type { Law } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { defineLaw } from "./define.ts";
import { digitRuns, lengthMutants, sampled } from "./lengths.ts";

const since = "1.1.0";

/** What decoding may allocate whatever the file says: buffers of a fixed size, tables. */
const CONSTANT = 4 << 20;
/** And for each byte of the file: a compressed one may hold a thousand times its size, but then the bytes are really there. */
const PER_BYTE = 64;

export const memoryLaws: readonly Law[] = [
  defineLaw(
    "memory/nothing-on-a-claim",
    "A size that a file only claims costs nothing: whatever length field is multiplied, decoding allocates in proportion to the bytes that are there.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const read = s.config.describeFor?.(sample);
      const bound = CONSTANT + PER_BYTE * bytes.length;
      for (const { what, mutant } of sampled(
        [...lengthMutants(bytes), ...digitRuns(bytes)],
        Math.min(s.config.mutants ?? 400, 400),
      )) {
        const { largest } = await countAllocations(() => failureOf(() => s.decode(mutant, read)));
        check(largest <= bound, `${what}: a file of ${mutant.length} bytes had ${largest} bytes allocated at once`);
      }
    },
    { since },
  ),
  defineLaw(
    "memory/limit-probe",
    "Under limits.maxBytes of 1 MB no mutant of a length field has more than that allocated for an array.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const read = { ...s.config.describeFor?.(sample), limits: { maxBytes: 1 << 20, maxTotalBytes: 1 << 20 } };
      for (const { what, mutant } of sampled(lengthMutants(bytes), Math.min(s.config.mutants ?? 100, 100))) {
        const { largest } = await countAllocations(() => failureOf(() => s.decode(mutant, read)));
        check(largest <= CONSTANT, `${what}: ${largest} bytes were allocated at once under a limit of 1 MB`);
      }
    },
    { since },
  ),
  defineLaw(
    "memory/own-size",
    "Decoding an honest file allocates at most a few times its size.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const { total } = await countAllocations(() => s.decode(bytes, s.config.describeFor?.(sample)));
      check(total <= 2 * CONSTANT, `decoding a file of ${bytes.length} bytes allocated ${total}`);
    },
    { since },
  ),
];
