// Values whose names alone would be read as something else: the zip comment settles them, and is there only then.
import { npz } from "@masquerade/adapter-npy";
import {
  type AnyArray,
  Bundle,
  type BundleMember,
  difference,
  dtypes,
  fromBytes,
  isBundle,
  MaskedArray,
  NdArray,
} from "@masquerade/core";
import { describe, expect, test } from "vitest";
import { codeOf } from "./support/codes.ts";

const codec = await npz.codec();
const a = new NdArray({ dtype: dtypes.simple("float64"), shape: [2], storage: Float64Array.of(1, 2) }) as NdArray;
const named = a.with({ dims: ["x"] });
const zero = new NdArray({ dtype: dtypes.simple("bool"), shape: [], storage: Uint8Array.of(0) }) as NdArray;
const yes = new NdArray<"bool">({ dtype: dtypes.simple("bool"), shape: [2], storage: Uint8Array.of(1, 0) });
const masked = new MaskedArray({ data: a, mask: yes });
const unmasked = new MaskedArray({ data: a });
const dict = (entries: Record<string, BundleMember>): Bundle => new Bundle({ entries: Object.entries(entries) });
const sequence = (kind: "list" | "tuple", ...items: BundleMember[]): Bundle =>
  new Bundle({ kind, entries: items.map((item, i) => [String(i), item] as const) });

/** The zip comment of what we write. */
function commentOf(bytes: Uint8Array): unknown {
  const text = new TextDecoder("latin1").decode(bytes);
  const at = text.lastIndexOf('{"masquerade":');
  return at < 0 ? undefined : JSON.parse(text.slice(at));
}

const without: Record<string, AnyArray | Bundle> = {
  "one plain array": a,
  "one masked array": masked,
  "one without a mask": unmasked,
  "a dict": dict({ t: masked, u: a, v: unmasked }),
  groups: dict({ g: dict({ x: a, y: masked }), z: a }),
  "a list in a dict": dict({ l: sequence("list", a, unmasked) }),
  "an array called data in a dict": dict({ data: masked }),
  "nothing at all": dict({}),
  "names of objects": new Bundle({
    entries: [
      ["__proto__", masked],
      ["constructor", new Bundle({ entries: [["__proto__", a]] })],
    ],
  }),
};
const withComment: Record<string, AnyArray | Bundle> = {
  "a hard mask": new MaskedArray({ data: a, mask: yes, hardMask: true }),
  "dimension names": named,
  "a 0-d array without a mask": new MaskedArray({ data: zero }),
  "a dict of data": dict({ data: a }),
  "a dict of data and mask": dict({ data: a, mask: zero }),
  "a plain array called as a mask": dict({ t: a, "t.mask": yes as NdArray }),
  "a plain array spelled as others spell masks": dict({ t: a, t_mask: yes as NdArray }),
  "a dict with the names of a list": dict({ "0": a, "1": a }),
  tuples: sequence("tuple", a, sequence("tuple", unmasked)),
  "an empty tuple": sequence("tuple"),
  "slashes in names": dict({ "a/b": a, c: a }),
};

describe("there and back", () => {
  test.each([...Object.entries(without), ...Object.entries(withComment)])("%s", async (name, value) => {
    for (const compress of [false, true]) {
      const bytes = codec.encode(value, { compress });
      expect(commentOf(bytes) !== undefined, "whether there is a comment").toBe(Object.hasOwn(withComment, name));
      expect(difference(codec.decode(bytes), value)).toBeUndefined();
      const file = await codec.open?.(fromBytes(bytes));
      for (const path of file?.names ?? []) {
        const want = isBundle(value) ? value.get(path) : value;
        expect(difference((await file?.array(path).read()) as AnyArray, want)).toBeUndefined();
        expect(difference(codec.decode(bytes, { select: path }), want)).toBeUndefined();
      }
    }
  });
  test("the comment, as documented", () => {
    const hard = new MaskedArray({ data: named, mask: yes, hardMask: true });
    expect(commentOf(codec.encode(sequence("tuple", hard, dict({ k: unmasked }))))).toEqual({
      masquerade: 1,
      root: "tuple",
      masked: ["0", "1/k"],
      nomask: ["1/k"],
      hard: ["0"],
      dims: { "0": ["x"] },
    });
  });
});

test.each([
  ["two members of one name", dict({ t: masked, "t.mask": zero })],
  ["slashes beside groups", dict({ "a/b": a, g: dict({ x: a }) })],
  ["a slash in a group", dict({ g: dict({ "x/y": a }) })],
  ["an empty group", dict({ g: dict({}) })],
  ["NUL", dict({ "a\0b": a })],
  ["half a surrogate pair", dict({ "\ud800": a })],
  ["attributes", new Bundle({ entries: [["a", a]], attrs: new Map([["units", "K"]]) })],
])("refused before a byte is written: %s", (_, value) => {
  expect(codeOf(() => codec.encode(value))).toBe("CAPABILITY_MISSING");
});

test("sums of names too long for the comment are refused", () => {
  const many = new Bundle({
    entries: Array.from({ length: 300 }, (_, i) => [`${i}${"n".repeat(250)}`, named] as const),
  });
  expect(codeOf(() => codec.encode(many))).toBe("CAPABILITY_MISSING");
});
