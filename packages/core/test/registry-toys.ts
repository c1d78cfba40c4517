// Formats small enough to read at a glance, for testing what is above formats.
import {
  type AnyArray,
  arrayFromBytes,
  type Capabilities,
  CapabilityError,
  type Codec,
  describe,
  dtypes,
  type Format,
  FormatError,
  isBundle,
  isMaskedArray,
  lossesFromCapabilities,
  MaskedArray,
  type NdArray,
  nomask,
  refuseLosses,
  type Sniff,
  type Wrapper,
} from "../src/index.ts";

export const none: Capabilities = {
  kinds: ["float64"],
  mask: false,
  fieldMasks: false,
  hiddenValues: false,
  nomask: false,
  fillValue: false,
  hardMask: false,
  memoryOrder: false,
  byteOrder: false,
  attrs: false,
  dims: false,
  bundle: false,
  nested: false,
  lazy: false,
  streamed: false,
  appendable: false,
  inPlace: false,
  text: false,
  selfDescribing: true,
  compressed: false,
  aliasing: false,
};

const text = new TextEncoder();
export const starts = (bytes: Uint8Array, magic: string): boolean =>
  text.encode(magic).every((byte, i) => bytes[i] === byte);

/** MAGIC (4 bytes), "m" or "p", then float64s, for "m" a byte of mask each. One dimension. */
function vectorCodec(
  id: string,
  magic: string,
): Codec<"sync", { readonly note?: string }, { readonly strict?: boolean }> {
  return {
    encode(value, options) {
      refuseLosses(id, lossesFromCapabilities({ ...none, mask: true }, describe(value)), options ?? {});
      if (isBundle(value)) throw new CapabilityError(id, "bundle", "one array only");
      const data = (isMaskedArray(value) ? value.data : value) as NdArray;
      const raw = data.toBytes();
      const masked = isMaskedArray(value);
      const mask = masked && value.mask !== nomask ? value.mask.toBytes() : new Uint8Array(data.size);
      const note = text.encode(options?.note ?? "");
      const head = Uint8Array.of(...text.encode(magic), masked ? 0x6d : 0x70, note.length, ...note);
      const out = new Uint8Array(head.length + raw.length + (masked ? mask.length : 0));
      out.set(head);
      out.set(raw, head.length);
      if (masked) out.set(mask, head.length + raw.length);
      return out;
    },
    decode(bytes): AnyArray {
      if (!starts(bytes, magic))
        throw new FormatError("FORMAT_MALFORMED", id, `does not begin with ${magic}`, { offset: 0 });
      const masked = bytes[4] === 0x6d;
      const body = bytes.subarray(6 + (bytes[5] as number));
      const count = body.length / (masked ? 9 : 8);
      if (!Number.isInteger(count))
        throw new FormatError("FORMAT_TRUNCATED", id, "odd length", { offset: bytes.length });
      const data = arrayFromBytes(body.subarray(0, count * 8), dtypes.simple("float64"), [count]);
      if (!masked) return data;
      const mask = arrayFromBytes<"bool">(body.subarray(count * 8), dtypes.simple("bool"), [count]);
      return new MaskedArray({ data, mask });
    },
  };
}

export function vector<const Id extends string>(
  id: Id,
  magic: string,
  answer: Sniff = "yes",
  extra: Partial<Format> = {},
): Format<Id, "sync", { readonly note?: string }, { readonly strict?: boolean }> & { readonly loads: () => number } {
  let loads = 0;
  const capabilities = { ...none, mask: true, hiddenValues: true };
  return {
    id,
    title: `Vectors (${id})`,
    extensions: [`.${id}`],
    mediaTypes: [],
    timing: "sync",
    capabilities,
    options: {
      read: { strict: { type: "boolean", about: "Nothing." } },
      write: { note: { type: "string", about: "Kept in the header." } },
    },
    losses: (header) => lossesFromCapabilities(capabilities, header),
    sniff: (head) => (starts(head, magic) ? answer : "no"),
    codec: async () => {
      loads++;
      return vectorCodec(id, magic);
    },
    loads: () => loads,
    ...(extra as object),
  };
}

/** "WRAP" before the bytes. */
export const wrap: Wrapper = {
  id: "wrap",
  title: "A prefix",
  extensions: [".wrap"],
  sniff: (head) => starts(head, "WRAP"),
  unwrap: async (bytes, { maxBytes }) => {
    if (bytes.length - 4 > maxBytes) throw new FormatError("FORMAT_MALFORMED", "wrap", "too long");
    return bytes.subarray(4);
  },
};
export const wrapped = (bytes: Uint8Array): Uint8Array => Uint8Array.of(...text.encode("WRAP"), ...bytes);
