// What we accept NumPy reads equally: mutants of NumPy's own files, ours beside NumPy's. Where they differ, the difference is listed here.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type AnyArray, type Bundle, isMasqueradeError } from "@masquerade/core";
import { expect, inject, test } from "vitest";
import { registry } from "../src/formats.ts";
import { membersOf, treeOf } from "./support/tree.ts";

const COUNT = Number(process.env["MASQUERADE_MUTANTS"] ?? 2000);
const corpus = join(import.meta.dirname, "../../../corpus");
const limits = { maxTotalBytes: 2 ** 24, maxOpcodes: 100_000, maxStack: 100_000 };

/** Differences that were looked at: what NumPy does (a verdict of support/mutants.py), and why ours is kept. */
const reviewed: { readonly [format: string]: readonly (readonly [verdict: RegExp, why: string])[] } = {
  npy: [],
  npz: [],
  pickle: [
    [
      /^refused: (TypeError: object pickle not returning list|SystemError: )|^crashed$/,
      "a dtype whose flags say that its elements are objects, or wants them cleared: NumPy believes the flags, we the type string",
    ],
  ],
};

const seeds: { readonly [format: string]: RegExp } = {
  npy: /^(dtype-|shape-f8|struct-|v[23])/,
  npz: /^(several|masked|dtypes)/,
  pickle:
    /^(dtype-|masked-dtype|container-(dict|nested|ordered|list|tuple)|special-|string-|scalar-|state-).*-p[0-5]\.pkl$/,
};

const codecs = {
  npy: await registry.get("npy").codec(),
  npz: await registry.get("npz").codec(),
  pickle: await registry.get("pickle").codec(),
};
type Format = keyof typeof codecs;

function random(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function filesOf(format: Format): readonly Uint8Array[] {
  return ["np1", "np2"].flatMap((version) =>
    readdirSync(join(corpus, format, version))
      .filter((name) => (seeds[format] as RegExp).test(name))
      .sort()
      .map((name) => new Uint8Array(readFileSync(join(corpus, format, version, name))))
      .filter((bytes) => bytes.length < 4000),
  );
}

/** Single bits, bytes, bytes made extreme, digits exchanged, pieces of other files. */
function mutant(bytes: Uint8Array, other: Uint8Array, next: (n: number) => number): Uint8Array {
  const out = bytes.slice();
  const at = next(out.length);
  switch (next(6)) {
    case 0:
      out[at] = (out[at] as number) ^ (1 << next(8));
      return out;
    case 1:
      out[at] = next(256);
      return out;
    case 2:
      out.fill([0, 1, 0x7f, 0x80, 0xff][next(5)] as number, at, at + 1 + next(4));
      return out;
    case 3: {
      const digits = [...out.keys()].filter((i) => (out[i] as number) >= 0x30 && (out[i] as number) <= 0x39);
      if (digits.length > 0) out[digits[next(digits.length)] as number] = 0x30 + next(10);
      return out;
    }
    case 4: {
      const from = next(other.length);
      return Uint8Array.from([
        ...out.subarray(0, at),
        ...other.subarray(from, from + next(40)),
        ...out.subarray(at + next(20)),
      ]);
    }
    default:
      return Uint8Array.from([...out.subarray(0, at), ...out.subarray(at + 1 + next(4))]);
  }
}

function read(format: Format, bytes: Uint8Array): unknown {
  try {
    if (format === "npy") return treeOf(codecs.npy.decode(bytes, { limits, trailing: "ignore" }));
    if (format === "npz") return membersOf(codecs.npz.decode(bytes, { limits, plain: true }) as Bundle);
    return treeOf(codecs.pickle.decode(bytes, { limits }) as AnyArray | Bundle);
  } catch (error) {
    if (!isMasqueradeError(error)) throw error;
    return undefined;
  }
}

for (const format of Object.keys(codecs) as Format[])
  test(`${format}: ${COUNT} mutants`, async () => {
    const python = process.env["MASQUERADE_PY2"];
    if (python === undefined) throw new Error("MASQUERADE_PY2 names no Python: use npm run test:interop");
    const child = spawn(python, [join(import.meta.dirname, "support/mutants.py")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const files = filesOf(format);
    expect(files.length).toBeGreaterThan(10);
    const next = random(inject("seed") + format.length * 1000 + format.charCodeAt(2));
    let accepted = 0;
    const differing: string[] = [];
    for (let i = 0; i < COUNT; i++) {
      const bytes = mutant(files[next(files.length)] as Uint8Array, files[next(files.length)] as Uint8Array, next);
      const value = read(format, bytes);
      if (value === undefined) continue;
      accepted++;
      child.stdin.write(`${JSON.stringify({ format, bytes: Buffer.from(bytes).toString("base64"), value })}\n`);
      const line = await lines.next();
      if (line.done) throw new Error("Python has ended");
      const verdict = JSON.parse(line.value) as string | null;
      if (verdict === null || (reviewed[format] ?? []).some(([pattern]) => pattern.test(verdict))) continue;
      differing.push(`mutant ${i}: ${verdict}: ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`);
    }
    child.stdin.end();
    expect(accepted).toBeGreaterThan(COUNT / 50);
    expect(differing).toEqual([]);
  });
