import {
  arrayFromBytes,
  type DType,
  dtypes,
  type FieldSpec,
  fieldCount,
  NdArray,
  type PlainValue,
} from "@masquerade/core";
import { malformed } from "../structure/cursor.ts";
import { dtypeOf, hasTexts, type TypeReader } from "../type/from-h5.ts";
import type { H5Type } from "../type/h5type.ts";
import type { Described, Fetch } from "./described.ts";
import { settle } from "./settle.ts";

type Pointing = Pick<Fetch, "heaps" | "pathOf">;

/**
 * Elements that lie elsewhere than where they are stored. References to objects are the paths of those, as texts ("": nowhere); sequences of
 * varying length are object arrays of arrays; texts in records are fields of as many characters as the longest has. Throws FormatError, LimitError.
 */
export async function pointed(stored: Uint8Array, one: Described, from: Pointing): Promise<NdArray> {
  const { type, dtype, shape, reader } = one;
  if (type.class !== "compound") demandSize(type, from);
  if (type.class === "compound") return await records(stored, one, from);
  if (type.class === "other" && typeof type.points === "object") {
    const items = await sequences(stored, type.size, type.points.of, readerOf(reader), from);
    return new NdArray({ dtype, shape, storage: items }) as NdArray;
  }
  return new NdArray({ dtype, shape, storage: await texts(stored, type, from) }) as NdArray;
}

/** Throws FormatError for pointers of an impossible size. */
function demandSize(type: H5Type, { heaps }: Pointing): void {
  const isReference = type.class === "other" && type.points === "object";
  if (type.size !== (isReference ? heaps.addressBytes : heaps.referenceBytes))
    throw malformed("values of varying length, or references, of an impossible size");
}

const readerOf = (reader: Described["reader"]): TypeReader => (reader === "masquerade" ? "h5py" : reader);

async function sequences(
  stored: Uint8Array,
  size: number,
  of: H5Type,
  reader: TypeReader,
  { heaps }: Pointing,
): Promise<PlainValue[]> {
  const inner = shapeOf(of);
  if (of.size === 0) throw malformed("sequences of elements without a size");
  const dtype = dtypeOf(inner.type, reader) as DType;
  const out: PlainValue[] = [];
  let total = 0;
  for (let at = 0; at + size <= stored.length; at += size) {
    const bytes = await heaps.sequence(stored.subarray(at, at + size), of.size);
    // Many may point at one: the sum is what is allocated.
    total += bytes.length;
    heaps.demand(total);
    heaps.demandApart(total);
    const shape = [bytes.length / of.size, ...inner.shape];
    out.push(arrayFromBytes(settle(bytes.slice(), inner.type, reader), dtype, shape) as NdArray);
  }
  return out;
}

function shapeOf(type: H5Type): { readonly type: H5Type; readonly shape: readonly number[] } {
  const shape: number[] = [];
  let inner = type;
  for (; inner.class === "array"; inner = inner.base) shape.push(...inner.dims);
  // A bool of more than one byte is a number there, as in all records.
  return { type: inner.class === "enum" && inner.size > 1 ? inner.base : inner, shape };
}

/** Texts of varying length, or the paths of references. */
async function texts(stored: Uint8Array, type: H5Type, { heaps, pathOf }: Pointing): Promise<string[]> {
  demandSize(type, { heaps, pathOf });
  const count = stored.length / type.size;
  if (type.class === "text") return (await heaps.texts(stored, count)).map((text) => text ?? "");
  return Array.from({ length: count }, (_, i) => {
    const address = heaps.address(stored.subarray(i * type.size, (i + 1) * type.size));
    return address === undefined ? "" : (pathOf(address) ?? "");
  });
}

/** Records with texts: those are found first, then records are made that have room for the longest. */
async function records(stored: Uint8Array, one: Described, from: Pointing): Promise<NdArray> {
  const { type, shape, reader } = one;
  const made = await recordBytes(stored, type as Extract<H5Type, { class: "compound" }>, readerOf(reader), from);
  return arrayFromBytes(made.bytes, made.dtype, shape) as NdArray;
}

interface Made {
  readonly bytes: Uint8Array;
  readonly dtype: DType;
}

/** Recursion is bounded by the type's depth. */
async function recordBytes(
  stored: Uint8Array,
  type: Extract<H5Type, { class: "compound" }>,
  reader: TypeReader,
  from: Pointing,
): Promise<Made> {
  const count = stored.length / type.size;
  const parts: (Made & { readonly name: string; readonly shape: readonly number[] })[] = [];
  for (const { name, offset, type: whole } of type.members) {
    const column = new Uint8Array(count * whole.size);
    for (let i = 0; i < count; i++)
      column.set(stored.subarray(i * type.size + offset, i * type.size + offset + whole.size), i * whole.size);
    const { type: inner, shape } = shapeOf(whole);
    let made: Made;
    if (!hasTexts(inner)) made = { bytes: settle(column, inner, reader), dtype: dtypeOf(inner, reader) as DType };
    else if (inner.class === "compound") made = await recordBytes(column, inner, reader, from);
    else made = codePoints(await texts(column, inner, from), from);
    parts.push({ ...made, name, shape });
  }
  const fields = parts.map(({ name, dtype, shape }): FieldSpec => ({ name, dtype, shape }));
  const dtype = dtypes.struct(fields);
  from.heaps.demand(count * dtype.itemsize);
  const bytes = new Uint8Array(count * dtype.itemsize);
  for (const [k, field] of dtype.fields.entries()) {
    const width = field.dtype.itemsize * fieldCount(field);
    const column = (parts[k] as Made).bytes;
    for (let i = 0; i < count; i++)
      bytes.set(column.subarray(i * width, (i + 1) * width), i * dtype.itemsize + field.offset);
  }
  return { bytes, dtype: dtype as DType };
}

/** Texts as NumPy's `U`, of as many characters as the longest has. */
function codePoints(found: readonly string[], { heaps }: Pointing): Made {
  // The same text again and again is counted once.
  let [last, points, length] = ["", 0, 1];
  for (const text of found) {
    if (text !== last) {
      points = 0;
      for (const _ of text) points++;
    }
    last = text;
    length = Math.max(length, points);
  }
  heaps.demand(found.length * length * 4);
  const bytes = new Uint8Array(found.length * length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, text] of found.entries()) {
    let at = i * length * 4;
    for (const one of text) {
      view.setUint32(at, one.codePointAt(0) as number, true);
      at += 4;
    }
  }
  return { bytes, dtype: dtypes.str(length, "little") as DType };
}
