import { Bundle, difference, isMasqueradeError, type NdArray } from "@masquerade/core";
import { ConformanceFailure, check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { random } from "../samples/random.ts";
import { defineLaw } from "./define.ts";
import { digitRuns, lengthMutants, sampled } from "./lengths.ts";

const since = "1.1.0";

async function own(s: Subject): Promise<{ readonly bytes: Uint8Array; readonly read: object | undefined }> {
  const sample = plainSample(s.format.capabilities);
  return { bytes: await s.encode(sample), read: s.config.describeFor?.(sample) };
}

/** A typed error of one line without control characters. Every error of the laws here is looked at. */
function quality(error: unknown, what: string): void {
  if (error instanceof ConformanceFailure) throw error;
  check(isMasqueradeError(error), `${what}: ${told(error)}`);
  const { message, code } = error;
  check(typeof code === "string" && /^[A-Z]+(_[A-Z]+)*$/.test(code), `${what}: the code is ${JSON.stringify(code)}`);
  check(!/\p{Cc}/u.test(message), `${what}: the message holds control characters: ${JSON.stringify(message)}`);
  check(message !== "" && message.length <= 600, `${what}: the message has ${message.length} characters`);
}

export const errorLaws: readonly Law[] = [
  defineLaw(
    "errors/one-line",
    "Whatever is wrong with a file, the error is typed, with a code in capitals, and its message one line without control characters.",
    async (s) => {
      const { bytes, read } = await own(s);
      const rnd = random(17);
      for (let k = 0; k < 60; k++) {
        const mutant = bytes.slice(0, bytes.length - (k % 3));
        const at = rnd.below(mutant.length);
        mutant.set(rnd.fill(new Uint8Array(Math.min(8, mutant.length - at))), at);
        const error = await failureOf(() => s.decode(mutant, read));
        if (error !== undefined) quality(error, `8 random bytes at ${at}`);
      }
      // Control characters, which a message may quote from the file.
      for (let at = 0; at < Math.min(bytes.length, 400); at += 3) {
        const mutant = bytes.slice();
        mutant.set([0x1b, 0x0a, 0x07].slice(0, mutant.length - at), at);
        const error = await failureOf(() => s.decode(mutant, read));
        if (error !== undefined) quality(error, `control characters at ${at}`);
      }
    },
    { since },
  ),
  defineLaw(
    "errors/offset",
    "An error about the bytes names the format, and where it has an offset it is a place in the file.",
    async (s) => {
      const { bytes, read } = await own(s);
      for (let n = 0; n < bytes.length; n += Math.max(1, bytes.length >> 6)) {
        const error = await failureOf(() => s.decode(bytes.slice(0, n), read));
        if (!isMasqueradeError(error, "FORMAT_MALFORMED", "FORMAT_TRUNCATED", "FORMAT_CHECKSUM", "FORMAT_VERSION"))
          continue;
        check(
          error.format !== "" && error.message.startsWith(error.format),
          `cut at ${n}: the message does not start with the format: ${error.message}`,
        );
        const { offset } = error;
        if (offset === undefined) continue;
        check(
          Number.isSafeInteger(offset) && offset >= 0 && offset <= n,
          `cut at ${n}: the offset is ${offset}, the file has ${n} bytes`,
        );
      }
    },
    { since },
  ),
  defineLaw(
    "errors/own-id",
    "The format of an error is the id of the format that was asked, for writing too.",
    async (s) => {
      const { bytes, read } = await own(s);
      const cut = await failureOf(() => s.decode(bytes.slice(0, bytes.length >> 1), read));
      if (isMasqueradeError(cut, "FORMAT_MALFORMED", "FORMAT_TRUNCATED"))
        check(cut.format === s.format.id, `half a file: the error is of format "${cut.format}"`);
      const sample = plainSample(s.format.capabilities);
      const error = await failureOf(() => s.encode(sample, { noSuchOption: 1 } as object));
      check(error instanceof Error && error.message.includes(s.format.id), `an unknown option: ${told(error)}`);
    },
    { since },
  ),
  defineLaw(
    "hostile/lengths-multiplied",
    "Every plausible length field multiplied, in bytes of either order or in digits, gives a typed error or an array.",
    async (s) => {
      const { bytes, read } = await own(s);
      for (const { what, mutant } of sampled([...lengthMutants(bytes), ...digitRuns(bytes)], s.config.mutants)) {
        const error = await failureOf(() => s.decode(mutant, read));
        if (error !== undefined) quality(error, what);
      }
    },
    { since },
  ),
  defineLaw(
    "hostile/bundle-truncation",
    "A file of several arrays cut at any byte is refused with a typed error, or still holds the very same arrays.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const plain = ("mask" in sample ? sample.data : sample) as NdArray;
      const bytes = await s.encode(
        new Bundle({
          entries: [
            ["one", plain],
            ["two", sample],
          ],
        }),
      );
      const whole = await s.decode(bytes);
      const step = Math.max(1, Math.floor(bytes.length / 400));
      for (let n = 0; n < bytes.length; n += step) {
        const error = await failureOf(async () => {
          const how = difference(whole, await s.decode(bytes.slice(0, n)));
          check(how === undefined, `cut at ${n} of ${bytes.length}: accepted with a different result: ${how}`);
        });
        if (error !== undefined) quality(error, `cut at ${n} of ${bytes.length}`);
      }
    },
    { since, needs: ["bundle"] },
  ),
  defineLaw(
    "hostile/no-after-effects",
    "After a hundred broken files a good one decodes as in a fresh process.",
    async (s) => {
      const { bytes, read } = await own(s);
      const want = await s.decode(bytes, read);
      const rnd = random(23);
      for (let k = 0; k < 100; k++) {
        const mutant = bytes.slice(0, 1 + rnd.below(bytes.length));
        mutant[rnd.below(mutant.length)] = rnd.below(256);
        await failureOf(() => s.decode(mutant, read));
      }
      const how = difference(want, await s.decode(bytes, read));
      check(how === undefined, `after a hundred broken files: ${how}`);
    },
    { since },
  ),
];
