import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBytes, isMasqueradeError, readFile } from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { decode } from "../src/decode.ts";
import { headerBytes, TERMINATOR } from "../src/forms.ts";
import { openMmappickle } from "../src/open.ts";
import { random } from "./support/random.ts";

const corpus = join(import.meta.dirname, "../../../corpus/mmappickle/py311-np1.26");
const limits = { maxTotalBytes: 2 ** 24, maxOpcodes: 100_000, maxStack: 100_000 };
const good = (name: string): Uint8Array => new Uint8Array(readFileSync(join(corpus, `${name}.mmdpickle`)));

/** A file of these entries: FRAME, key "k", the bytes, memo 0, alive. */
function file(...values: readonly (readonly number[])[]): Uint8Array {
  const out: number[] = [...headerBytes(1)];
  for (const value of values) {
    const frame = new Uint8Array(8);
    new DataView(frame.buffer).setBigUint64(0, BigInt(3 + value.length + 8), true);
    out.push(0x95, ...frame, 0x8c, 1, 0x6b, ...value, 0x4a, 0, 0, 0, 0, 0x30, 0x88, 0x30);
  }
  return Uint8Array.from([...out, ...TERMINATOR]);
}
const text = (value: string): number[] => [0x8c, value.length, ...new TextEncoder().encode(value)];
const fromString = [
  ...[...text("numpy.core.fromnumeric"), ...text("reshape"), 0x93],
  ...[...text("numpy.core.multiarray"), ...text("fromstring"), 0x93],
];
const u64 = (n: bigint): number[] => [...new Uint8Array(BigUint64Array.of(n).buffer)];
const arrayValue = (bytes: number[], claimed: bigint, dtype: string, shape: readonly number[]): number[] => [
  ...fromString,
  ...[0x8e, ...u64(claimed), ...bytes, ...text(dtype), 0x86, 0x52, ...shape, 0x86, 0x52],
];

describe("refused, and why", () => {
  const cases: readonly (readonly [what: string, bytes: Uint8Array, code: string])[] = [
    ["nothing", new Uint8Array(0), "FORMAT_TRUNCATED"],
    ["another version", headerBytes(1).map((b, i) => (i === 12 ? 2 : b)), "FORMAT_VERSION"],
    ["an ordinary pickle", Uint8Array.of(0x80, 4, 0x95, 3, 0, 0, 0, 0, 0, 0, 0, 0x4b, 1, 0x2e), "FORMAT_MALFORMED"],
    ["a foreign name", file([...text("os"), ...text("system"), 0x93]), "UNSAFE_GLOBAL"],
    ["reshape called by a plain entry", file([0x4e, 0x30, ...fromString]), "UNSAFE_GLOBAL"],
    ["a value that ends early", file([0x4e, 0x2e, 0x4e]), "FORMAT_MALFORMED"],
    ["an entry without a value", file([]), "FORMAT_MALFORMED"],
    ["an array longer than the file", file(arrayValue([], 2n ** 40n, "float64", [0x4b, 1, 0x85])), "FORMAT_MALFORMED"],
    ["2^64 - 1 bytes", file(arrayValue([], 2n ** 64n - 1n, "float64", [0x4b, 1, 0x85])), "FORMAT_MALFORMED"],
    ["a shape that does not fit", file(arrayValue([1, 2, 3], 3n, "int8", [0x4b, 4, 0x85])), "FORMAT_MALFORMED"],
    ["a negative dimension", file(arrayValue([], 0n, "int8", [0x4a, 255, 255, 255, 255, 0x85])), "FORMAT_MALFORMED"],
    ["a shape that is no tuple", file(arrayValue([1], 1n, "int8", [0x4b, 1, 0x86])), "FORMAT_MALFORMED"],
    [
      "objects from bytes",
      file(arrayValue([0, 0, 0, 0, 0, 0, 0, 0], 8n, "object", [0x4b, 1, 0x85])),
      "FORMAT_MALFORMED",
    ],
    ["no dtype", file(arrayValue([1], 1n, "float65", [0x4b, 1, 0x85])), "FORMAT_MALFORMED"],
    [
      "elements without bytes",
      file(arrayValue([], 0n, "|V0", [0x4a, 255, 255, 255, 127, 0x4a, 255, 255, 255, 127, 0x86])),
      "LIMIT_EXCEEDED",
    ],
    [
      "something behind an array",
      file([...arrayValue([1], 1n, "int8", [0x4b, 1, 0x85]), 0x4e, 0x30]),
      "FORMAT_MALFORMED",
    ],
    ["an entry that runs over the end", file([0x4e]).map((b, i) => (i === 25 ? 200 : b)), "FORMAT_TRUNCATED"],
    ["only plain values", file([0x4e]), "CAPABILITY_MISSING"],
  ];
  for (const [what, bytes, code] of cases)
    test(what, async () => {
      expect(() => decode(bytes)).toThrow(expect.objectContaining({ code }));
      await expect(openMmappickle(fromBytes(bytes)).then((f) => readFile(f))).rejects.toMatchObject({ code });
    });

  test("more keys than the limit", () => {
    const bytes = file([0x4e], [0x4e], [0x4e]);
    expect(() => decode(bytes, { limits: { maxMembers: 2 } })).toThrow(
      expect.objectContaining({ limit: "maxMembers" }),
    );
  });

  test("a foreign name in a dead entry is not looked at, nor one that is not selected", () => {
    const foreign = [...text("os"), ...text("system"), 0x93];
    const bytes = file(foreign, arrayValue([7], 1n, "int8", [0x4b, 1, 0x85]));
    const entry = 24 + 9 + 3 + foreign.length + 8;
    expect(bytes[entry - 2]).toBe(0x88);
    bytes[entry - 2] = 0x30;
    expect(String(decode(bytes, { select: "k" }))).toBe("array([7], dtype=int8)");
    // Alive, it is still overruled by the later entry of the same key.
    bytes[entry - 2] = 0x88;
    expect(String(decode(bytes, { select: "k" }))).toBe("array([7], dtype=int8)");
  });
});

