import { raw } from "@masquerade/adapter-raw";
import { testFormat } from "@masquerade/conformance";
import { type AnyArray, type Bundle, dtypeString, isArray } from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { describe, it } from "vitest";

/** What a reader must be told. */
function describeFor(value: AnyArray | Bundle): object {
  if (!isArray(value)) return {};
  const descr = value.dtype.kind === "struct" ? formatLiteral(descrOf(value.dtype, "raw")) : dtypeString(value.dtype);
  return { descr, shape: value.shape };
}

testFormat(raw, { describe, it }, { describeFor });
