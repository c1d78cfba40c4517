import {
  type AnyArray,
  describe,
  difference,
  isMaskedArray,
  isMasqueradeError,
  type MasqueradeError,
} from "@masquerade/core";
import { ConformanceFailure, check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { random } from "../samples/random.ts";

const law = (name: string, sentence: string, run: Law["run"], needs: Law["needs"] = []): Law => ({
  id: `hostile/${name}`,
  since: "1.0.0",
  law: sentence,
  needs,
  run,
});

interface Attempt {
  readonly bytes: Uint8Array;
  readonly read: object | undefined;
}

async function ownOutput(s: Subject): Promise<Attempt> {
  const sample = plainSample(s.format.capabilities);
  return { bytes: await s.encode(sample), read: s.config.describeFor?.(sample) };
}

/** The error of decoding `bytes`, which must be typed when there is one. */
async function typedFailure(
  s: Subject,
  bytes: Uint8Array,
  read: object | undefined,
  what: string,
): Promise<MasqueradeError | undefined> {
  const error = await failureOf(() => s.decode(bytes, read));
  if (error === undefined) return undefined;
  check(isMasqueradeError(error), `${what}: an error without a code: ${told(error)}`);
  return error;
}

function quality(error: MasqueradeError, what: string): void {
  check(typeof error.code === "string" && error.code !== "", `${what}: an error without a code`);
  check(
    error.message !== "" && !error.message.includes("\n"),
    `${what}: the message is not one line: ${JSON.stringify(error.message)}`,
  );
  check(error.message.length <= 600, `${what}: the message has ${error.message.length} characters`);
}

/** The array with attributes whose names are properties of every object. */
function withAttrs(array: AnyArray): AnyArray {
  const attrs = new Map([
    ["__proto__", "polluted"],
    ["constructor", "c"],
    ["toString", "t"],
  ]);
  return isMaskedArray(array) ? array.with({ data: array.data.with({ attrs }) }) : array.with({ attrs });
}

export const hostileLaws: readonly Law[] = [
  law(
    "every-truncation",
    "A file cut at any byte is refused with a typed error, or still holds the very same array.",
    async (s) => {
      const { bytes, read } = await ownOutput(s);
      const whole = await s.decode(bytes, read);
      for (let n = 0; n < bytes.length; n++) {
        const what = `cut at ${n} of ${bytes.length}`;
        const error = await failureOf(async () => {
          const how = difference(whole, await s.decode(bytes.slice(0, n), read));
          check(how === undefined, `${what}: accepted with a different result: ${how}`);
        });
        if (error === undefined) continue;
        if (error instanceof ConformanceFailure) throw error;
        check(isMasqueradeError(error), `${what}: ${told(error)}`);
        quality(error, what);
      }
    },
  ),
  law("trailing-bytes", "Bytes after the end of the file are refused, never ignored.", async (s) => {
    const { bytes, read } = await ownOutput(s);
    const longer = new Uint8Array(bytes.length + 8).fill(0xa5);
    longer.set(bytes);
    const error = await typedFailure(s, longer, read, "8 bytes appended");
    check(error !== undefined, "8 bytes of garbage after the end were ignored");
    quality(error, "8 bytes appended");
  }),
  law(
    "every-header-bit",
    "Any flipped bit of the first 256 and last 64 bytes gives a typed error or an array.",
    async (s) => {
      const { bytes, read } = await ownOutput(s);
      for (let at = 0; at < bytes.length; at++) {
        if (at >= 256 && at < bytes.length - 64) continue;
        for (let bit = 0; bit < 8; bit++) {
          const mutant = bytes.slice();
          mutant[at] = (mutant[at] as number) ^ (1 << bit);
          const error = await typedFailure(s, mutant, read, `bit ${bit} of byte ${at}`);
          if (error !== undefined) quality(error, `bit ${bit} of byte ${at}`);
        }
      }
    },
  ),
  law(
    "length-fields",
    "Any four or eight bytes of the first 256 that claim something huge give a typed error or an array, at once.",
    async (s) => {
      const { bytes, read } = await ownOutput(s);
      for (let at = 0; at + 4 <= Math.min(bytes.length, 256); at++) {
        for (const claim of [0x7fffffff, 0xffffffff, 0x00ffffff]) {
          const mutant = bytes.slice();
          new DataView(mutant.buffer).setUint32(at, claim, true);
          await typedFailure(s, mutant, read, `claim ${claim.toString(16)} at byte ${at}`);
        }
      }
    },
  ),
  law(
    "garbage",
    "Random bytes, no bytes, and bytes of one value give a typed error or an array.",
    async (s) => {
      const { bytes, read } = await ownOutput(s);
      const rnd = random(11);
      for (const n of [0, 1, 7, 64, bytes.length, 5000]) {
        await typedFailure(s, rnd.fill(new Uint8Array(n)), read, `${n} random bytes`);
        await typedFailure(s, new Uint8Array(n).fill(0xff), read, `${n} bytes of 0xff`);
        await typedFailure(s, new Uint8Array(n), read, `${n} zero bytes`);
      }
      check(
        (await typedFailure(s, new Uint8Array(0), read, "an empty file")) !== undefined,
        "an empty file was accepted",
      );
    },
    ["selfDescribing"],
  ),
  law(
    "mutations",
    "Of 300 seeded mutants of a file (flips, splices, cuts) each gives a typed error or an array.",
    async (s) => {
      const { bytes, read } = await ownOutput(s);
      const rnd = random(s.config.seed ?? 1);
      for (let k = 0; k < 300; k++) {
        let mutant = bytes.slice();
        for (let times = 1 + rnd.below(3); times > 0; times--) {
          const at = rnd.below(mutant.length || 1);
          const way = rnd.below(4);
          if (way === 0) mutant[at] = rnd.below(256);
          else if (way === 1) mutant = mutant.slice(0, at);
          else if (way === 2) mutant.copyWithin(at, rnd.below(mutant.length || 1));
          else rnd.fill(mutant.subarray(at, at + 1 + rnd.below(8)));
        }
        await typedFailure(s, mutant, read, `mutant ${k} of seed ${s.config.seed ?? 1}`);
      }
    },
  ),
  law(
    "prototypes",
    "Nothing in a file reaches Object.prototype, and names such as __proto__ come back as names or are refused.",
    async (s) => {
      const before = Object.getOwnPropertyNames(Object.prototype).join();
      const sample = plainSample(s.format.capabilities);
      const named = s.format.capabilities.attrs ? withAttrs(sample) : sample;
      const error = await failureOf(async () => {
        const after = await s.decode(await s.encode(named), s.config.describeFor?.(named));
        const how = difference(named, after);
        const expected = s.format.losses(describe(named), s.config.writeOptions as never).length > 0;
        check(how === undefined || expected, `names such as __proto__ changed: ${how}`);
      });
      check(error === undefined || isMasqueradeError(error), told(error));
      check(Object.getOwnPropertyNames(Object.prototype).join() === before, "Object.prototype was changed");
      check(({} as { readonly polluted?: unknown }).polluted === undefined, "Object.prototype was polluted");
    },
  ),
  law("stable-errors", "The same bytes give the same error code twice.", async (s) => {
    const { bytes, read } = await ownOutput(s);
    for (const n of [1, bytes.length >> 1, bytes.length - 1]) {
      const first = await typedFailure(s, bytes.slice(0, n), read, `cut at ${n}`);
      const second = await typedFailure(s, bytes.slice(0, n), read, `cut at ${n}`);
      check(first?.code === second?.code, `cut at ${n}: first ${first?.code}, then ${second?.code}`);
    }
  }),
  law("limits", "A limit the array does not keep is a LimitError that names it.", async (s) => {
    const { bytes, read } = await ownOutput(s);
    const error = await failureOf(() => s.decode(bytes, { ...read, limits: { maxBytes: 8 } }));
    check(isMasqueradeError(error, "LIMIT_EXCEEDED"), `limits.maxBytes = 8 gave ${told(error)}`);
  }),
];
