import {
  type AnyArray,
  Bundle,
  type DType,
  difference,
  type Field,
  fieldCount,
  isBundle,
  isMaskedArray,
  type LossId,
  type MaskedArray,
  NdArray,
  nomask,
  sameDType,
  sameShape,
  swapLanes,
  withByteOrder,
} from "@masquerade/core";

/** What was lost between two values: loss id to where and how. */
export type Lost = Map<LossId, string>;

/** What a round trip lost, in the words of the losses a format announces. Empty when the two are identical. */
export function lostBetween(
  before: AnyArray | Bundle,
  after: AnyArray | Bundle,
  path = "",
  lost: Lost = new Map(),
): Lost {
  const note = (id: LossId, how: string): void => {
    if (!lost.has(id)) lost.set(id, path === "" ? how : `${path}: ${how}`);
  };
  if (isBundle(before) || isBundle(after)) {
    if (!isBundle(before) || !isBundle(after))
      note("arrays", isBundle(before) ? "a bundle came back as an array" : "an array came back as a bundle");
    else bundleLost(before, after, path, lost, note);
    return lost;
  }
  if (isMaskedArray(before) !== isMaskedArray(after))
    note("mask", isMaskedArray(before) ? "masked came back plain" : "plain came back masked");
  const a = isMaskedArray(before) ? before.data : before;
  const b = isMaskedArray(after) ? after.data : after;
  if (!sameShape(a.shape, b.shape)) {
    note("shape", `(${a.shape.join(", ")}) came back as (${b.shape.join(", ")})`);
    return lost;
  }
  if (a.order !== b.order) note("memory-order", `${a.order} came back as ${b.order}`);
  if (before.subclass !== after.subclass) note("subclass", `${before.subclass} came back as ${after.subclass}`);
  if (difference(plainAttrs(a), plainAttrs(b)) !== undefined)
    note("attrs", difference(plainAttrs(a), plainAttrs(b)) as string);
  if (a.dims?.join("\n") !== b.dims?.join("\n")) note("dims", `${a.dims} came back as ${b.dims}`);
  if (!dtypeLost(a.dtype, b.dtype, note)) return lost;
  if (isMaskedArray(before) && isMaskedArray(after)) maskLost(before, after, note);
  valuesLost(before, after, note);
  return lost;
}

type Note = (id: LossId, how: string) => void;

/** An array with nothing but its attributes, so that `difference` compares just them. */
const plainAttrs = (a: NdArray): NdArray =>
  a.with({
    shape: [0],
    offset: 0,
    strides: undefined,
    order: "C",
    dims: undefined,
    subclass: undefined,
    dtype: { kind: "uint8", itemsize: 1, byteOrder: "none" },
    storage: new Uint8Array(0),
  });

/** A bundle with nothing but its keys, so that `difference` compares just them. */
const keysOnly = (bundle: Bundle): Bundle => new Bundle({ entries: [], keys: bundle.keys });

/** The first of many names. */
const some = (names: readonly string[]): string =>
  names.length > 8 ? `${names.slice(0, 6).join(", ")} … (${names.length} names)` : names.join(", ");

/** A bundle with nothing but its attributes. */
const attrsOnly = (bundle: Bundle): Bundle => new Bundle({ entries: [], attrs: bundle.attrs });

function bundleLost(before: Bundle, after: Bundle, path: string, lost: Lost, note: Note): void {
  if (before.kind !== after.kind) note("bundle-kind", `${before.kind} came back as ${after.kind}`);
  if (difference(keysOnly(before), keysOnly(after)) !== undefined) note("keys", "what the keys were changed");
  if (before.names.join("\n") !== after.names.join("\n"))
    note("names", `${some(before.names)} came back as ${some(after.names)}`);
  const attrs = difference(attrsOnly(before), attrsOnly(after));
  if (attrs !== undefined) note("attrs", `attributes of the bundle changed: ${attrs}`);
  for (const [name, member] of before.entries) {
    const other = after.entries.get(name);
    if (other !== undefined) lostBetween(member, other, path === "" ? name : `${path}/${name}`, lost);
  }
}

/** Notes what the dtype lost; false when values can no longer be compared. */
function dtypeLost(a: DType, b: DType, note: Note): boolean {
  if (a.kind === "struct" && b.kind === "struct") return structLost(a, b, note);
  if ((a.metadata?.size ?? 0) !== (b.metadata?.size ?? 0)) note("metadata", "dtype metadata changed");
  if (sameDType(a, b)) return true;
  if (sameDType(withByteOrder(a, "little"), withByteOrder(b, "little"))) {
    note("byte-order", `${a.byteOrder} came back as ${b.byteOrder}`);
    return true;
  }
  note("dtype", `${a.kind} (${a.itemsize} bytes) came back as ${b.kind} (${b.itemsize} bytes)`);
  return false;
}

function structLost(a: DType<"struct">, b: DType<"struct">, note: Note): boolean {
  if (a.fields.map((f) => f.name).join("\n") !== b.fields.map((f) => f.name).join("\n")) {
    note("dtype", "fields came back under other names");
    return false;
  }
  if ((a.metadata?.size ?? 0) !== (b.metadata?.size ?? 0)) note("metadata", "dtype metadata changed");
  if (
    a.itemsize !== b.itemsize ||
    a.aligned !== b.aligned ||
    a.record !== b.record ||
    a.fields.some((f, i) => f.offset !== b.fields[i]?.offset)
  )
    note("layout", "offsets, alignment or record type changed");
  return a.fields.every((f, i) => {
    const g = b.fields[i] as Field;
    if (f.title !== g.title) note("titles", `the title of ${f.name} changed`);
    if (!sameShape(f.shape, g.shape)) {
      note("dtype", `field ${f.name} came back with another shape`);
      return false;
    }
    return dtypeLost(f.dtype, g.dtype, note);
  });
}

