import { Complex, FormatError, type PlainValue, Tuple } from "@masquerade/core";

/**
 * Plain values HDF5 has no type for, as JSON text: lists are arrays, floats numbers, the rest objects with one key that names the type:
 * {"int": "7"}, {"float": "NaN"}, {"bytes": "00ff"}, {"complex": [1, 2]}, {"tuple": […]}, {"dict": [[key, value], …]}.
 */
export function toJson(value: PlainValue, depth = 0): unknown {
  if (depth > 100) return undefined;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return /\p{Surrogate}/u.test(value) ? undefined : value;
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value === "number") return fromNumber(value);
  if (value instanceof Uint8Array) return { bytes: hexOf(value) };
  if (Array.isArray(value)) return listOf(value, depth);
  if (value instanceof Complex) return { complex: [fromNumber(value.re), fromNumber(value.im)] };
  if (value instanceof Tuple) {
    const items = listOf(value.items, depth);
    return items && { tuple: items };
  }
  if (value instanceof Map) {
    const pairs = listOf(
      [...value].map((pair) => pair as readonly PlainValue[]),
      depth,
    );
    return pairs && { dict: pairs };
  }
  return undefined;
}

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const fromNumber = (n: number): unknown =>
  Number.isFinite(n) && !Object.is(n, -0) ? n : { float: Object.is(n, -0) ? "-0" : String(n) };

function listOf(items: readonly PlainValue[], depth: number): unknown[] | undefined {
  const out: unknown[] = [];
  for (const item of items) {
    const one = toJson(item, depth + 1);
    if (one === undefined) return undefined;
    out.push(one);
  }
  return out;
}

/** What {@link toJson} wrote. Throws FormatError for anything else. */
export function fromJson(text: string): PlainValue {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "an attribute that is to be JSON text is none", { cause });
  }
  return revive(parsed, 0);
}

const malformed = (): FormatError =>
  new FormatError("FORMAT_MALFORMED", "hdf5", "an attribute holds JSON of another kind than its name promises");

function revive(value: unknown, depth: number): PlainValue {
  if (depth > 200) throw malformed();
  if (value === null || typeof value === "boolean" || typeof value === "string" || typeof value === "number")
    return value;
  if (Array.isArray(value)) return value.map((item) => revive(item, depth + 1));
  const entries = Object.entries(value as object);
  const [key, inner] = entries[0] ?? [];
  if (entries.length !== 1) throw malformed();
  if (key === "int" && typeof inner === "string" && /^-?\d{1,4300}$/.test(inner)) return BigInt(inner);
  if (key === "float") return reviveNumber(value);
  if (key === "bytes" && typeof inner === "string" && /^([0-9a-f]{2})*$/.test(inner))
    return Uint8Array.from({ length: inner.length / 2 }, (_, i) => Number.parseInt(inner.slice(2 * i, 2 * i + 2), 16));
  if (!Array.isArray(inner)) throw malformed();
  if (key === "tuple") return new Tuple(inner.map((item) => revive(item, depth + 1)));
  if (key === "complex" && inner.length === 2) return new Complex(reviveNumber(inner[0]), reviveNumber(inner[1]));
  if (key !== "dict") throw malformed();
  return new Map(
    inner.map((pair) => {
      if (!Array.isArray(pair) || pair.length !== 2) throw malformed();
      return [revive(pair[0], depth + 1), revive(pair[1], depth + 1)] as const;
    }),
  );
}

function reviveNumber(value: unknown): number {
  if (typeof value === "number") return value;
  const text = (value as { readonly float?: unknown } | null)?.float;
  if (text === "NaN" || text === "Infinity" || text === "-Infinity" || text === "-0") return Number(text);
  throw malformed();
}
