import { FormatError, quoteText } from "@masquerade/core";
import { type FloatLayout, floatRules, type H5EnumName, type H5Member, type H5Type, stringPads } from "./h5type.ts";
import { offsetSize } from "./message.ts";

/** Bytes of a message, taken from the front. */
class Reader {
  readonly bytes: Uint8Array;
  readonly offset: number;
  private at = 0;

  constructor(bytes: Uint8Array, offset: number) {
    this.bytes = bytes;
    this.offset = offset;
  }
  fail(why: string): FormatError {
    return new FormatError("FORMAT_MALFORMED", "hdf5", `a datatype message ${why}`, { offset: this.offset + this.at });
  }
  take(n: number): Uint8Array {
    if (n > this.bytes.length - this.at) throw this.fail("is cut short");
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }
  uint(n: number): number {
    let value = 0;
    for (const byte of this.take(n).toReversed()) value = value * 256 + byte;
    return value;
  }
  /** A NUL-terminated name; padded to a multiple of 8 bytes in the older versions. */
  name(padded: boolean): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw this.fail("has a name without an end");
    const length = end - this.at;
    const text = decodeName(this.take(length));
    this.take(padded ? 8 - (length % 8) : 1);
    return text;
  }
}

const decodeName = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The type a datatype message describes; classes the model has no use for are "other", with a name. Throws FormatError. */
export function parseDatatype(bytes: Uint8Array, offset: number): H5Type {
  return parse(new Reader(bytes, offset), 0);
}

/** Recursion is bounded by `depth`. */
function parse(from: Reader, depth: number): H5Type {
  if (depth > 64) throw from.fail("is nested more than 64 deep");
  const first = from.uint(1);
  const [version, number] = [first >> 4, first & 15];
  const bits = from.uint(3);
  const size = from.uint(4);
  if (version < 1 || version > 5) throw from.fail(`has version ${version}`);
  const bigEndian = (bits & 1) !== 0;
  switch (number) {
    case 0:
    case 4: {
      const [low, precision] = [from.uint(2), from.uint(2)];
      const whole = low === 0 && precision === size * 8;
      if (!whole && (number === 4 || precision < 1 || low + precision > size * 8))
        return { class: "other", size, what: `integers of ${precision} bits` };
      if (number === 4) return { class: "bitfield", size, bigEndian };
      const integer = { class: "integer", size, signed: (bits & 8) !== 0, bigEndian } as const;
      return whole ? integer : { ...integer, bits: { offset: low, precision } };
    }
    case 1:
      return parseFloatType(from, size, bits);
    case 2:
      from.take(2);
      return { class: "time", size, bigEndian };
    case 3: {
      const pad = stringPads[bits & 15];
      if (pad === undefined) throw from.fail(`has the padding ${bits & 15}`);
      return { class: "string", size, pad, utf8: ((bits >> 4) & 15) === 1 };
    }
    case 5:
      return { class: "opaque", size, tag: decodeName(from.take(bits & 0xff)).split("\0", 1)[0] as string };
    case 6:
      return { class: "compound", size, members: members(from, version, bits & 0xffff, size, depth) };
    case 8: {
      const base = parse(from, depth + 1);
      const count = bits & 0xffff;
      const labels = Array.from({ length: count }, () => from.name(version < 3));
      const signed = base.class === "integer" && base.signed;
      const values = labels.map((): number => {
        const raw = from.take(base.size);
        let value = 0;
        const little = base.class === "integer" && base.bigEndian ? raw : raw.toReversed();
        for (const byte of little) value = value * 256 + byte;
        return signed && value >= 2 ** (8 * base.size - 1) ? value - 2 ** (8 * base.size) : value;
      });
      const named = labels.map((name, i): H5EnumName => ({ name, value: values[i] as number }));
      return { class: "enum", size, base, names: named };
    }
    case 9: {
      const text = (bits & 15) === 1;
      const of = parse(from, depth + 1);
      if (text) return { class: "text", size, utf8: ((bits >> 8) & 15) === 1 };
      return { class: "other", size, what: "sequences of varying length", points: { of } };
    }
    case 10: {
      const dims = dimensions(from, version);
      return { class: "array", size, dims, base: parse(from, depth + 1) };
    }
    case 11:
      return { class: "complex", size, base: parse(from, depth + 1) };
    case 7: {
      const kind = bits & 15;
      return {
        class: "other",
        size,
        what: "references",
        points: kind === 0 ? "object" : kind === 1 ? "region" : "unknown",
      };
    }
    default:
      return { class: "other", size, what: `a datatype of class ${number}` };
  }
}

function dimensions(from: Reader, version: number): number[] {
  const rank = from.uint(1);
  if (version < 3) from.take(3);
  const dims = Array.from({ length: rank }, () => from.uint(4));
  if (version < 3) from.take(4 * rank);
  return dims;
}

function parseFloatType(from: Reader, size: number, bits: number): H5Type {
  const [low, precision] = [from.uint(2), from.uint(2)];
  const [exponentAt, exponentSize, mantissaAt, mantissaSize] = [from.uint(1), from.uint(1), from.uint(1), from.uint(1)];
  const bias = from.uint(4);
  const order = (bits & 1) | ((bits >> 5) & 2);
  for (const [name, rule] of Object.entries(floatRules))
    if (
      low === 0 &&
      mantissaAt === 0 &&
      order < 2 &&
      precision === rule.precision &&
      exponentAt === rule.exponentAt &&
      exponentSize === rule.exponentSize &&
      mantissaSize === rule.mantissaSize &&
      bias === rule.bias &&
      ((bits >> 8) & 0xff) === rule.precision - 1
    )
      return { class: "float", size, layout: name as FloatLayout, bigEndian: order === 1 };
  return { class: "other", size, what: `a float of ${precision} bits that is not IEEE's` };
}

function members(from: Reader, version: number, count: number, size: number, depth: number): H5Member[] {
  const out: H5Member[] = [];
  for (let i = 0; i < count; i++) {
    const name = from.name(version < 3);
    const offset = from.uint(version < 3 ? 4 : offsetSize(size));
    let dims: number[] = [];
    if (version === 1) {
      const rank = from.uint(1);
      from.take(11);
      dims = Array.from({ length: 4 }, () => from.uint(4)).slice(0, rank);
    }
    const one = parse(from, depth + 1);
    const total = dims.reduce((n, m) => n * m, one.size);
    const type: H5Type = dims.length === 0 ? one : { class: "array", size: total, dims, base: one };
    if (offset + type.size > size) throw from.fail(`has a member "${quoteText(name, 40)}" past its end`);
    out.push({ name, offset, type });
  }
  return out;
}
