import { CapabilityError, type DType, type Order } from "@masquerade/core";
import { descrOf } from "./descr.ts";
import { formatLiteral } from "./format-literal.ts";
import { type NpyVersion, npyMagic, npyVersions } from "./npy-header.ts";

/** What a header is made from. */
export interface NpyHeaderInit {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Default "C". */
  readonly order?: Order | undefined;
  /** Default: the lowest that can hold it, as np.save chooses. */
  readonly version?: NpyVersion | undefined;
  /** Format id that errors carry. Default "npy". */
  readonly format?: string | undefined;
}

/** The header's length is a multiple of this (numpy.lib.format.ARRAY_ALIGN). */
const ALIGN = 64;
/** Digits for which the axis that grows has room (GROWTH_AXIS_MAX_DIGITS). */
const GROWTH_DIGITS = 21;

/**
 * The header np.save writes for such an array, byte for byte: everything before the data.
 * Throws CapabilityError where NumPy has no header: overlapping fields, more than fits the version asked for.
 */
export function writeNpyHeader(init: NpyHeaderInit): Uint8Array {
  const { shape, format = "npy" } = init;
  const fortran = init.order === "F";
  const dims = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const descr = formatLiteral(descrOf(init.dtype, format));
  const dict = `{'descr': ${descr}, 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${dims}, }`;
  const growing = shape.at(fortran ? -1 : 0);
  const room = growing === undefined ? 0 : GROWTH_DIGITS - String(growing).length;
  const text = dict + " ".repeat(Math.max(room, 0));
  for (const version of init.version === undefined ? VERSIONS : [init.version]) {
    const made = wrap(text, version);
    if (made !== undefined) return made;
  }
  throw new CapabilityError(
    format,
    "layout",
    `the header does not fit version ${init.version?.join(".") ?? "3.0"}: ${text.length} characters`,
  );
}

const VERSIONS: readonly NpyVersion[] = [
  [1, 0],
  [2, 0],
  [3, 0],
];

/** The complete header, or undefined where length or characters do not fit the version. */
function wrap(text: string, version: NpyVersion): Uint8Array | undefined {
  const rule = npyVersions[version[0]];
  const encoded = rule && encode(text, rule.encoding);
  if (rule === undefined || encoded === undefined) return undefined;
  const prefix = 8 + rule.lengthBytes;
  const unpadded = prefix + encoded.length + 1;
  const total = unpadded + ALIGN - (unpadded % ALIGN);
  const length = total - prefix;
  if (length >= 2 ** (8 * rule.lengthBytes)) return undefined;
  const out = new Uint8Array(total).fill(0x20);
  out.set(npyMagic);
  out[6] = version[0];
  out[7] = 0;
  for (let i = 0, rest = length; i < rule.lengthBytes; i++, rest = Math.floor(rest / 256)) out[8 + i] = rest % 256;
  out.set(encoded, prefix);
  out[total - 1] = 0x0a;
  return out;
}

function encode(text: string, encoding: "latin-1" | "utf-8"): Uint8Array | undefined {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return undefined;
    bytes[i] = code;
  }
  return bytes;
}
