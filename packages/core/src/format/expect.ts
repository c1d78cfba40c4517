import { type AnyArray, isMaskedArray } from "../array/any.ts";
import { type Bundle, isBundle } from "../array/bundle.ts";
import { type Kind, storageRules } from "../dtype/elements.ts";
import { OptionError, quoteText } from "../errors.ts";
import type { As } from "./registry-types.ts";

const classes: { readonly [A in As]: string } = {
  plain: "a plain array",
  masked: "a masked array",
  array: "an array",
  bundle: "a bundle",
};

/** Throws OptionError for `as` and `dtype` that mean nothing. */
export function checkExpectation(as: As | undefined, dtype: Kind | undefined): void {
  if (as !== undefined && !Object.hasOwn(classes, as))
    throw new OptionError(
      "OPTION_INVALID",
      `as is one of ${Object.keys(classes).join(", ")}, not "${quoteText(String(as), 40)}"`,
      "as",
    );
  if (dtype !== undefined && !Object.hasOwn(storageRules, dtype))
    throw new OptionError(
      "OPTION_INVALID",
      `dtype is one of ${Object.keys(storageRules).join(", ")}, not "${quoteText(String(dtype), 40)}"`,
      "dtype",
    );
  if (dtype !== undefined && as === "bundle")
    throw new OptionError("OPTION_INVALID", "a bundle has no dtype: its arrays have", "dtype");
}

/** Throws OptionError DTYPE_MISMATCH when a value is not of the class or the dtype the caller expects. */
export function demandExpected(value: AnyArray | Bundle, as: As | undefined, dtype: Kind | undefined): void {
  const found = isBundle(value) ? "bundle" : isMaskedArray(value) ? "masked" : "plain";
  const want = as ?? (dtype === undefined ? undefined : "array");
  if (want !== undefined && found !== want && !(want === "array" && found !== "bundle"))
    throw new OptionError(
      "DTYPE_MISMATCH",
      `the file holds ${describeFound(value, found)}, not ${classes[want]}`,
      "as",
    );
  if (dtype !== undefined && !isBundle(value) && value.dtype.kind !== dtype)
    throw new OptionError("DTYPE_MISMATCH", `the array is ${value.dtype.kind}, not ${dtype}; see astype()`, "dtype");
}

function describeFound(value: AnyArray | Bundle, found: As): string {
  if (!isBundle(value)) return classes[found];
  const names = value.names.slice(0, 8).map((name) => `"${quoteText(name, 40)}"`);
  if (names.length === 0) return "no arrays";
  return `a bundle of ${names.join(", ")}${value.names.length > 8 ? ", …" : ""} (take one with select)`;
}
