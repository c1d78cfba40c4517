// {"ndarray": 1, "kind": …, "shape": […], "data": bytes, "valid": bytes, null (nomask) or false (a plain array)}
import * as core from "@masquerade/core";
import { decode, encode } from "@msgpack/msgpack";
import { toMask, toValidity } from "./bitmap.js";
import { msgpack } from "./format.js";

/**
 * @param {string} message
 * @param {unknown} [cause]
 */
const malformed = (message, cause) =>
  new core.FormatError("FORMAT_MALFORMED", "msgpack", message, { offset: 0, cause });

/** @type {import("@masquerade/core").Codec<"async">} */
export const codec = {
  async encode(value, options = {}) {
    core.checkOptions("msgpack", msgpack.options.write, options);
    core.throwIfAborted(options.signal);
    core.refuseLosses("msgpack", msgpack.losses(core.describe(value)), options);
    const [first] = core.eachArray(value);
    const array = first?.[1];
    if (array === undefined || !msgpack.capabilities.kinds.includes(array.dtype.kind))
      throw new core.CapabilityError("msgpack", "dtype", "there is no array of numbers to write");
    const data = core.isMaskedArray(array) ? array.data : array;
    const little = data.with({ dtype: core.withByteOrder(data.dtype, "little") });
    const mask = core.isMaskedArray(array) ? array.mask : false;
    return encode({
      ndarray: 1,
      kind: data.dtype.kind,
      shape: data.shape,
      data: little.toBytes("C"),
      valid: mask === false ? false : mask === core.nomask ? null : toValidity(mask.toBytes("C")),
    }).slice();
  },

  async decode(bytes, options = {}) {
    core.checkOptions("msgpack", msgpack.options.read, options);
    core.throwIfAborted(options.signal);
    if (options.select)
      throw new core.OptionError("INDEX_INVALID", "msgpack: there is one array without a name", "select");
    const { kind, shape, data: raw, valid } = read(bytes);
    const dtype = core.dtypes.simple(/** @type {core.SimpleKind} */ (kind));
    const limits = core.resolveLimits(options.limits);
    const size = core.checkShape(shape, dtype.itemsize, limits, { format: "msgpack", offset: 0 });
    if (size * dtype.itemsize > limits.maxBytes)
      throw new core.LimitError("maxBytes", `${size * dtype.itemsize} bytes`, { format: "msgpack" });
    const bits = (size + 7) >> 3;
    if (raw.length !== size * dtype.itemsize || (valid instanceof Uint8Array && valid.length !== bits))
      throw malformed(`${size} elements are due, the file has bytes for others`);
    let data = /** @type {core.NdArray} */ (core.arrayFromBytes(raw, dtype, shape, "C", { copy: true }));
    if (options.out) data = core.fillOut(data, options.out);
    if (valid === false) return data;
    if (valid === null) return new core.MaskedArray({ data });
    const mask = core.arrayFromBytes(toMask(valid, size), core.dtypes.simple("bool"), shape, "C");
    return new core.MaskedArray({ data, mask: /** @type {core.FullMask} */ (mask) });
  },
};

/**
 * What is in the file, each part of the type it must have. Whatever the library throws becomes an error of ours.
 * @param {Uint8Array} bytes
 * @returns {{ kind: string, shape: number[], data: Uint8Array, valid: Uint8Array | null | false }}
 */
function read(bytes) {
  if (msgpack.sniff(bytes) !== "yes") throw malformed("this is no array in MessagePack");
  /** @type {any} */
  let found;
  try {
    found = decode(bytes);
  } catch (cause) {
    throw malformed("it is no whole MessagePack value", cause);
  }
  const { ndarray, kind, shape, data, valid } = found ?? {};
  const known = ndarray === 1 && msgpack.capabilities.kinds.includes(kind) && Array.isArray(shape);
  const flags = valid === false || valid === null || valid instanceof Uint8Array;
  if (!known || !(data instanceof Uint8Array) || !flags) throw malformed("it does not say what array it is");
  return { kind, shape, data, valid };
}
