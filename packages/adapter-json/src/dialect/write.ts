import {
  type AnyArray,
  CapabilityError,
  type EncodeOptions,
  isMaskedArray,
  type LossId,
  type NdArray,
  nomask,
} from "@masquerade/core";
import { type ForeignDialect, jdataTypes } from "../dialects.ts";
import type { ByteOut } from "../write/byte-out.ts";
import { type Column, columnOf } from "../write/columns.ts";
import { anyMasked, Members } from "../write/document.ts";
import { writeShape } from "../write/dtype.ts";
import { NestedWriter } from "../write/nested.ts";
import { writePlain } from "../write/plain.ts";

/** An array in another shape than our own. Throws CapabilityError for values the dialect has no place for. */
export function* writeDialect(
  out: ByteOut,
  array: AnyArray,
  dialect: ForeignDialect,
  options: EncodeOptions,
): Generator<void, void, undefined> {
  const data = isMaskedArray(array) ? array.data : array;
  const mask = isMaskedArray(array) && array.mask !== nomask ? (array.mask as NdArray) : undefined;
  if (dialect !== "data-mask" && mask !== undefined) refuseUntold(mask, data, dialect, options);
  if (dialect === "plain") yield* writeLists(out, data.shape, floatsAsFloats(data, mask));
  else if (dialect === "data-mask") yield* writeDataMask(out, array, data, mask);
  else yield* writeFlat(out, data, mask, dialect);
}

/** What nulls alone do not tell: that an array is masked when nothing is, its dtype when everything is. */
function refuseUntold(mask: NdArray, data: NdArray, dialect: string, options: EncodeOptions): void {
  const accepted = (id: LossId): boolean =>
    options.lossy === true || (Array.isArray(options.lossy) && options.lossy.includes(id));
  if (!anyMasked(mask) && !accepted("mask"))
    throw new CapabilityError(
      "json",
      "mask",
      `the ${dialect} dialect has no place for a mask that masks nothing: the array would come back plain; save its data, or accept the loss (lossy)`,
    );
  const all = (mask.toBytes("C") as Uint8Array).every((bit) => bit !== 0);
  if (dialect === "plain" && all && data.dtype.kind !== "float64" && !accepted("dtype"))
    throw new CapabilityError(
      "json",
      "dtype",
      "where everything is masked the plain dialect does not tell the dtype; accept the loss (lossy)",
    );
}

/** Floats with a point or an exponent always, so that they are not read as integers; integers of any size bare. */
function floatsAsFloats(data: NdArray, mask: NdArray | undefined): Column {
  if (data.dtype.kind !== "float64" && data.dtype.kind !== "int64") return columnOf(data, mask, undefined);
  const values = data.toC() as Float64Array | BigInt64Array;
  const bits = mask?.toC() as Uint8Array | undefined;
  return {
    records: false,
    write(out, i) {
      const value = values[i] as number | bigint;
      if (bits !== undefined && bits[i] !== 0) out.text("null");
      else if (typeof value === "bigint") out.text(String(value));
      else if (Number.isFinite(value)) writePlain(out, value);
      else out.text(Number.isNaN(value) ? '"NaN"' : value < 0 ? '"-Infinity"' : '"Infinity"');
    },
    hidden: (_out, _index, first) => first,
  };
}

const PIECE = 16_384;

function* writeLists(out: ByteOut, shape: readonly number[], column: Column): Generator<void, void, undefined> {
  const nested = new NestedWriter(out, shape);
  const size = shape.reduce((n, dim) => n * dim, 1);
  const row = Math.max(nested.row, 1);
  const piece = shape.length === 1 ? PIECE : Math.max(1, Math.floor(PIECE / row)) * row;
  for (let at = 0; at < size; at += piece) {
    nested.rows(column, at, Math.min(piece, size - at));
    yield;
  }
  nested.end();
}

function* writeDataMask(
  out: ByteOut,
  array: AnyArray,
  data: NdArray,
  mask: NdArray | undefined,
): Generator<void, void, undefined> {
  const members = new Members(out);
  members.name("data");
  yield* writeLists(out, data.shape, floatsAsFloats(data, undefined));
  if (isMaskedArray(array)) {
    members.name("mask");
    if (mask === undefined) out.text("false");
    else yield* writeLists(out, mask.shape, columnOf(mask, undefined, undefined));
    if (array.fillValue !== undefined) {
      members.name("fill_value");
      floatsAsFloats(array.fillValue, undefined).write(out, 0);
    }
  }
  members.end();
}

/** CoverageJSON's NdArray (OGC 21-069r2, 6.2.3), and JData's annotated array: sizes and one flat list. */
function* writeFlat(
  out: ByteOut,
  data: NdArray,
  mask: NdArray | undefined,
  dialect: "coverage" | "jdata",
): Generator<void, void, undefined> {
  const { shape, dims, dtype } = data;
  const members = new Members(out);
  if (dialect === "coverage") {
    members.name("type");
    out.text('"NdArray"');
    members.name("dataType");
    out.text(dtype.kind === "float64" ? '"float"' : dtype.kind === "int64" ? '"integer"' : '"string"');
    if (shape.length > 0) {
      members.name("axisNames");
      writePlain(out, dims ?? shape.map((_, i) => `axis${i}`));
      members.name("shape");
      writeShape(out, shape);
    }
    members.name("values");
  } else {
    members.name("_ArrayType_");
    writePlain(out, jdataTypes.get(dtype.kind) ?? dtype.kind);
    members.name("_ArraySize_");
    writeShape(out, shape.length === 0 ? [1] : shape);
    members.name("_ArrayData_");
  }
  yield* writeLists(out, [data.size], finiteOr(dialect, data, mask));
  members.end();
}

/** Numbers; of what is no number JData has words, CoverageJSON nothing. Integers of any size are bare. */
function finiteOr(dialect: "coverage" | "jdata", data: NdArray, mask: NdArray | undefined): Column {
  const plain = columnOf(data, mask, undefined);
  const values = data.toC();
  const bits = mask?.toC() as Uint8Array | undefined;
  return {
    records: false,
    write(out, i) {
      const value = (values as Float64Array)[i] as number | bigint;
      if (bits !== undefined && bits[i] !== 0) out.text("null");
      else if (typeof value === "bigint") out.text(String(value));
      else if (!(values instanceof Float64Array || values instanceof Float32Array) || Number.isFinite(value))
        plain.write(out, i);
      else if (dialect === "jdata") out.text(Number.isNaN(value) ? '"_NaN_"' : value < 0 ? '"-_Inf_"' : '"_Inf_"');
      else
        throw new CapabilityError("json", "values", "CoverageJSON has no NaN and no infinity; mask them, or fill them");
    },
    hidden: (_out, _index, first) => first,
  };
}
