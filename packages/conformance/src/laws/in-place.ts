import {
  type AnyArray,
  arrayFromBytes,
  type ByteSource,
  type DType,
  difference,
  dtypes,
  fromBytes,
  isMaskedArray,
  isMasqueradeError,
  type LazyArray,
  MaskedArray,
  NdArray,
  normalizeSelection,
  type OpenFile,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { type MemoryFile, memoryFile } from "../memory-file.ts";
import { anyKind, noise, ofAnotherKind, refuses, same, square } from "./appending.ts";
import { defineLaw } from "./define.ts";

const since = "1.2.0";
const needs = ["lazy", "inPlace"] as const;

const selections = ["1", "-1", ":, 1", "::2", "::-1", "0:2, 1:", "..., ::2", "1, 2", "..."] as const;

/** Opens a file of one array that can be written. */
async function writing(
  s: Subject,
  array: AnyArray,
  use: (lazy: LazyArray, file: MemoryFile) => Promise<void>,
): Promise<MemoryFile> {
  const file = memoryFile(await s.encode(array));
  await opened(s, array, file, (lazy) => use(lazy, file));
  check(file.underWay === 0, `write is done, and ${file.underWay} of what it asked of the source is not`);
  return file;
}

async function opened(
  s: Subject,
  array: AnyArray,
  source: ByteSource,
  use: (lazy: LazyArray) => Promise<void>,
): Promise<void> {
  const file = (await s.codec.open?.(source, {
    ...s.config.readOptions,
    ...s.config.describeFor?.(array),
  })) as OpenFile;
  try {
    await use(file.array());
  } finally {
    await file[Symbol.asyncDispose]();
  }
}

/** `array` with a part overwritten, element by element. */
function overwritten(array: AnyArray, selection: string, value: AnyArray): AnyArray {
  const plane = (whole: NdArray, part: NdArray): NdArray => {
    const { itemsize } = whole.dtype;
    const raw = whole.toBytes("C").slice();
    // Where each element lies: the same selection of the numbers from 0 on.
    const numbers = new NdArray({
      dtype: dtypes.simple("uint32"),
      shape: whole.shape,
      storage: Uint32Array.from({ length: whole.size }, (_, i) => i),
    });
    const places = numbers.slice(selection).toC() as Uint32Array;
    const bytes = part.toBytes("C");
    for (const [i, place] of places.entries())
      raw.set(bytes.subarray(i * itemsize, (i + 1) * itemsize), place * itemsize);
    return (arrayFromBytes(raw, whole.dtype as DType, whole.shape, "C", { copy: true }) as NdArray).copy(
      whole.order,
    ) as NdArray;
  };
  if (!isMaskedArray(array)) return plane(array, value as NdArray);
  const more = value as MaskedArray;
  return array.with({
    data: plane(array.data, more.data),
    mask: plane(array.maskArray() as NdArray, more.maskArray() as NdArray) as never,
  });
}

export const inPlaceLaws: readonly Law[] = [
  defineLaw(
    "lazy/in-place-selections",
    "Rows, columns, steps, single elements and everything are overwritten as selected, in arrays of either order, with their masks, and nothing beside them.",
    async (s) => {
      for (const mask of s.format.capabilities.mask ? (["plain", "some"] as const) : (["plain"] as const))
        for (const order of s.format.capabilities.memoryOrder ? (["C", "F"] as const) : (["C"] as const))
          for (const selection of selections) {
            const array = square(s, anyKind(s), mask, 11).copy(order) as AnyArray;
            if (refuses(s, array)) continue;
            const { shape } = normalizeSelection(selection, array.shape);
            const value = square(s, anyKind(s), mask, 21, shape);
            const file = await writing(s, array, async (lazy) => {
              check(
                lazy.write !== undefined,
                "inPlace is declared, and an array of a file that can be written has no write",
              );
              await lazy.write(selection, value);
            });
            const want = overwritten(array, selection, value);
            const how = difference(want, await s.decode(file.bytes(), s.config.describeFor?.(array)));
            check(how === undefined, `[${selection}] of ${mask} ${order}: ${how}`);
          }
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/in-place-refused",
    "Values of another dtype or shape, a mask where there is none, and what lies outside are refused with a typed error before a byte is written; an array of a source that cannot be written has no write or refuses it.",
    async (s) => {
      const array = square(s, anyKind(s), "plain", 11) as NdArray;
      const other = ofAnotherKind(s, [3]);
      const cases: (readonly [string, string, AnyArray])[] = [
        ["a row that is too long", "0", square(s, anyKind(s), "plain", 21, [4])],
        ["a row outside", "3", square(s, anyKind(s), "plain", 21, [3])],
        ["a masked row", "0", new MaskedArray({ data: array.slice("0").copy() as NdArray, mask: allTrue(3) })],
        ...(other === undefined ? [] : [["another dtype", "0", other] as const]),
      ];
      for (const [what, selection, value] of cases) {
        const before = await s.encode(array);
        const file = await writing(s, array, async (lazy) => {
          const error = await failureOf(async () => lazy.write?.(selection, value));
          check(isMasqueradeError(error), `${what}: ${told(error)}`);
        });
        check(same(before, file.bytes()), `${what} was refused, and the file is not as it was`);
      }
      await opened(s, array, fromBytes(await s.encode(array)), async (lazy) => {
        if (lazy.write === undefined) return;
        const error = await failureOf(async () => lazy.write?.("0", array.slice("0").copy() as AnyArray));
        check(isMasqueradeError(error), `a source that cannot be written: ${told(error)}`);
      });
    },
    { since, needs },
  ),
  defineLaw(
    "lazy/in-place-bounded",
    "Overwriting a row of a file of half a megabyte writes little more than the row, and reads no eighth of the file.",
    async (s) => {
      const file = await writing(s, noise(640), async (lazy) => void (await lazy.write?.("250", noise(1).slice("0"))));
      let bytes = 0;
      for (const act of file.acts) bytes += act.kind === "write" ? act.bytes.length : 0;
      check(bytes >= 800 && bytes <= 4096, `for a row of 800 bytes ${bytes} were written`);
      check(file.fetched <= file.size / 8, `for a row of 800 bytes ${file.fetched} of ${file.size} were read`);
    },
    {
      since,
      needs,
      unless: ({ capabilities }) =>
        capabilities.kinds.includes("float64") ? undefined : "the format holds no float64",
    },
  ),
  defineLaw(
    "lazy/in-place-failing-write",
    "A write to the source that fails ends an overwriting with its own error.",
    async (s) => {
      const array = square(s, anyKind(s), "plain", 11);
      const failing: ByteSource = memoryFile(await s.encode(array), 0);
      await opened(s, array, failing, async (lazy) => {
        const error = await failureOf(async () => lazy.write?.("1", array.slice("0").copy() as AnyArray));
        check(isMasqueradeError(error, "SOURCE_IO"), `a full disk gave ${told(error)}`);
      });
    },
    { since, needs },
  ),
];

const allTrue = (length: number): NdArray<"bool"> =>
  new NdArray({ dtype: dtypes.simple("bool"), shape: [length], storage: new Uint8Array(length).fill(1) });
