// Damaged and malicious files: a typed error, or what NumPy itself reads from those bytes.
import { npy, npz } from "@masquerade/adapter-npy";
import { random } from "@masquerade/conformance";
import { type AnyArray, type Bundle, fromBytes, isBundle, type NdArray } from "@masquerade/core";
import { descrOf, formatLiteral } from "@masquerade/numpy";
import { describe, expect, inject, test } from "vitest";
import { codeOf, codeOfAsync } from "./support/codes.ts";
import { corpusFile, corpusJson } from "./support/files.ts";

const npyCodec = await npy.codec();
const npzCodec = await npz.codec();

interface Flips {
  readonly samples: readonly {
    readonly what: string;
    readonly file: string;
    readonly header: number;
    readonly accepted: Readonly<Record<string, { descr: string; shape: number[]; fortran: boolean; data: string }>>;
  }[];
}

/** Bits NumPy accepts and we refuse: a NUL amid the padding (all samples), and "<i2" become "4i2", a sub-array outside the shape. */
const stricter: Readonly<Record<string, readonly number[]>> = {
  "<i2 (2, 3)": [179, 533],
  "Fortran >f4": [525],
  structured: [709],
  "version 2.0, 0-d U2": [517],
  "version 3.0, bool": [533],
};

describe("one bit of the header flipped", () => {
  test.each((corpusJson("npy/flips.json") as Flips).samples.map((s) => [s.what, s] as const))("%s", (_, sample) => {
    const bytes = Uint8Array.from(Buffer.from(sample.file, "base64"));
    const refused: number[] = [];
    let read = 0;
    for (let bit = 0; bit < sample.header * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      let value: AnyArray | Bundle | undefined;
      const code = codeOf(() => {
        value = npyCodec.decode(flipped, { trailing: "ignore" });
      });
      const numpy = sample.accepted[String(bit)];
      if (code !== undefined) {
        if (numpy !== undefined) refused.push(bit);
        continue;
      }
      read++;
      expect(numpy, `bit ${bit} is read, and NumPy refuses it`).toBeDefined();
      const array = value as NdArray;
      expect(formatLiteral(descrOf(array.dtype)), `bit ${bit}`).toBe(numpy?.descr);
      expect(array.shape).toEqual(numpy?.shape);
      expect(array.order === "F").toBe(numpy?.fortran);
      expect(Buffer.from(array.toBytes("C")).toString("base64")).toBe(numpy?.data);
    }
    expect(read).toBeGreaterThan(3);
    expect(refused).toEqual(stricter[sample.what]);
  });
});

describe("truncated at every byte", () => {
  const files = [
    ["npy/np2/dtype-f8.npy", npyCodec, npy],
    ["npy/np2/struct-nested.npy", npyCodec, npy],
    ["npz/np2/several.npz", npzCodec, npz],
    ["npz/np2/masked-f8-compressed.npz", npzCodec, npz],
  ] as const;
  test.each(files)("%s", async (name, codec) => {
    const bytes = corpusFile(name);
    for (let cut = 0; cut < bytes.length; cut++) {
      const part = bytes.subarray(0, cut);
      expect(
        codeOf(() => codec.decode(part)),
        `${cut} bytes`,
      ).toMatch(/^FORMAT_(TRUNCATED|MALFORMED)$/);
      const opened = await codeOfAsync(() => codec.open?.(fromBytes(part)) as Promise<unknown>);
      expect(opened, `open of ${cut} bytes`).toMatch(/^FORMAT_(TRUNCATED|MALFORMED)$/);
    }
  });
});

interface Case {
  readonly file: string;
  readonly why: string;
  readonly code?: string;
  readonly keys?: readonly string[];
}

describe("hostile archives", () => {
  test.each((corpusJson("npz/hostile/hostile.json") as Case[]).map((c) => [c.file, c] as const))("%s", async (_, c) => {
    const bytes = corpusFile(c.file);
    if (c.code !== undefined) {
      expect(
        codeOf(() => npzCodec.decode(bytes)),
        c.why,
      ).toBe(c.code);
      // Opened lazily, what only the data themselves can tell comes out when they are read.
      const lazily = await codeOfAsync(async () => {
        const file = await npzCodec.open?.(fromBytes(bytes));
        for (const name of file?.names ?? []) await file?.array(name).read();
      });
      if (!["crc-data", "crc-both"].some((name) => c.file.includes(name))) expect(lazily, c.why).toBe(c.code);
      return;
    }
    const value = npzCodec.decode(bytes, { plain: true });
    expect(isBundle(value) && value.names).toEqual(c.keys);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    const again = npzCodec.decode(npzCodec.encode(npzCodec.decode(bytes)), { plain: true });
    expect(isBundle(again) && [...again.names].sort()).toEqual([...(c.keys ?? [])].sort());
  });
});

