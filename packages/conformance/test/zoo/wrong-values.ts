import {
  arrayFromBytes,
  dtypes,
  isBundle,
  isMaskedArray,
  type NdArray,
  swapLanes,
  withByteOrder,
} from "@masquerade/core";
import { eachArray, good, onData, reads, type Wrong, writes, wrong } from "./mutant.ts";

/** Rewrites the typed storage of arrays of one kind. */
const remap = (kind: string, change: (storage: never) => unknown): ReturnType<typeof writes> =>
  writes((a) =>
    onData(a, (d) =>
      d.dtype.kind === kind
        ? d.with({ storage: change(d.toC() as never) as never, shape: d.shape, order: "C", offset: 0 })
        : d,
    ),
  );

const quiet = (storage: BigUint64Array): BigUint64Array =>
  storage.map((bits) =>
    (bits & 0x7ff0000000000000n) === 0x7ff0000000000000n && (bits & 0xfffffffffffffn) !== 0n
      ? 0x7ff8000000000000n
      : bits,
  );

/** Faults with values, dtypes, orders and views. */
export const wrongValues: readonly Wrong[] = [
  wrong(
    "int64 through number",
    "roundtrip/int64",
    remap("int64", (s: BigInt64Array) => s.map((v) => BigInt.asIntN(64, BigInt(Number(v))))),
  ),
  wrong(
    "uint64 through number",
    "roundtrip/uint64",
    remap("uint64", (s: BigUint64Array) => s.map((v) => BigInt.asUintN(64, BigInt(Number(v))))),
  ),
  wrong(
    "datetimes through number",
    "roundtrip/datetime64",
    remap("datetime64", (s: BigInt64Array) => s.map((v) => BigInt.asIntN(64, BigInt(Number(v))))),
  ),
  wrong(
    "NaN payloads lost",
    "roundtrip/float64",
    remap("float64", (s: Float64Array) => new Float64Array(quiet(new BigUint64Array(s.slice().buffer)).buffer)),
  ),
  wrong(
    "-0 becomes 0",
    "roundtrip/float64",
    remap("float64", (s: Float64Array) => s.map((v) => (v === 0 ? 0 : v))),
  ),
  wrong(
    "float64 through float32",
    "roundtrip/float64",
    remap("float64", (s: Float64Array) => Float64Array.from(Float32Array.from(s))),
  ),
  wrong(
    "float16 subnormals flushed",
    "roundtrip/float16",
    remap("float16", (s: Uint16Array) => s.map((b) => ((b & 0x7c00) === 0 ? b & 0x8000 : b))),
  ),
  wrong(
    "complex conjugated",
    "roundtrip/complex128",
    remap("complex128", (s: Float64Array) => s.map((v, i) => (i % 2 ? -v : v))),
  ),
  wrong(
    "bools come back false",
    "roundtrip/bool",
    remap("bool", (s: Uint8Array) => s.map(() => 0)),
  ),
  wrong(
    "characters beyond the basic plane replaced",
    "roundtrip/str",
    remap("str", (s: Uint32Array) => s.map((c) => (c > 0xffff ? 0xfffd : c))),
  ),
  wrong(
    "bytes as UTF-8",
    "roundtrip/bytes",
    remap("bytes", (s: Uint8Array) => s.map((b) => (b > 127 ? 63 : b))),
  ),
  wrong(
    "longdouble through float64",
    "roundtrip/longdouble",
    remap("longdouble", (s: Uint8Array) => s.map((b, i) => (i % 16 < 1 ? 0 : b))),
  ),
  wrong(
    "byte order lost",
    "roundtrip/int32",
    reads((a) => onData(a, (d) => d.with({ dtype: withByteOrder(d.dtype, "little") }))),
  ),
  wrong(
    "big-endian data read as little",
    "roundtrip/float32",
    reads((a) => onData(a, (d) => (d.dtype.byteOrder === "big" && d.dtype.kind === "float32" ? swapped(d) : d))),
  ),
  wrong(
    "Fortran order lost",
    "roundtrip/float64",
    reads((a) => (isMaskedArray(a) ? a.copy("C") : a.copy("C"))),
  ),
  wrong(
    "Fortran arrays transposed",
    "roundtrip/float64",
    reads((a) => (a.order === "F" ? a.transpose() : a)),
  ),
  wrong(
    "0-d becomes 1-d",
    "roundtrip/float64",
    reads((a) => (a.shape.length === 0 ? a.reshape([1]) : a)),
  ),
  wrong(
    "empty arrays lose their shape",
    "roundtrip/float64",
    reads((a) => (a.size === 0 ? a.reshape([0]) : a)),
  ),
  wrong(
    "axes of length one are dropped",
    "roundtrip/float64",
    reads((a) => (a.size > 0 && a.shape.includes(1) ? a.reshape(a.shape.filter((n) => n !== 1)) : a)),
  ),
  wrong(
    "time units become the default",
    "roundtrip/datetime64",
    reads((a) =>
      onData(a, (d) =>
        d.dtype.kind === "datetime64" ? d.with({ dtype: dtypes.datetime64("ns", 1, d.dtype.byteOrder) }) : d,
      ),
    ),
  ),
  wrong(
    "multiples of time units forgotten",
    "roundtrip/datetime64",
    reads((a) =>
      onData(a, (d) => (d.dtype.kind === "datetime64" ? d.with({ dtype: { ...d.dtype, multiple: 1 } }) : d)),
    ),
  ),
  wrong(
    "views written as the memory beneath",
    "purity/views",
    writes((a) =>
      onData(a, (d) =>
        d.storage.length === d.size || d.size === 0
          ? d
          : d.with({ storage: d.storage, offset: 0, shape: d.shape, order: "C" }),
      ),
    ),
  ),
  wrong("byteOffset ignored", "purity/byte-offset", {
    decode: (bytes, options) => good.decode(new Uint8Array(bytes.buffer as ArrayBuffer, 0, bytes.length), options),
  }),
  wrong("encode writes into the caller's array", "purity/input-untouched", {
    encode: (value, options) => {
      const bytes = good.encode(value, options);
      if (!isBundle(value))
        onData(value, (d) => {
          if (d.dtype.kind === "float64") (d.storage as Float64Array).fill(0);
          return d;
        });
      return bytes;
    },
  }),
  wrong("decode writes into the caller's bytes", "purity/bytes-untouched", {
    decode: (bytes, options) => {
      const value = good.decode(bytes, options);
      bytes[0] = 0;
      return value;
    },
  }),
  wrong("aliases its input though it declares not to", "purity/no-undeclared-aliasing", {
    decode: (bytes, options) => aliased(bytes, options),
  }),
  wrong("ignores copy: true", "purity/copy-means-copy", {
    capabilities: { aliasing: true },
    decode: (bytes, options) => aliased(bytes, options),
  }),
  wrong("not deterministic", "purity/deterministic", { encode: stamped() }),
  wrong("two decodes share state", "purity/no-undeclared-aliasing", { decode: remembered() }),
];

