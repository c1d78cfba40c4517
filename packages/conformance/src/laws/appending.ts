import {
  type AnyArray,
  arrayFromBytes,
  Bundle,
  type DType,
  describe,
  dtypes,
  type FullMask,
  isMaskedArray,
  isMasqueradeError,
  type Kind,
  MaskedArray,
  maskDType,
  type NdArray,
  nomask,
} from "@masquerade/core";
import { check, failureOf, told } from "../check.ts";
import type { Subject } from "../law.ts";
import { type MemoryFile, memoryFile } from "../memory-file.ts";
import { sampleDTypes } from "../samples/dtypes.ts";
import { sampleArray } from "../samples/elements.ts";
import { type MaskKind, sampleMask } from "../samples/masks.ts";
import { random } from "../samples/random.ts";

export type Value = AnyArray | Bundle;

/** A file, and what is to be added to it. `want` is what it then holds. */
export interface Append {
  readonly what: string;
  readonly before: Value;
  readonly more: Value;
  readonly want: Value;
}

export const dict = (...entries: (readonly [string, Value])[]): Bundle => new Bundle({ entries });

/** Whether the format refuses a value. */
export const refuses = (s: Subject, value: Value): boolean =>
  s.format.losses(describe(value), s.config.writeOptions as never).some((l) => l.grade === "content");

export const append = async (s: Subject, file: MemoryFile, more: Value, options: object = {}): Promise<void> =>
  await s.codec.append?.(file, more, { ...s.config.appendOptions, ...options });

export const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** A file, and how adding to it ended: it is there, or it was refused and nothing was touched. */
export interface Ended {
  readonly file: MemoryFile;
  readonly before: Uint8Array;
  readonly refused: unknown;
}

/** Appends to a fresh file. A refusal is typed, and leaves the file as it was, byte by byte. */
export async function appended(
  s: Subject,
  { what, before, more }: Omit<Append, "want">,
  options?: object,
): Promise<Ended> {
  const bytes = await s.encode(before);
  const file = memoryFile(bytes);
  const refused = await failureOf(() => append(s, file, more, options));
  check(file.underWay === 0, `${what}: append is done, and ${file.underWay} of its writes are not`);
  if (refused !== undefined) untouched(what, file, bytes, refused);
  return { file, before: bytes, refused };
}

export function untouched(what: string, file: MemoryFile, before: Uint8Array, error: unknown): void {
  check(isMasqueradeError(error), `${what}: ${told(error)}`);
  check(same(file.bytes(), before), `${what}: refused (${told(error)}), and the file is not as it was`);
}

/** What a format gives back for a value that was written at once. */
export const written = async (s: Subject, value: Value): Promise<Value> =>
  await s.decode(await s.encode(value), s.config.describeFor?.(value));

/** An array of a kind, three by three, so that growing along a wrong axis is possible. */
export function square(
  s: Subject,
  kind: Kind,
  mask: MaskKind,
  seed: number,
  shape: readonly number[] = [3, 3],
): AnyArray {
  const dtype = sampleDTypes(kind, "little")[0] as DType;
  const data = sampleArray(dtype, shape, "C", random(seed), "random");
  if (mask === "plain" || !s.format.capabilities.mask) return data;
  return new MaskedArray({
    data,
    mask: sampleMask(mask, dtype, shape, "C", random(seed + 1)),
    fillValue: s.format.capabilities.fillValue ? sampleArray(dtype, [], "C", random(77)) : undefined,
  });
}

/** One array after another along the first axis, with the fill value, attributes and names of the first: bit by bit. */
export function joined(a: AnyArray, b: AnyArray): AnyArray {
  const plane = (x: NdArray, y: NdArray, dtype: DType): NdArray => {
    const [one, two] = [x.toBytes("C"), y.toBytes("C")];
    const raw = new Uint8Array(one.length + two.length);
    raw.set(one);
    raw.set(two, one.length);
    const shape = [(x.shape[0] as number) + (y.shape[0] as number), ...x.shape.slice(1)];
    return arrayFromBytes(raw, dtype, shape, "C", { copy: true }) as NdArray;
  };
  const [da, db] = [a, b].map((one) => (isMaskedArray(one) ? one.data : one)) as [NdArray, NdArray];
  const data = plane(da, db, da.dtype).with({ attrs: da.attrs, dims: da.dims });
  if (!isMaskedArray(a)) return data;
  const [ma, mb] = [a.maskArray(), isMaskedArray(b) ? b.maskArray() : undefined] as [NdArray, NdArray | undefined];
  const none = a.mask === nomask && (!isMaskedArray(b) || b.mask === nomask);
  const mask = none ? nomask : (plane(ma, mb as NdArray, maskDType(da.dtype)) as FullMask);
  return new MaskedArray({ data, mask, fillValue: a.fillValue, hardMask: a.hardMask });
}

/** A kind the format holds, float64 where it can. */
export const anyKind = ({ format: { capabilities } }: Subject): Kind =>
  capabilities.kinds.includes("float64") ? "float64" : (capabilities.kinds[0] as Kind);

