import {
  type AnyArray,
  type DType,
  difference,
  dtypes,
  isBundle,
  isMaskedArray,
  type Kind,
  NdArray,
} from "@masquerade/core";
import { check } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { plainSample } from "../samples/cover.ts";
import { sampleDTypes } from "../samples/dtypes.ts";
import { sampleArray } from "../samples/elements.ts";
import { random } from "../samples/random.ts";
import { defineLaw } from "./define.ts";

const law = (name: string, sentence: string, run: Law["run"], needs: Law["needs"] = []): Law => ({
  id: `purity/${name}`,
  since: "1.0.0",
  law: sentence,
  needs,
  run,
});

/** A sample whose memory is a strided view (every second column, rows backwards), and the same elements copied. */
function views(subject: Subject): readonly (readonly [what: string, view: AnyArray, copy: AnyArray])[] {
  const sample = plainSample(subject.format.capabilities);
  const selections = ["::-1, ::2", "1:, 1:", ":, -1", "..., ::-1"];
  const sliced = selections.map((sel) => [sel, sample.slice(sel), sample.slice(sel).copy("C")] as const);
  const turned = sample.transpose();
  return [...sliced, ["a transpose", turned, turned.copy(turned.order)]];
}

function touch(value: AnyArray): void {
  const data = isMaskedArray(value) ? value.data : value;
  const storage = data.storage as { buffer?: ArrayBuffer; byteOffset?: number; byteLength?: number };
  if (storage.buffer !== undefined) new Uint8Array(storage.buffer, storage.byteOffset, storage.byteLength).fill(0x55);
}

export const purityLaws: readonly Law[] = [
  law("input-untouched", "encode leaves the caller's array as it was.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const before = sample.copy();
    await s.encode(sample);
    const how = difference(before, sample);
    check(how === undefined, `encode changed its input: ${how}`);
    if (!s.format.capabilities.kinds.includes("float64")) return;
    const big = new NdArray({ dtype: dtypes.simple("float64", "big"), shape: [3], storage: Float64Array.of(1, 2, 3) });
    await s.encode(big);
    check(big.storage.join() === "1,2,3", "encode swapped bytes in the caller's array");
  }),
  law(
    "views",
    "A view (sliced, reversed, transposed) is written as its elements, not as the memory beneath.",
    async (s) => {
      for (const [what, view, copy] of views(s)) {
        const bytes = await s.encode(view);
        const after = await s.decode(bytes, s.config.describeFor?.(view));
        check(!isBundle(after), "one array came back as a bundle");
        const want = await s.decode(await s.encode(copy), s.config.describeFor?.(copy));
        const how = difference(want, after);
        check(how === undefined, `${what}: ${how}`);
      }
    },
  ),
  law("byte-offset", "Bytes that are a view at any offset decode as the bytes themselves.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    const want = await s.decode(bytes, s.config.describeFor?.(sample));
    for (let shift = 1; shift <= 8; shift++) {
      const room = new Uint8Array(bytes.length + shift + 5).fill(0xa5);
      room.set(bytes, shift);
      const how = difference(
        want,
        await s.decode(room.subarray(shift, shift + bytes.length), s.config.describeFor?.(sample)),
      );
      check(how === undefined, `byteOffset ${shift} ignored: ${how}`);
    }
  }),
  law("bytes-untouched", "decode leaves the caller's bytes as they were.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    const before = bytes.slice();
    await s.decode(bytes, s.config.describeFor?.(sample));
    check(
      before.every((b, i) => b === bytes[i]),
      "decode wrote into the caller's bytes",
    );
  }),
  law("copy-means-copy", "With copy: true a decoded array shares no memory with the input.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const bytes = await s.encode(sample);
    const after = await s.decode(bytes, { ...s.config.describeFor?.(sample), copy: true });
    const want = (after as AnyArray).copy();
    bytes.fill(0);
    check(difference(want, after) === undefined, "changing the input changed the decoded array");
  }),
  law(
    "no-undeclared-aliasing",
    "A format that declares no aliasing shares no memory with its input or between two decodes.",
    async (s) => {
      const sample = plainSample(s.format.capabilities);
      const bytes = await s.encode(sample);
      const first = (await s.decode(bytes, s.config.describeFor?.(sample))) as AnyArray;
      const second = (await s.decode(bytes, s.config.describeFor?.(sample))) as AnyArray;
      const want = first.copy();
      touch(second);
      bytes.fill(0);
      check(difference(want, first) === undefined, "two decodes, or a decode and its input, share memory");
    },
    ["not aliasing"],
  ),
  defineLaw(
    "purity/aliasing-is-real",
    "A format that declares aliasing shares memory with its input where it can: some file of a thousand numbers is decoded without a copy.",
    async (s) => {
      const { kinds } = s.format.capabilities;
      const kind = (["uint8", "float64", "int8", "bool"] as const).find((k) => kinds.includes(k)) ?? kinds[0];
      const sample = sampleArray(sampleDTypes(kind as Kind, "little")[0] as DType, [1000], "C", random(37), "random");
      const bytes = await s.encode(sample);
      for (let shift = 0; shift < 8; shift++) {
        const room = new Uint8Array(bytes.length + shift);
        room.set(bytes, shift);
        const given = room.subarray(shift);
        const after = (await s.decode(given, { ...s.config.describeFor?.(sample), copy: false })) as NdArray;
        given.fill(0x55);
        if (difference(sample, after) !== undefined) return;
      }
      check(false, "aliasing is declared, and every array is a copy: its caller need not be careful");
    },
    { since: "1.2.0", needs: ["aliasing"] },
  ),
  law("encode-owns-its-bytes", "Bytes from encode do not change when the array changes afterwards.", async (s) => {
    const sample = plainSample(s.format.capabilities).copy();
    const bytes = await s.encode(sample);
    const before = bytes.slice();
    touch(sample);
    check(
      before.every((b, i) => b === bytes[i]),
      "encode returned a view of the caller's array",
    );
  }),
  law("deterministic", "The same array gives the same bytes, before and after a failed decode.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const first = await s.encode(sample);
    await s.decode(first.subarray(0, first.length >> 1)).catch(() => {});
    const second = await s.encode(sample.copy());
    check(
      first.length === second.length && first.every((b, i) => b === second[i]),
      "two encodes of equal arrays differ",
    );
  }),
  law("concurrent", "Two decodes and an encode at the same time do not disturb each other.", async (s) => {
    const sample = plainSample(s.format.capabilities);
    const other = sample.slice("0:1");
    const [a, b] = [await s.encode(sample), await s.encode(other)];
    const [ra, rb, ea] = await Promise.all([
      s.decode(a, s.config.describeFor?.(sample)),
      s.decode(b, s.config.describeFor?.(other)),
      s.encode(sample),
    ]);
    check(
      difference(ra, await s.decode(a, s.config.describeFor?.(sample))) === undefined,
      "the first decode was disturbed",
    );
    check(
      difference(rb, await s.decode(b, s.config.describeFor?.(other))) === undefined,
      "the second decode was disturbed",
    );
    check(
      ea.every((x, i) => x === a[i]),
      "the encode was disturbed",
    );
  }),
];