function swapped(data: NdArray): NdArray {
  const raw = data.toBytes(data.order);
  return arrayFromBytes(
    swapLanes(raw, data.dtype.itemsize, new Uint8Array(raw.length)),
    data.dtype,
    data.shape,
    data.order,
    { copy: true },
  ) as NdArray;
}

/**
 * The decoded array over the caller's own bytes, which are the first thing after the header; where those are not aligned, its bytes are
 * moved to where they are, as an adapter does that pads its header.
 */
function aliased(bytes: Uint8Array, options: object): ReturnType<typeof good.decode> {
  const value = good.decode(bytes, options);
  if (isBundle(value)) return value;
  return onData(value, (d) => {
    const start = 15 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(7, true);
    const target = bytes.byteOffset + start;
    const shift = (8 - (target % 8)) % 8;
    if (d.dtype.kind !== "float64" || start + shift + d.nbytes > bytes.length) return d;
    const over = new Uint8Array(bytes.buffer as ArrayBuffer, target + shift, d.nbytes);
    const own = arrayFromBytes(over, d.dtype, d.shape, d.order) as NdArray;
    return shift === 0 ? own : d.with({ storage: own.storage, offset: 0, shape: d.shape, order: d.order });
  });
}

function stamped(): (value: Parameters<typeof good.encode>[0], options: object) => Uint8Array {
  let count = 0;
  return (value, options) =>
    good.encode(
      eachArray(value, (a) => onData(a, (d) => d.with({ attrs: new Map([...d.attrs, ["stamp", BigInt(count++)]]) }))),
      options,
    );
}

function remembered(): (bytes: Uint8Array, options: object) => ReturnType<typeof good.decode> {
  const seen = new Map<string, ReturnType<typeof good.decode>>();
  return (bytes, options) => {
    const key = bytes.join();
    const value = seen.get(key) ?? good.decode(bytes, options);
    seen.set(key, value);
    return value;
  };
}