/** A value of another dtype than {@link anyKind}'s, of the same shape; undefined where the format holds no other. */
export function ofAnotherKind(s: Subject, shape: readonly number[]): NdArray | undefined {
  const kind = (["int32", "uint8", "int64", "float32", "str"] as const).find(
    (k) => s.format.capabilities.kinds.includes(k) && k !== anyKind(s),
  );
  return kind && sampleArray(sampleDTypes(kind, "little")[0] as DType, shape, "C", random(3), "random");
}

/** Arrays that grow: of each sort of kind the format holds, plain and in each state of the mask. */
export function* growing(s: Subject): Generator<Append> {
  const kinds = (["float64", "int64", "bool", "str", "struct", "complex128", "datetime64"] as const).filter((k) =>
    s.format.capabilities.kinds.includes(k),
  );
  for (const kind of kinds.length > 0 ? kinds : [anyKind(s)])
    for (const mask of ["plain", "some", "nomask", "all-false"] as const) {
      if (mask !== "plain" && (!s.format.capabilities.mask || (kind !== "float64" && mask !== "some"))) continue;
      const [before, more] = [square(s, kind, mask, 11), square(s, kind, mask, 21)];
      if (refuses(s, before)) continue;
      yield { what: `${kind} (3, 3), ${mask}`, before, more, want: joined(before, more) };
    }
  yield* growingWith(s);
}

/** Attributes and names of dimensions stay; a file of no rows grows, too; masked rows come to rows of which none is. */
function* growingWith(s: Subject): Generator<Append> {
  const { attrs, dims, mask } = s.format.capabilities;
  const [before, more] = [square(s, anyKind(s), "plain", 31) as NdArray, square(s, anyKind(s), "plain", 41) as NdArray];
  const none = before.slice("0:0").copy() as NdArray;
  yield { what: "no rows", before: none, more, want: joined(none, more) };
  if (attrs || dims) {
    const told = before.with({
      ...(attrs ? { attrs: new Map([["units", "K"]]) } : {}),
      ...(dims ? { dims: ["time", "x"] } : {}),
    });
    const named = more.with(dims ? { dims: ["time", "x"] } : {});
    yield { what: "an array with attributes and names", before: told, more: named, want: joined(told, named) };
  }
  if (!mask) return;
  for (const [first, second] of [
    ["nomask", "some"],
    ["all-false", "some"],
    ["some", "nomask"],
  ] as const) {
    const [a, b] = [square(s, anyKind(s), first, 51), square(s, anyKind(s), second, 61)];
    if (!refuses(s, a)) yield { what: `${second} added to ${first}`, before: a, more: b, want: joined(a, b) };
  }
}

/** Bundles that get members. */
export function* adding(s: Subject): Generator<Append> {
  const kind = anyKind(s);
  const [a, b, c] = [square(s, kind, "plain", 71), square(s, kind, "some", 81), square(s, kind, "some", 91, [2])];
  const d = ofAnotherKind(s, [4]) ?? square(s, kind, "plain", 101, [4]);
  yield {
    what: "two added to two",
    before: dict(["one", a], ["two", b]),
    more: dict(["three", c], ["four", d]),
    want: dict(["one", a], ["two", b], ["three", c], ["four", d]),
  };
  yield {
    what: "one before the others by its name",
    before: dict(["m", a], ["n", b]),
    more: dict(["a", c]),
    want: dict(["m", a], ["n", b], ["a", c]),
  };
  const rows = square(s, kind, "plain", 111);
  yield {
    what: "one grows, one is added",
    before: dict(["one", a], ["two", b]),
    more: dict(["one", rows], ["three", c]),
    want: dict(["one", joined(a, rows)], ["two", b], ["three", c]),
  };
  if (s.format.capabilities.nested)
    yield {
      what: "one added to a group",
      before: dict(["top", a], ["group", dict(["x", b])]),
      more: dict(["group", dict(["y", c])]),
      want: dict(["top", a], ["group", dict(["x", b], ["y", c])]),
    };
}

/** The first append of the two sorts that the format does, made anew; undefined when it refuses them all. */
export async function anAppend(s: Subject): Promise<Append | undefined> {
  for (const sort of [growing, ...(s.format.capabilities.bundle ? [adding] : [])])
    for (const one of sort(s)) {
      // What is masked says most.
      if (s.format.capabilities.mask && sort === growing && !one.what.includes("some")) continue;
      if ((await appended(s, one)).refused !== undefined) continue;
      return [...sort(s)].find(({ what }) => what === one.what);
    }
  return undefined;
}

/** Half a megabyte of what no compression makes small. */
export function noise(rows: number): NdArray {
  const raw = random(rows).fill(new Uint8Array(rows * 100 * 8));
  return arrayFromBytes(raw, dtypes.simple("float64"), [rows, 100], "C", { copy: true }) as NdArray;
}
