import { type DType, dtypes } from "@masquerade/core";
import { fromJson, toJson } from "../plain-json.ts";

/** What else is to be known of a StringDType, as JSON text. */
export function textDTypeJson(dtype: DType<"string">): string {
  const na = dtype.naObject === undefined ? {} : { na: toJson(dtype.naObject.value) };
  return JSON.stringify({ coerce: dtype.coerce, ...na });
}

/** What {@link textDTypeJson} wrote; undefined for anything else. Throws FormatError for a missing value that is none. */
export function textDTypeFrom(json: string): DType<"string"> | undefined {
  let told: { readonly coerce?: unknown; readonly na?: unknown };
  try {
    told = JSON.parse(json) as typeof told;
  } catch {
    return undefined;
  }
  if (told === null || typeof told !== "object" || typeof told.coerce !== "boolean") return undefined;
  const { coerce, na } = told;
  return na === undefined
    ? dtypes.stringDType({ coerce })
    : dtypes.stringDType({ coerce, naObject: { value: fromJson(JSON.stringify(na)) } });
}

/** Whether the missing value of a dtype can be told. */
export const canTell = ({ naObject }: DType<"string">): boolean =>
  naObject === undefined || toJson(naObject.value) !== undefined;
