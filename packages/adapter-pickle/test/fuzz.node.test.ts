import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBytes, isMasqueradeError } from "@masquerade/core";
import { describe, expect, inject, test } from "vitest";
import { loads } from "../src/codec.ts";
import { openPickle } from "../src/open.ts";
import { sniffPickle } from "../src/sniff.ts";

declare module "vitest" {
  interface ProvidedContext {
    seed: number;
  }
}

const corpus = join(import.meta.dirname, "../../../corpus/pickle");
/** Little is enough for files of a few hundred bytes; what wants more is stopped, as a typed error. */
const limits = { maxTotalBytes: 2 ** 24, maxOpcodes: 100_000, maxStack: 100_000 };

function random(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** "value", or the code of a MasqueradeError; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array): string {
  try {
    loads(bytes, { limits });
    return "value";
  } catch (e) {
    if (!isMasqueradeError(e)) throw e;
    if (e.code === undefined || e.message.length > 500 || /[\n\r]/.test(e.message))
      throw new Error(`a bad error: ${e.message}`);
    return e.code;
  }
}

/** One of each kind of file: every dtype family, container, state, at every protocol. */
function seeds(): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  const wanted =
    /^(dtype-(f8|U7|M8-25us|S5|c16|struct-nested|struct-titles|metadata)|masked-dtype-(i4|struct-subarrays)|object-(fortran|nested)|container-(dict|nested|ordered|array-d|scalars)|special-(mrecords|mvoid|masked-constant|recarray|matrix)|string-(none|plain)|scalar-23-struct|state-f8-some-set)-p[0-5]\.pkl$/;
  return ["np1", "np2"].flatMap((folder) =>
    readdirSync(join(corpus, folder))
      .filter((name) => wanted.test(name))
      .sort()
      .map((name) => ({ name: `${folder}/${name}`, bytes: new Uint8Array(readFileSync(join(corpus, folder, name))) }))
      .filter(({ bytes }) => bytes.length < 6000),
  );
}

type Mutation = (bytes: Uint8Array, next: (n: number) => number, other: Uint8Array) => Uint8Array;

const mutations: readonly Mutation[] = [
  (bytes, next) => {
    const out = bytes.slice();
    for (let n = 1 + next(3); n > 0; n--) out[next(out.length)] = next(256);
    return out;
  },
  (bytes, next) => {
    const out = bytes.slice();
    const at = next(out.length);
    out[at] = (out[at] as number) ^ (1 << next(8));
    return out;
  },
  (bytes, next) => bytes.slice(0, next(bytes.length)),
  // A piece taken out, doubled, or from another file.
  (bytes, next) => {
    const from = next(bytes.length);
    const to = from + next(Math.min(40, bytes.length - from));
    return Uint8Array.from([...bytes.subarray(0, from), ...bytes.subarray(to)]);
  },
  (bytes, next) => {
    const from = next(bytes.length);
    const piece = bytes.subarray(from, from + next(60));
    const at = next(bytes.length);
    return Uint8Array.from([...bytes.subarray(0, at), ...piece, ...bytes.subarray(at)]);
  },
  (bytes, next, other) => {
    const from = next(other.length);
    const at = next(bytes.length);
    return Uint8Array.from([
      ...bytes.subarray(0, at),
      ...other.subarray(from, from + next(80)),
      ...bytes.subarray(at + next(20)),
    ]);
  },
  // Numbers made extreme: lengths, shapes, indices.
  (bytes, next) => {
    const out = bytes.slice();
    const at = next(out.length);
    out.fill([0, 0x7f, 0x80, 0xff][next(4)] as number, at, at + 1 + next(8));
    return out;
  },
];

describe("mutated files", () => {
  const files = seeds();

  test("the seeds themselves are read", () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.filter(({ bytes }) => outcome(bytes) !== "value").map(({ name }) => name)).toEqual([]);
  });

  test("2,000 mutants: each is a value or a typed error, the same each time", () => {
    const next = random(inject("seed"));
    const counts = new Map<string, number>();
    for (let i = 0; i < 2000; i++) {
      const { bytes } = files[next(files.length)] as { bytes: Uint8Array };
      const other = (files[next(files.length)] as { bytes: Uint8Array }).bytes;
      const mutant = (mutations[i % mutations.length] as Mutation)(bytes, next, other);
      const copy = mutant.slice();
      const result = outcome(mutant);
      counts.set(result, (counts.get(result) ?? 0) + 1);
      if (Buffer.compare(mutant, copy) !== 0) throw new Error("the caller's bytes were changed");
      if (i % 10 === 0) expect(outcome(mutant)).toBe(result);
      sniffPickle(mutant.subarray(0, 4096));
    }
    // The mutations reach deep enough to be worth something: some survive, and every kind of refusal is met.
    for (const code of ["value", "FORMAT_MALFORMED", "FORMAT_TRUNCATED", "UNSAFE_GLOBAL"])
      expect(counts.get(code) ?? 0, code).toBeGreaterThan(20);
    // A prototype touched would show.
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 120_000);

  test("opened, mutants fail as typed too", async () => {
    const next = random(inject("seed") + 1);
    for (let i = 0; i < 400; i++) {
      const { bytes } = files[next(files.length)] as { bytes: Uint8Array };
      const mutant = (mutations[i % mutations.length] as Mutation)(bytes, next, bytes);
      try {
        const file = await openPickle(fromBytes(mutant), { limits });
        for (const name of file.names) await file.array(name).read();
      } catch (e) {
        if (!isMasqueradeError(e)) throw e;
      }
    }
  }, 120_000);
});

describe("cut off at every byte", () => {
  const whole = [
    "np1/container-nested-p0.pkl",
    "np1/masked-dtype-i4-p1.pkl",
    "np2/special-mrecords-p2.pkl",
    "np2/string-none-p4.pkl",
    "np2/dtype-f8-p5.pkl",
  ];
  test.each(whole)("%s", (name) => {
    const bytes = new Uint8Array(readFileSync(join(corpus, name)));
    const codes = new Set<string>();
    for (let n = 0; n < bytes.length; n++) codes.add(outcome(bytes.subarray(0, n)));
    expect([...codes]).toEqual(["FORMAT_TRUNCATED"]);
  });
});

describe("malformed files kept for ever", () => {
  const folder = join(import.meta.dirname, "malformed");
  const { entries } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as {
    entries: readonly { readonly why: string; readonly code: string; readonly hex: string }[];
  };
  test("there are some of each kind", () => {
    expect(entries.length).toBeGreaterThan(60);
    expect(new Set(entries.map((entry) => entry.code)).size).toBeGreaterThan(5);
  });
  test.each(entries.map((entry) => [entry.why, entry] as const))("%s", (_, entry) => {
    expect(outcome(Uint8Array.from(Buffer.from(entry.hex, "hex")))).toBe(entry.code);
  });
});
