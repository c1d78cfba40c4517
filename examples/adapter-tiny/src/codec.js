// TINY1 newline, {"kind": …, "shape": […], "mask": "plain" | "nomask" | "mask"} newline, the elements, the mask.
import * as core from "@masquerade/core";
import { MAGIC, tiny } from "./format.js";

/** @param {string} message @param {number} offset */
const malformed = (message, offset) => new core.FormatError("FORMAT_MALFORMED", "tiny", message, { offset });

/** @type {import("@masquerade/core").Codec<"sync">} */
export const codec = {
  encode(value, options = {}) {
    core.checkOptions("tiny", tiny.options.write, options);
    core.throwIfAborted(options.signal);
    core.refuseLosses("tiny", tiny.losses(core.describe(value)), options);
    const [first] = core.eachArray(value);
    const array = first?.[1];
    if (array === undefined || !tiny.capabilities.kinds.includes(array.dtype.kind))
      throw new core.CapabilityError("tiny", "dtype", "there is no array of numbers to write");
    const data = core.isMaskedArray(array) ? array.data : array;
    const little = data.with({ dtype: core.withByteOrder(data.dtype, "little") });
    const { mask } = core.headerOf(array);
    const header = new TextEncoder().encode(JSON.stringify({ kind: data.dtype.kind, shape: data.shape, mask }));
    const flags = core.isMaskedArray(array) && array.mask !== core.nomask ? array.mask.toBytes("C") : [];
    return Uint8Array.from([...MAGIC, ...header, 10, ...little.toBytes("C"), ...flags]);
  },

  decode(bytes, options = {}) {
    core.checkOptions("tiny", tiny.options.read, options);
    core.throwIfAborted(options.signal);
    if (options.select)
      throw new core.OptionError("INDEX_INVALID", "tiny: there is one array without a name", "select");
    const end = bytes.indexOf(10, MAGIC.length);
    if (tiny.sniff(bytes) !== "yes" || end < 0) throw malformed("no header line", 0);
    const { dtype, shape, mask } = readHeader(bytes.subarray(MAGIC.length, end));
    const limits = core.resolveLimits(options.limits);
    const size = core.checkShape(shape, dtype.itemsize, limits, { format: "tiny", offset: MAGIC.length });
    const [from, split] = [end + 1, end + 1 + size * dtype.itemsize];
    if (split - from > limits.maxBytes)
      throw new core.LimitError("maxBytes", `${split - from} bytes`, { format: "tiny" });
    // The bytes are there, and nothing else is, before anything is allocated.
    const stop = mask === "mask" ? split + size : split;
    if (bytes.length !== stop)
      throw malformed(`${stop} bytes are due, there are ${bytes.length}`, Math.min(stop, bytes.length));
    let data = core.arrayFromBytes(bytes.subarray(from, split), dtype, shape, "C", { copy: true });
    if (options.out) data = core.fillOut(data, options.out);
    if (mask === "plain") return data;
    if (mask === "nomask") return new core.MaskedArray({ data });
    const flags = core.arrayFromBytes(bytes.subarray(split, stop), core.dtypes.simple("bool"), shape, "C", {
      copy: true,
    });
    return new core.MaskedArray({ data, mask: flags });
  },
};

/** @param {Uint8Array} line */
function readHeader(line) {
  try {
    const { kind, shape, mask } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
    if (!tiny.capabilities.kinds.includes(kind) || !Array.isArray(shape) || !["plain", "nomask", "mask"].includes(mask))
      throw new TypeError("kind, shape or mask is none there is");
    return { dtype: core.dtypes.simple(kind), shape, mask };
  } catch (cause) {
    throw new core.FormatError("FORMAT_MALFORMED", "tiny", "the header line is not one of this format", {
      offset: MAGIC.length,
      cause,
    });
  }
}
