import {
  type AnyArray,
  type Bundle,
  type DecodeOptions,
  fillOut,
  isArray,
  isBundle,
  isMaskedArray,
  OptionError,
} from "@masquerade/core";

/** What the caller asked for of it. */
export function finished(value: AnyArray | Bundle, options: DecodeOptions): AnyArray | Bundle {
  const { select, out } = options;
  if (select !== undefined && select !== "" && !isBundle(value))
    throw new OptionError("INDEX_INVALID", "the file holds one array without a name", "select");
  const chosen = select !== undefined && select !== "" && isBundle(value) ? value.get(select) : value;
  if (out === undefined) return chosen;
  if (!isArray(chosen)) throw new OptionError("OPTION_INVALID", "out takes one array; select it", "out");
  return isMaskedArray(chosen) ? chosen.with({ data: fillOut(chosen.data, out) }) : fillOut(chosen, out);
}