function maskLost(a: MaskedArray, b: MaskedArray, note: Note): void {
  if ((a.mask === nomask) !== (b.mask === nomask))
    note("nomask", a.mask === nomask ? "nomask came back as a mask" : "a mask came back as nomask");
  const ma = a.maskArray().toBytes("C");
  const mb = b.maskArray().toBytes("C");
  if (ma.length !== mb.length || ma.some((m, i) => (m !== 0) !== (mb[i] !== 0)))
    note(a.dtype.kind === "struct" ? "field-masks" : "mask", "masked elements changed");
  if (a.hardMask !== b.hardMask) note("hard-mask", `${a.hardMask} came back as ${b.hardMask}`);
  const [fa, fb] = [a.fillValue, b.fillValue];
  if (fa === undefined && fb !== undefined) note("unset-fill-value", "an unset fill value came back set");
  else if (fa !== undefined && fb === undefined) note("fill-value", "the fill value came back unset");
  else if (fa !== undefined && fb !== undefined && difference(fa, fb) !== undefined && !onlyLaidOutAnew(fa, fb, note))
    note(sameDType(fa.dtype, fb.dtype) ? "fill-value" : "fill-value-dtype", difference(fa, fb) as string);
}

/** Whether a structured fill value lost what a record of the data loses (layout, titles, metadata) and nothing else; that is noted. */
function onlyLaidOutAnew(fa: NdArray, fb: NdArray, note: Note): boolean {
  if (fa.dtype.kind !== "struct" || fb.dtype.kind !== "struct" || sameDType(fa.dtype, fb.dtype)) return false;
  const found: [LossId, string][] = [];
  const collect: Note = (id, how) => found.push([id, how]);
  if (!dtypeLost(fa.dtype, fb.dtype, collect)) return false;
  valuesLost(fa, fb, collect);
  if (found.some(([id]) => !["layout", "titles", "metadata", "byte-order"].includes(id))) return false;
  for (const [id, how] of found) note(id, `fill value: ${how}`);
  return true;
}

/** One leaf of an element: what can be masked for itself. */
interface Leaf {
  readonly offset: number;
  readonly dtype: DType;
}

function leavesOf(dtype: DType, offset = 0): Leaf[] {
  if (dtype.kind !== "struct") return [{ offset, dtype }];
  return dtype.fields.flatMap((f) =>
    Array.from({ length: fieldCount(f) }, (_, i) => leavesOf(f.dtype, offset + f.offset + i * f.dtype.itemsize)).flat(),
  );
}

function valuesLost(before: AnyArray, after: AnyArray, note: Note): void {
  const a = isMaskedArray(before) ? before.data : before;
  const b = isMaskedArray(after) ? after.data : after;
  const mask = isMaskedArray(before) && before.mask !== nomask ? before.mask.toBytes("C") : undefined;
  if (a.dtype.kind === "object" || a.dtype.kind === "string") {
    const [x, y] = [a.toC() as unknown[], b.toC() as unknown[]];
    for (let i = 0; i < x.length; i++) {
      const how = difference(boxed(x[i]), boxed(y[i]));
      if (how !== undefined) note(mask?.[i] ? "hidden-values" : "values", `element ${i}: ${how}`);
    }
    return;
  }
  const [la, lb] = [leavesOf(a.dtype), leavesOf(b.dtype)];
  const [ra, rb] = [a.toBytes("C"), b.toBytes("C")];
  for (let i = 0; i < a.size; i++) {
    for (let l = 0; l < la.length; l++) {
      const x = leafBytes(ra, i * a.dtype.itemsize, la[l] as Leaf);
      const y = leafBytes(rb, i * b.dtype.itemsize, lb[l] as Leaf);
      if (x.every((v, k) => v === y[k])) continue;
      note(
        mask?.[i * la.length + l] ? "hidden-values" : "values",
        `element ${i}: bytes ${hex(x)} came back as ${hex(y)}`,
      );
    }
  }
}

/** An object array of one element, so that `difference` compares two plain values. */
function boxed(value: unknown): NdArray {
  return new NdArray({
    dtype: { kind: "object", itemsize: 8, byteOrder: "none" },
    shape: [],
    storage: [value],
  }) as NdArray;
}
const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** Bytes of a leaf, little-endian, with the canonical bytes of true and of extended-precision padding. */
function leafBytes(raw: Uint8Array, at: number, leaf: Leaf): Uint8Array {
  const { dtype } = leaf;
  const bytes = raw.slice(at + leaf.offset, at + leaf.offset + dtype.itemsize);
  if (dtype.byteOrder === "big") {
    const unit = dtype.kind.startsWith("c") ? dtype.itemsize / 2 : dtype.kind === "str" ? 4 : dtype.itemsize;
    return swapLanes(bytes, unit, new Uint8Array(bytes.length));
  }
  return bytes;
}