test("2,000 mutants of mmappickle's files: a value or a typed error, the same whole and by parts", async () => {
  const next = random(inject("seed"));
  const files = readdirSync(corpus)
    .filter((name) => /dtype-(f8|U7|M8-D)|masked|plain|generic|struct|rewritten|stub/.test(name))
    .map((name) => new Uint8Array(readFileSync(join(corpus, name))));
  const outcomes = new Map<string, number>();
  for (let i = 0; i < 2000; i++) {
    let bytes = (files[next(files.length)] as Uint8Array).slice();
    for (let n = 1 + next(3); n > 0; n--) {
      const at = next(bytes.length);
      const way = next(5);
      if (way === 0) bytes[at] = next(256);
      else if (way === 1) bytes[at] = (bytes[at] as number) ^ (1 << next(8));
      else if (way === 2) bytes = bytes.slice(0, Math.max(at, 1));
      else if (way === 3) bytes.copyWithin(at, next(bytes.length), next(bytes.length));
      else bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(next(at + 1))]);
    }
    const whole = outcome(() => decode(bytes, { limits }));
    const parts = await openMmappickle(fromBytes(bytes), { limits })
      .then((opened) => readFile(opened))
      .then(() => "value", code);
    if (whole === "value") expect(parts, `mutant ${i}`).toBe("value");
    outcomes.set(whole, (outcomes.get(whole) ?? 0) + 1);
  }
  expect(outcomes.get("value")).toBeGreaterThan(100);
  expect(outcomes.get("FORMAT_MALFORMED")).toBeGreaterThan(100);
});

function outcome(work: () => unknown): string {
  try {
    work();
    return "value";
  } catch (error) {
    return code(error);
  }
}

/** The code of a typed error; anything else fails the test. */
function code(error: unknown): string {
  if (!isMasqueradeError(error)) throw error;
  if (error.message.length > 500 || /[\n\r]/.test(error.message)) throw new Error(`a bad error: ${error.message}`);
  return error.code;
}

test("every cut of a file is refused", () => {
  for (const name of ["dtype-f8", "masked", "plain"]) {
    const bytes = good(name);
    for (let n = 0; n < bytes.length; n++)
      expect(() => decode(bytes.slice(0, n)), `${name} cut at ${n}`).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^FORMAT_(TRUNCATED|MALFORMED)$/) }),
      );
  }
});
