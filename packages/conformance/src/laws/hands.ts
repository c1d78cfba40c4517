import {
  type AnyArray,
  Bundle,
  broadcastTo,
  describe,
  difference,
  dtypes,
  isBundle,
  isMaskedArray,
  isMasqueradeError,
  type LossId,
  lossKinds,
  MaskedArray,
  NdArray,
  zeros,
} from "@masquerade/core";
import { ConformanceFailure, check, failureOf, told } from "../check.ts";
import type { Law, Subject } from "../law.ts";
import { lostBetween } from "../lost.ts";
import { coveringSet, nameOf, plainSample } from "../samples/cover.ts";
import { anyKind, dict, refuses, same, square, type Value } from "./appending.ts";
import { defineLaw } from "./define.ts";
import { sampled } from "./lengths.ts";

const since = "1.2.0";

/** As Node's Buffer, which is handed to decode by everybody: `slice` and `subarray` are views of the same memory, of the same class. */
class Pooled extends Uint8Array {
  override slice(from?: number, to?: number): Uint8Array<ArrayBuffer> {
    return this.subarray(from, to) as Uint8Array<ArrayBuffer>;
  }
}

/** Bytes in the middle of a larger memory, as those of Node's pool. */
function pooled(bytes: Uint8Array): Pooled {
  const room = new Pooled(new ArrayBuffer(bytes.length + 64), 0);
  room.fill(0xa5);
  room.set(bytes, 16);
  return room.subarray(16, 16 + bytes.length) as Pooled;
}

const own = async (s: Subject): Promise<{ bytes: Uint8Array; read: object | undefined; sample: AnyArray }> => {
  const sample = plainSample(s.format.capabilities);
  return { sample, bytes: await s.encode(sample), read: s.config.describeFor?.(sample) };
};

/** Memory that is shared, where there is such. */
const shared = (length: number): ArrayBufferLike | undefined =>
  typeof SharedArrayBuffer === "undefined" ? undefined : new SharedArrayBuffer(length);

function* written(s: Subject): Generator<Value> {
  const kind = anyKind(s);
  const [a, b] = [square(s, kind, "some", 11), square(s, kind, "plain", 21) as NdArray];
  yield a.copy("F") as AnyArray;
  yield b.slice("::-1, 1:") as AnyArray;
  yield b.slice("0:0").copy() as AnyArray;
  yield square(s, kind, "some", 31, []);
  if (s.format.capabilities.bundle) yield dict(["one", a], ["two", b]);
}