describe("mutants", () => {
  const seeds = [
    ["npy", "npy/np2/struct-nested.npy"],
    ["npy", "npy/np1/shape-f8-2x3-fortran.npy"],
    ["npz", "npz/np2/masked-named.npz"],
    ["npz", "npz/np1/masked-nested-compressed.npz"],
  ] as const;
  test.each(seeds)("%s from %s: a value, or a typed error; the same twice", async (format, name) => {
    const codec = format === "npy" ? npyCodec : npzCodec;
    const seed = corpusFile(name);
    const rnd = random(inject("seed"));
    for (let i = 0; i < 500; i++) {
      const mutant = mutate(seed, rnd);
      const before = mutant.slice();
      const first = codeOf(() => codec.decode(mutant));
      expect(
        codeOf(() => codec.decode(mutant)),
        `mutant ${i}`,
      ).toBe(first);
      expect(Buffer.compare(mutant, before)).toBe(0);
      await codeOfAsync(async () => {
        const file = await codec.open?.(fromBytes(mutant));
        for (const array of file?.names ?? []) await file?.array(array).read();
      });
    }
  });
});

/** Flips, cuts, splices, and lengths changed to interesting ones. */
function mutate(seed: Uint8Array, rnd: ReturnType<typeof random>): Uint8Array {
  const bytes = seed.slice();
  const at = rnd.below(bytes.length);
  switch (rnd.below(5)) {
    case 0:
      for (let k = 0; k <= rnd.below(4); k++) {
        const where = rnd.below(bytes.length);
        bytes[where] = (bytes[where] as number) ^ (1 << rnd.below(8));
      }
      return bytes;
    case 1:
      return bytes.slice(0, at);
    case 2:
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(rnd.below(bytes.length))]);
    case 3:
      bytes.fill([0, 1, 0x7f, 0x80, 0xff][rnd.below(5)] as number, at, at + 1 + rnd.below(8));
      return bytes;
    default:
      bytes[at] = rnd.below(256);
      return bytes;
  }
}

describe("limits and refusals", () => {
  const f8 = corpusFile("npy/np2/dtype-f8.npy");
  test("bytes of one array", () => {
    expect(codeOf(() => npyCodec.decode(f8, { limits: { maxBytes: 95 } }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => npyCodec.decode(f8, { limits: { maxBytes: 96 } }))).toBeUndefined();
    const several = corpusFile("npz/np2/several.npz");
    expect(codeOf(() => npzCodec.decode(several, { limits: { maxMembers: 2 } }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => npzCodec.decode(several, { limits: { maxTotalBytes: 300 } }))).toBe("LIMIT_EXCEEDED");
    expect(codeOf(() => npzCodec.decode(several, { limits: { maxBytes: 20 } }))).toBe("LIMIT_EXCEEDED");
  });
  test("bytes after the array, by option", () => {
    const longer = Uint8Array.from([...f8, 1, 2, 3]);
    expect(codeOf(() => npyCodec.decode(longer))).toBe("FORMAT_MALFORMED");
    expect((npyCodec.decode(longer, { trailing: "ignore" }) as NdArray).shape).toEqual([3, 4]);
    expect(codeOf(() => npyCodec.decode(longer, { trailing: "arrays" }))).toBe("FORMAT_MALFORMED");
  });
  test("options nobody has, members nobody has", () => {
    expect(codeOf(() => npyCodec.decode(f8, { plane: 1 } as object))).toBe("OPTION_UNKNOWN");
    expect(codeOf(() => npyCodec.decode(f8, { select: "x" }))).toBe("INDEX_INVALID");
    expect(codeOf(() => npzCodec.decode(corpusFile("npz/np2/nested.npz"), { select: "group/none" }))).toBe(
      "INDEX_INVALID",
    );
    expect(codeOf(() => npzCodec.decode(corpusFile("npz/np2/masked-f8.npz"), { select: "x" }))).toBe("INDEX_INVALID");
  });
});
