import { type DType, dtypeString, type Field, fieldCount } from "@masquerade/core";
import type { ByteOut } from "./byte-out.ts";
import { writeAttrs, writePlain } from "./plain.ts";
import { writeText } from "./text.ts";

/**
 * A dtype: NumPy's `dtype.str` where that says everything; a list of `[name, dtype]` or `[name, dtype, shape]` for packed records, as
 * `dtype.descr` has it; otherwise an object: `{"str": …, "metadata": …}`, `{"str": "<f16", "layout": "quad"}`,
 * `{"str": "|T16", "coerce": …, "na_object": …}`, or `{"fields": [{"name", "dtype", "offset", "shape", "title"}], "itemsize", "aligned", "record"}`.
 */
export function writeDType(out: ByteOut, dtype: DType): void {
  if (dtype.kind === "struct") {
    if (isPlainRecord(dtype)) writeDescr(out, dtype);
    else writeRecord(out, dtype);
    return;
  }
  const extra = extras(dtype);
  if (extra.size === 0) writeText(out, dtypeString(dtype));
  else writeAttrs(out, new Map<string, never>([["str", dtypeString(dtype)], ...extra] as never));
}

function extras(dtype: DType): Map<string, unknown> {
  const extra = new Map<string, unknown>();
  if ((dtype.kind === "longdouble" || dtype.kind === "clongdouble") && dtype.layout !== "x87")
    extra.set("layout", dtype.layout);
  if (dtype.kind === "string") {
    extra.set("coerce", dtype.coerce);
    if (dtype.naObject !== undefined) extra.set("na_object", dtype.naObject.value);
  }
  if (dtype.metadata !== undefined) extra.set("metadata", dtype.metadata);
  return extra;
}

function isPlainRecord(dtype: DType<"struct">): boolean {
  let end = 0;
  for (const field of dtype.fields) {
    if (field.offset !== end || field.title !== undefined) return false;
    end += field.dtype.itemsize * fieldCount(field);
  }
  return end === dtype.itemsize && !dtype.aligned && !dtype.record && dtype.metadata === undefined && end > 0;
}

function writeDescr(out: ByteOut, dtype: DType<"struct">): void {
  out.byte(91);
  dtype.fields.forEach((field, i) => {
    if (i > 0) out.comma();
    out.byte(91);
    writeText(out, field.name);
    out.comma();
    writeDType(out, field.dtype);
    if (field.shape.length > 0) {
      out.comma();
      writeShape(out, field.shape);
    }
    out.byte(93);
  });
  out.byte(93);
}

function writeRecord(out: ByteOut, dtype: DType<"struct">): void {
  out.text('{"fields": [');
  dtype.fields.forEach((field, i) => {
    if (i > 0) out.comma();
    writeField(out, field);
  });
  out.text(`], "itemsize": ${dtype.itemsize}`);
  if (dtype.aligned) out.text(`, "aligned": true, "alignment": ${dtype.alignment}`);
  if (dtype.record) out.text(', "record": true');
  if (dtype.metadata !== undefined) {
    out.text(', "metadata": ');
    writeAttrs(out, dtype.metadata);
  }
  out.byte(125);
}

function writeField(out: ByteOut, field: Field): void {
  out.text('{"name": ');
  writeText(out, field.name);
  out.text(', "dtype": ');
  writeDType(out, field.dtype);
  out.text(`, "offset": ${field.offset}`);
  if (field.shape.length > 0) {
    out.text(', "shape": ');
    writeShape(out, field.shape);
  }
  if (field.title !== undefined) {
    out.text(', "title": ');
    writePlain(out, field.title);
  }
  out.byte(125);
}

export function writeShape(out: ByteOut, shape: readonly number[]): void {
  out.text(`[${shape.join(out.indent === 0 ? "," : ", ")}]`);
}