/** What is handed to an adapter and by it: bytes of other classes, shared memory, views, promises. */
export const handLaws: readonly Law[] = [
  defineLaw(
    "purity/pooled-bytes",
    "Bytes whose slice is a view, as of Node's Buffer, decode as others do; with copy: true, and without declared aliasing, nothing is shared with them.",
    async (s) => {
      const { bytes, read } = await own(s);
      const want = await s.decode(bytes, read);
      for (const copy of [true, undefined]) {
        const how = difference(want, await s.decode(pooled(bytes), { ...read, copy }));
        check(how === undefined, `bytes of a pool: ${how}`);
        if (copy !== true && s.format.capabilities.aliasing) continue;
        // Nothing is read before the memory changes: what is copied when it is first read would hide it.
        const given = pooled(bytes);
        const after = await s.decode(given, { ...read, copy });
        given.fill(0x5a);
        check(difference(want, after) === undefined, `with copy: ${copy} the array shares memory with the pool`);
      }
    },
    { since },
  ),
  defineLaw(
    "purity/shared-memory",
    "Arrays over shared memory are written as others are, and bytes in shared memory decode as others do or are refused with a typed error.",
    async (s) => {
      const { sample, bytes, read } = await own(s);
      const data = isMaskedArray(sample) ? sample.data : sample;
      const storage = data.storage as Uint8Array;
      const memory = storage.buffer === undefined ? undefined : shared(storage.byteLength);
      if (memory !== undefined) {
        const view = new (storage.constructor as Uint8ArrayConstructor)(memory as ArrayBuffer);
        view.set(storage);
        const over = data.with({ storage: view as never });
        const value = isMaskedArray(sample) ? sample.with({ data: over }) : over;
        check(same(bytes, await s.encode(value)), "an array over shared memory is written otherwise");
      }
      const room = shared(bytes.length);
      if (room === undefined) return;
      const given = new Uint8Array(room as ArrayBuffer);
      given.set(bytes);
      const error = await failureOf(async () => {
        const how = difference(await s.decode(bytes, read), await s.decode(given, read));
        check(how === undefined, `bytes in shared memory: ${how}`);
      });
      if (error instanceof ConformanceFailure) throw error;
      check(error === undefined || isMasqueradeError(error), `bytes in shared memory: ${told(error)}`);
    },
    { since },
  ),
  defineLaw(
    "purity/broadcast-views",
    "A view whose elements lie on each other – one row for all, one value for all, a mask of its own steps – is written as its elements.",
    async (s) => {
      const row = square(s, anyKind(s), "plain", 11, [3]) as NdArray;
      const values: [string, AnyArray][] = [
        ["one row for all", broadcastTo(row, [4, 3]) as AnyArray],
        ["one value for all", broadcastTo(row.slice("0:1").reshape([]) as NdArray, [2, 3]) as AnyArray],
      ];
      if (s.format.capabilities.mask) {
        const steps = new NdArray({
          dtype: dtypes.simple("bool"),
          shape: [6],
          storage: Uint8Array.of(1, 0, 0, 0, 1, 0),
        });
        const mask = steps.slice("::2") as NdArray<"bool">;
        values.push(["a mask of its own steps", new MaskedArray({ data: row, mask })]);
        const all = broadcastTo(steps.slice("0:1"), [3]) as NdArray<"bool">;
        values.push(["one mask for all", new MaskedArray({ data: row, mask: all })]);
      }
      for (const [what, value] of values) {
        const copy = value.copy("C") as AnyArray;
        const want = await s.decode(await s.encode(copy), s.config.describeFor?.(copy));
        const how = difference(want, await s.decode(await s.encode(value), s.config.describeFor?.(value)));
        check(how === undefined, `${what}: ${how}`);
      }
    },
    { since },
  ),
  defineLaw(
    "descriptor/timing-of-decode",
    "decode of a sync format returns a value or throws, of an async one returns a promise, also where the bytes are none of its own.",
    async (s) => {
      const { bytes, read } = await own(s);
      for (const [what, given] of [
        ["its own file", bytes],
        ["a byte", Uint8Array.of(0)],
      ] as const) {
        let result: unknown;
        try {
          result = s.codec.decode(given, { ...s.config.readOptions, ...read });
        } catch (error) {
          check(s.format.timing === "sync", `timing is async, and decode of ${what} throws: ${told(error)}`);
          continue;
        }
        const promised = result instanceof Promise;
        if (result instanceof Promise) result.catch(() => {});
        check(
          promised === (s.format.timing === "async"),
          `timing is ${s.format.timing}, decode of ${what} returned ${promised ? "a promise" : "a value"}`,
        );
      }
    },
    { since },
  ),
  defineLaw(
    "options/out-of-another-dtype",
    "decode with out refuses an array of the same shape and another dtype.",
    async (s) => {
      const { bytes, read, sample } = await own(s);
      const kind = sample.dtype.kind === "int32" ? "float64" : "int32";
      const error = await failureOf(() => s.decode(bytes, { ...read, out: zeros(kind, sample.shape) as never }));
      check(isMasqueradeError(error, "DTYPE_MISMATCH"), `out of ${kind} for ${sample.dtype.kind} gave ${told(error)}`);
    },
    { since },
  ),
  defineLaw(
    "options/parts-of-every-sort",
    "The pieces of encodeParts are the bytes of encode for views, empty and 0-d arrays, arrays in Fortran order and bundles; and they ask for the same losses to be accepted.",
    async (s) => {
      const parts = s.codec.encodeParts?.bind(s.codec);
      if (parts === undefined) return;
      for (const value of written(s)) {
        if (refuses(s, value)) continue;
        const bytes = await s.encode(value);
        let at = 0;
        for (const part of parts(value, { ...s.config.writeOptions })) {
          check(same(part, bytes.subarray(at, at + part.length)), `${what(value)}: encodeParts and encode differ`);
          at += part.length;
        }
        check(at === bytes.length, `${what(value)}: encodeParts gives ${at} bytes, encode ${bytes.length}`);
      }
      for (const { array } of coveringSet(["float64", "object", "str"], s.config.seed)) {
        if (!refuses(s, array)) continue;
        const error = await failureOf(() => [...parts(array, { ...s.config.writeOptions })]);
        check(isMasqueradeError(error, "CAPABILITY_MISSING"), `${nameOf(array)}: encodeParts gave ${told(error)}`);
        return;
      }
    },
    { since },
  ),
  defineLaw(
    "losses/accepted-and-no-more",
    "Where the losses announced are accepted, the array is written and nothing else of it is lost; or it is refused, since nothing of it is left.",
    async (s) => {
      const all = Object.keys(lossKinds) as LossId[];
      for (const { array } of coveringSet(["float64", "str", "struct"], s.config.seed)) {
        const losses = s.format.losses(describe(array), s.config.writeOptions as never);
        if (!losses.some((l) => l.grade === "content")) continue;
        const lossy = losses.map((l) => l.id).filter((id) => all.includes(id));
        const bytes = await s.encode(array, { lossy }).catch((error: unknown) => {
          check(isMasqueradeError(error), `${nameOf(array)}, accepted: ${told(error)}`);
        });
        if (bytes === undefined || lossy.includes("dtype")) continue;
        const back = await s.decode(bytes, s.config.describeFor?.(array));
        // A mask that is given up shows what was beneath it.
        for (const [id, how] of lostBetween(array, back))
          check(
            lossy.includes(id) || (lossy.includes("mask") && ["fill-value", "hidden-values"].includes(id)),
            `${nameOf(array)}: ${lossy.join(", ")} accepted, and lost too (${id}): ${how}`,
          );
      }
    },
    { since },
  ),
  defineLaw(
    "hostile/truncated-view",
    "A view that is a part of a file is a cut file, though the rest lies right behind it in memory.",
    async (s) => {
      const { bytes, read } = await own(s);
      for (const n of sampled(bytes.keys(), 200)) {
        const [view, cut] = [bytes.subarray(0, n), bytes.slice(0, n)];
        const [a, b] = [await failureOf(() => s.decode(view, read)), await failureOf(() => s.decode(cut, read))];
        const codes = [a, b].map((error) => (error as { readonly code?: string } | undefined)?.code);
        check(codes[0] === codes[1], `cut at ${n} of ${bytes.length}: a copy gives ${told(b)}, a view ${told(a)}`);
      }
    },
    { since },
  ),
  defineLaw(
    "hostile/trailing-zeros",
    "Zeros after the end of a file, and the same file once more, are refused (or read as two arrays, where a file may hold several): padding is not invented, and two files are not one.",
    async (s) => {
      const { bytes, read } = await own(s);
      const longer = (more: Uint8Array): Uint8Array => {
        const out = new Uint8Array(bytes.length + more.length);
        out.set(bytes);
        out.set(more, bytes.length);
        return out;
      };
      const cases: [string, Uint8Array][] = [
        ["a zero", new Uint8Array(1)],
        ["512 zeros", new Uint8Array(512)],
      ];
      if (!s.format.capabilities.text) cases.push(["the file once more", bytes]);
      const want = await s.decode(bytes, read);
      for (const [what, more] of cases) {
        let found: Value | undefined;
        const error = await failureOf(async () => {
          found = await s.decode(longer(more), read);
        });
        // A format of several in a row gives them all.
        const both = more === bytes && found !== undefined && isBundle(found) && found.entries.size === 2;
        if (both && [...(found as Bundle).entries.values()].every((one) => difference(want, one) === undefined))
          continue;
        check(isMasqueradeError(error), `${what} after the end: ${told(error)}`);
      }
    },
    { since },
  ),
  defineLaw(
    "hostile/limit-of-all",
    "limits.maxTotalBytes counts the arrays of a file together, each of which keeps maxBytes.",
    async (s) => {
      const one = square(s, anyKind(s), "plain", 11, [32]) as NdArray;
      const value = new Bundle({ entries: Array.from({ length: 20 }, (_, i) => [`name ${i}`, one.copy()] as const) });
      const bytes = await s.encode(value);
      const limits = { maxTotalBytes: one.nbytes * 10 };
      const error = await failureOf(() => s.decode(bytes, { limits }));
      check(isMasqueradeError(error, "LIMIT_EXCEEDED"), `twenty arrays under a limit for ten gave ${told(error)}`);
      const enough = await failureOf(() => s.decode(bytes, { limits: { maxTotalBytes: 1 << 20 } }));
      check(enough === undefined, `limits.maxTotalBytes of a megabyte for ${bytes.length} bytes: ${told(enough)}`);
    },
    { since, needs: ["bundle"] },
  ),
];

const what = (value: Value): string => (isBundle(value) ? "a bundle" : nameOf(value));
