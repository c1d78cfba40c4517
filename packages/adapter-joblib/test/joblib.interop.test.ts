// What we write, loaded by joblib 1.2 (NumPy 1.x) and 1.6 (NumPy 2.x), whole and memory mapped, every warning an error.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  type AnyArray,
  array,
  Bundle,
  type BundleMember,
  defaultFillValue,
  dtypes,
  isBundle,
  isMaskedArray,
  masked,
  maskedArray,
  type NdArray,
  zeros,
} from "@masquerade/core";
import { dtypeString } from "@masquerade/numpy";
import { describe, expect, test } from "vitest";
import { encodeJoblib } from "../src/encode.ts";

interface Answer {
  readonly loaded?: unknown;
  readonly mapped?: unknown;
  readonly memmap?: boolean;
  readonly error?: string;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

function peer(numpy: 1 | 2): { ask(request: unknown): Promise<Answer>; end(): void } {
  const path = process.env[`MASQUERADE_PY${numpy}`];
  if (path === undefined) throw new Error(`MASQUERADE_PY${numpy} names no Python: use npm run test:interop`);
  const child = spawn(path, [join(import.meta.dirname, "support/joblib_peer.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const line = await lines.next();
      if (line.done) throw new Error("Python has ended");
      return JSON.parse(line.value) as Answer;
    },
    end: () => child.stdin.end(),
  };
}

/** The same description as the peer's. joblib.load makes big-endian arrays native, memory mapping leaves them. */
function described(value: BundleMember, native: boolean): unknown {
  if (isBundle(value)) {
    const items = [...value.entries].map(([name, one]) => [name, described(one, native)] as const);
    return { kind: value.kind, items: value.kind === "dict" ? Object.fromEntries(items) : items.map(([, one]) => one) };
  }
  if (isMaskedArray(value)) {
    // On loading NumPy gives a masked array without a fill value the default.
    const fill = value.fillValue ?? defaultFillValue(value.dtype);
    return {
      kind: "masked",
      // Masked arrays are ordinary pickles, which NumPy makes native in either case.
      data: plain(value.data, true),
      mask: base64(value.maskArray().toBytes("C")),
      fill: fill && [dtypeString(fill.dtype), base64(fill.toBytes())],
    };
  }
  return plain(value as NdArray, native);
}

function plain(value: NdArray, native: boolean): unknown {
  const text = dtypeString(value.dtype);
  const dtype = native ? text.replace(">", "<") : text;
  const bytes = native && text.startsWith(">") ? value.astype(dtypes.simple(value.dtype.kind as "float64")) : value;
  const order = value.order === "F" && value.shape.filter((n) => n > 1).length > 1 ? "F" : "C";
  return { kind: "ndarray", dtype, shape: [...value.shape], order, data: base64((bytes as NdArray).toBytes("C")) };
}

const numbers = array([1.5, -0, Number.NaN, 4, 5, 6], "float64").reshape([2, 3]) as NdArray;
const withMask = maskedArray([1, masked, 3], { dtype: "float32" });
const cases: readonly (readonly [string, AnyArray | Bundle])[] = [
  ["float64", numbers],
  ["Fortran", numbers.copy("F") as AnyArray],
  ["big-endian", zeros(dtypes.simple("int32", "big"), [3]) as AnyArray],
  ["0-d", zeros("int64", []) as AnyArray],
  ["empty", zeros("float64", [0, 4]) as AnyArray],
  ["one byte", zeros("uint8", [1]) as AnyArray],
  ["a megabyte", zeros("float64", [131_072]) as AnyArray],
  ["masked", withMask as AnyArray],
  ["masked, fill value set", withMask.with({ fillValue: array(-9, "float32") as unknown as NdArray }) as AnyArray],
  [
    "a dict of a list of the same array twice",
    new Bundle({
      entries: [
        [
          "twice",
          new Bundle({
            kind: "list",
            entries: [
              ["0", numbers],
              ["1", numbers],
            ],
          }),
        ],
        ["mask", withMask as AnyArray],
        ["bytes", zeros("uint8", [7]) as AnyArray],
        ["last", numbers],
      ],
    }),
  ],
];

for (const numpy of [1, 2] as const)
  describe(`joblib with NumPy ${numpy}`, () => {
    test("reads what we write, whole and memory mapped", async () => {
      const { ask, end } = peer(numpy);
      for (const [name, value] of cases)
        for (const options of [
          {},
          { protocol: 5 },
          { protocol: 2 },
          { numpy },
          { compress: "zlib" },
          { compress: "gzip", level: 9 },
        ] as const) {
          const about = `${name} ${JSON.stringify(options)}`;
          const map = !("compress" in options);
          const answer = await ask({ bytes: base64(encodeJoblib(value, { ...options, lossy: true })), map });
          expect(answer.error, about).toBeUndefined();
          expect(answer.loaded, about).toEqual(described(value, true));
          if (!map) continue;
          expect(answer.mapped, about).toEqual(described(value, false));
          expect(answer.memmap, about).toBe(true);
        }
      end();
    });
  });
