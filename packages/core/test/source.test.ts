import { expect, describe as group, it } from "vitest";
import {
  type ByteSource,
  cached,
  counting,
  createRegistry,
  fromBlob,
  fromBytes,
  isMasqueradeError,
  memorySink,
  readWhole,
  SourceError,
  streamSink,
} from "../src/index.ts";
import { vector } from "./registry-toys.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (isMasqueradeError(error)) return error.code;
    throw error;
  }
  return "no error";
};

/** A source that has no more than `read`, and may hide its size. */
function slow(
  of: Uint8Array,
  options: { readonly sized?: boolean; readonly tick?: () => Promise<void> } = {},
): ByteSource {
  const inner = fromBytes(of);
  return {
    size: options.sized === false ? undefined : of.length,
    read: async (offset, length, signal) => {
      await (options.tick?.() ?? Promise.resolve());
      return await inner.read(offset, length, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The laws of every source over the same thousand bytes. */
function lawsOfSources(name: string, make: () => ByteSource | Promise<ByteSource>): void {
  group(name, () => {
    it("gives exactly what was asked for", async () => {
      const source = await make();
      for (const [offset, length] of [
        [0, 0],
        [0, 1],
        [0, 1000],
        [999, 1],
        [1000, 0],
        [123, 456],
      ] as const)
        expect(await source.read(offset, length)).toEqual(bytes.subarray(offset, offset + length));
    });
    it("is never short", async () => {
      const source = await make();
      for (const [offset, length] of [
        [0, 1001],
        [1000, 1],
        [5000, 1],
        [999, 2],
        [1, 2 ** 52],
      ] as const)
        expect(await codeOf(() => source.read(offset, length))).toBe("SOURCE_SHORT");
    });
    it("refuses what is no range", async () => {
      const source = await make();
      for (const [offset, length] of [
        [-1, 1],
        [0, -1],
        [0.5, 1],
        [0, Number.NaN],
      ] as const)
        expect(await codeOf(() => source.read(offset, length))).toBe("SOURCE_IO");
    });
    it("heeds an abort", async () => {
      const source = await make();
      expect(await codeOf(() => source.read(0, 10, AbortSignal.abort("stop")))).toBe("ABORTED");
    });
    it("reads at once where it says it can", async () => {
      const source = await make();
      if (source.readSync === undefined) return;
      expect(source.readSync(10, 20)).toEqual(bytes.subarray(10, 30));
      expect(await codeOf(() => source.readSync?.(990, 11))).toBe("SOURCE_SHORT");
    });
  });
}

lawsOfSources("bytes", () => fromBytes(bytes));
lawsOfSources("a view that begins in the middle", () => {
  const shifted = new Uint8Array(1010);
  shifted.set(bytes, 5);
  return fromBytes(shifted.subarray(5, 1005));
});
lawsOfSources("a Blob", () => fromBlob(new Blob([bytes])));
lawsOfSources("cached bytes", () => cached(fromBytes(bytes), { blockSize: 64, maxBlocks: 3 }));
lawsOfSources("a cached slow source", () => cached(slow(bytes), { blockSize: 100, maxBlocks: 40 }));
lawsOfSources("a counting source", () => counting(fromBytes(bytes)));

group("a Blob", () => {
  it("has the name of a File", () => {
    expect(fromBlob(new File([bytes], "sst.npy")).name).toBe("sst.npy");
    expect(fromBlob(new File([bytes], "sst.npy"), "other").name).toBe("other");
    expect(fromBlob(new Blob([])).name).toBeUndefined();
  });
  it("that changed, fails or is cut short is an error", async () => {
    const with_ = (arrayBuffer: () => Promise<ArrayBuffer>): ByteSource =>
      fromBlob({ size: 10, slice: () => ({ arrayBuffer }) } as unknown as Blob);
    const gone = Object.assign(new Error("x"), { name: "NotReadableError" });
    expect(await codeOf(() => with_(() => Promise.reject(gone)).read(0, 5))).toBe("SOURCE_CHANGED");
    expect(await codeOf(() => with_(() => Promise.reject(new Error("x"))).read(0, 5))).toBe("SOURCE_IO");
    expect(await codeOf(() => with_(async () => new ArrayBuffer(4)).read(0, 5))).toBe("SOURCE_SHORT");
  });
});

group("a cache", () => {
  it("reads each block once, and runs of blocks at once", async () => {
    const inner = counting(slow(bytes));
    const source = cached(inner, { blockSize: 100, maxBlocks: 40 });
    await source.read(10, 20);
    await source.read(50, 50);
    expect(inner.ranges).toEqual([{ offset: 0, length: 100 }]);
    await source.read(90, 320);
    expect(inner.ranges[1]).toEqual({ offset: 100, length: 400 });
    await source.read(950, 50);
    expect(inner.ranges[2]).toEqual({ offset: 900, length: 100 });
    expect([inner.reads, inner.bytes]).toEqual([3, 600]);
  });
  it("sends large reads through, and forgets the least recently used", async () => {
    const inner = counting(slow(bytes));
    const source = cached(inner, { blockSize: 10, maxBlocks: 4 });
    await source.read(3, 500);
    expect(inner.ranges).toEqual([{ offset: 3, length: 500 }]);
    for (const at of [0, 10, 20, 30, 0, 40, 0]) await source.read(at, 5);
    expect(inner.reads).toBe(6);
    await source.read(10, 5);
    expect(inner.reads).toBe(7);
  });
  it("is right whatever is read, in whatever order, at once", async () => {
    const source = cached(slow(bytes), { blockSize: 32, maxBlocks: 5 });
    let state = 7;
    const next = (n: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % n;
    };
    for (let round = 0; round < 200; round++) {
      const asked = Array.from({ length: 4 }, () => {
        const offset = next(1000);
        return [offset, next(Math.min(200, 1000 - offset) + 1)] as const;
      });
      const got = await Promise.all(asked.map(([offset, length]) => source.read(offset, length)));
      for (const [i, [offset, length]] of asked.entries())
        expect(got[i]).toEqual(bytes.subarray(offset, offset + length));
    }
  });
  it("works where the size is unknown", async () => {
    const source = cached(slow(bytes, { sized: false }), { blockSize: 300, maxBlocks: 16 });
    expect(await source.read(950, 50)).toEqual(bytes.subarray(950));
    expect(await source.read(100, 250)).toEqual(bytes.subarray(100, 350));
    expect(await codeOf(() => source.read(950, 51))).toBe("SOURCE_SHORT");
  });
  it("does not remember a failure", async () => {
    let fail = true;
    const source = cached(
      slow(bytes, {
        tick: async () => {
          if (fail) throw new SourceError("SOURCE_IO", "not now");
        },
      }),
    );
    expect(await codeOf(() => source.read(0, 4))).toBe("SOURCE_IO");
    fail = false;
    expect(await source.read(0, 4)).toEqual(bytes.subarray(0, 4));
  });
  it("forgets what is written over", async () => {
    const own = bytes.slice();
    const inner: ByteSource = {
      ...slow(own),
      write: async (offset, part) => {
        own.set(part, offset);
      },
    };
    const source = cached(inner, { blockSize: 16, maxBlocks: 40 });
    await source.read(0, 64);
    await source.write?.(14, Uint8Array.of(1, 2, 3, 4));
    expect([...(await source.read(14, 4))]).toEqual([1, 2, 3, 4]);
  });
  it("refuses sizes that are none", async () => {
    expect(await codeOf(() => cached(fromBytes(bytes), { blockSize: 0 }))).toBe("OPTION_INVALID");
    expect(await codeOf(() => cached(fromBytes(bytes), { maxBlocks: 1.5 }))).toBe("OPTION_INVALID");
  });
});

group("reading whole", () => {
  it("stops at the limit before reading", async () => {
    const inner = counting(fromBytes(bytes));
    expect(await codeOf(() => readWhole(inner, 999))).toBe("LIMIT_EXCEEDED");
    expect(inner.reads).toBe(0);
    expect(await readWhole(inner, 1000)).toEqual(bytes);
  });
  it("needs a size, or a way to do without", async () => {
    expect(await codeOf(() => readWhole(slow(bytes, { sized: false }), 2000))).toBe("SOURCE_IO");
    const whole: ByteSource = { ...slow(bytes, { sized: false }), readAll: async () => bytes };
    const seen: number[] = [];
    expect(await readWhole(whole, 2000, { onProgress: (done) => seen.push(done) })).toEqual(bytes);
    expect(seen).toEqual([1000]);
  });
  it("finds the head of a source of unknown size", async () => {
    const registry = createRegistry(vector("one", "VEC1"));
    const small = Uint8Array.of(...new TextEncoder().encode("VEC1p"), 0);
    const inner: ByteSource = { ...slow(small, { sized: false }), readAll: async () => small };
    expect((await registry.open(inner)).array().header.shape).toEqual([0]);
  });
});

group("the sink in memory", () => {
  it("holds what was written, once committed", async () => {
    const sink = memorySink();
    const reused = Uint8Array.of(1, 2, 3);
    await sink.write(reused);
    reused.fill(9);
    await sink.write(bytes);
    await sink.writeAt?.(1, Uint8Array.of(7));
    expect(sink.position).toBe(1003);
    expect(await codeOf(() => sink.bytes())).toBe("SOURCE_CLOSED");
    expect(await codeOf(() => sink.writeAt?.(1000, bytes))).toBe("SOURCE_IO");
    await sink.commit();
    expect([...sink.bytes().subarray(0, 4)]).toEqual([1, 7, 3, bytes[0]]);
    expect(sink.bytes().subarray(3)).toEqual(bytes);
    expect(await codeOf(() => sink.write(bytes))).toBe("SOURCE_CLOSED");
  });
  it("holds nothing after an abort", async () => {
    const sink = memorySink();
    await sink.write(bytes);
    await sink.abort();
    expect(sink.position).toBe(0);
    expect(await codeOf(() => sink.commit())).toBe("SOURCE_CLOSED");
  });
});

group("a stream as a sink", () => {
  it("passes on copies, and closes", async () => {
    const got: number[] = [];
    let closed = false;
    const sink = streamSink(
      new WritableStream<Uint8Array>({
        write: (chunk) => {
          got.push(...chunk);
          chunk.fill(0);
        },
        close: () => {
          closed = true;
        },
      }),
    );
    const mine = Uint8Array.of(1, 2);
    await sink.write(mine);
    expect([[...mine], got, sink.position, closed]).toEqual([[1, 2], [1, 2], 2, false]);
    await sink.commit();
    expect(closed).toBe(true);
  });
  it("reports a stream that fails, and aborts it", async () => {
    let aborted: unknown;
    const failing = streamSink(
      new WritableStream<Uint8Array>({
        write: () => {
          throw new Error("pipe broke");
        },
      }),
    );
    expect(await codeOf(() => failing.write(bytes))).toBe("SOURCE_IO");
    const sink = streamSink(
      new WritableStream<Uint8Array>({
        abort: (reason) => {
          aborted = reason;
        },
      }),
    );
    await sink.abort();
    expect(aborted).toBe("aborted");
    expect(await codeOf(() => sink.write(bytes))).toBe("SOURCE_CLOSED");
  });
});
