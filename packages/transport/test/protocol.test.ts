import { arange, array, Bundle, difference, isMasqueradeError, type MaskedArray, maskedArray } from "@masquerade/core";
import { blockSource, memoryStore, receiveBlocks, sendBlocks } from "@masquerade/transport";
import { describe, expect, it } from "vitest";
import { pair } from "./pair.ts";

/** 1,000 float64 in 40 data and 40 mask blocks of 25 elements. */
const value = maskedArray(arange(1000), {
  mask: Array.from({ length: 1000 }, (_, i) => i % 3 === 0),
  dtype: "float64",
  fillValue: -9,
}) as MaskedArray;
const source = blockSource(value as never, { blockBytes: 200 });

/** What a promise rejects with. */
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const codeOf = (error: unknown): string => (isMasqueradeError(error) ? error.code : `no code: ${String(error)}`);

describe("a transfer", () => {
  it("brings the arrays, and both sides the same digest", async () => {
    const { sender, receiver, forth } = pair();
    const store = memoryStore();
    const [sent, received] = await Promise.all([sendBlocks(sender, source), receiveBlocks(receiver, store)]);
    expect(sent).toEqual({ blocks: 80, sent: 80, digest: received.digest });
    expect(received).toMatchObject({ blocks: 80, received: 80 });
    expect(difference((await store.value()) as never, value as never)).toBeUndefined();
    // The sender waits for the receiver: never more than the connection takes.
    expect(forth.most).toBeLessThanOrEqual(2);
  });

  it("of a bundle, of nothing, and of objects", async () => {
    for (const one of [
      new Bundle({
        entries: [
          ["a", array([1, 2, 3], "int16")],
          ["b", new Bundle({ kind: "list", entries: [["0", value as never]] })],
        ],
      }),
      new Bundle({ entries: [] }),
      maskedArray([1n, "two", null], { dtype: "object", mask: [false, true, false] }),
    ]) {
      const { sender, receiver } = pair();
      const store = memoryStore();
      await Promise.all([
        sendBlocks(sender, blockSource(one as never, { codec: "deflate" })),
        receiveBlocks(receiver, store),
      ]);
      expect(difference((await store.value()) as never, one as never)).toBeUndefined();
    }
  });

  it("tells its progress", async () => {
    const { sender, receiver } = pair();
    const told: number[] = [];
    const heard: number[] = [];
    await Promise.all([
      sendBlocks(sender, source, { onProgress: (done, total) => told.push(done, total as number) }),
      receiveBlocks(receiver, memoryStore(), { onProgress: (done, total) => heard.push(done, total as number) }),
    ]);
    expect(told.slice(-2)).toEqual([80, 80]);
    expect(heard.slice(0, 2)).toEqual([1, 80]);
    expect(heard).toEqual(told);
  });
});

describe("a connection that is cut", () => {
  it("ends in typed errors on both sides; the next connection brings what is missing, and nothing else", async () => {
    const first = pair();
    const store = memoryStore();
    first.forth.change = (message, number) => {
      if (number === 40) first.cut();
      return number < 40 ? [message] : [];
    };
    const errors = await Promise.all([
      failure(sendBlocks(first.sender, source)),
      failure(receiveBlocks(first.receiver, store)),
    ]);
    expect(codeOf(errors[1])).toBe("SOURCE_CLOSED");
    expect(errors[1]).toHaveProperty("message", expect.stringContaining("after 38 of 80 blocks"));
    expect(await failure(store.value())).toHaveProperty("message", expect.stringContaining("38–79"));

    const second = pair();
    const [sent, received] = await Promise.all([
      sendBlocks(second.sender, source),
      receiveBlocks(second.receiver, store),
    ]);
    expect(sent.sent).toBe(42);
    expect(received).toEqual({ blocks: 80, received: 42, digest: sent.digest });
    expect(difference((await store.value()) as never, value as never)).toBeUndefined();
  });

  it("is not gone on with when the source has become another", async () => {
    const first = pair();
    const store = memoryStore();
    first.forth.change = (message, number) => {
      if (number === 40) first.cut();
      return number < 40 ? [message] : [];
    };
    await Promise.all([failure(sendBlocks(first.sender, source)), failure(receiveBlocks(first.receiver, store))]);
    for (const [other, code] of [
      [value.with({ fillValue: undefined }), "SOURCE_CHANGED"],
      // Envelope and headers are the same here: only the digest at the end tells.
      [value.with({ data: arange(1, 1001) }), "SOURCE_CHANGED"],
      // And still does when nothing is left to ask for.
      [value.with({ data: arange(1, 1001) }), "SOURCE_CHANGED"],
    ] as const) {
      const second = pair();
      const errors = await Promise.all([
        failure(sendBlocks(second.sender, blockSource(other as never, { blockBytes: 200 }))),
        failure(receiveBlocks(second.receiver, store)),
      ]);
      expect(codeOf(errors[1])).toBe(code);
      expect(codeOf(errors[0])).toMatch(/^SOURCE_(IO|CLOSED)$/);
      expect(errors[1]).toHaveProperty("message", expect.stringContaining("begin anew"));
      if (other.fillValue === undefined) expect(store.reading.have.size).toBe(38);
    }
  });
});

describe("blocks on their way", () => {
  it("may come in any order", async () => {
    const { sender, receiver, forth } = pair();
    const store = memoryStore();
    let held: Uint8Array[] = [];
    forth.change = (message, number) => {
      if (number < 2 || number === 82) return [message];
      if (number % 4 !== 1) {
        held = [message, ...held];
        return [];
      }
      const all = [message, ...held];
      held = [];
      return all;
    };
    await Promise.all([sendBlocks(sender, source), receiveBlocks(receiver, store)]);
    expect(difference((await store.value()) as never, value as never)).toBeUndefined();
  });

  it("that are lost are asked for again", async () => {
    const { sender, receiver, forth } = pair();
    const store = memoryStore();
    forth.change = (message, number) => ([5, 6, 50].includes(number) ? [] : [message]);
    const [sent] = await Promise.all([sendBlocks(sender, source), receiveBlocks(receiver, store)]);
    expect(sent.sent).toBe(83);
    expect(difference((await store.value()) as never, value as never)).toBeUndefined();
  });

  it("that never come are named", async () => {
    const { sender, receiver, forth } = pair();
    forth.change = (message, number) => (number === 7 || isBlock(message, 5) ? [] : [message]);
    const errors = await Promise.all([
      failure(sendBlocks(sender, source)),
      failure(receiveBlocks(receiver, memoryStore())),
    ]);
    expect(codeOf(errors[1])).toBe("FORMAT_TRUNCATED");
    expect(errors[1]).toHaveProperty("message", expect.stringMatching(/does not send the blocks 5$/));
    expect(errors[0]).toHaveProperty("message", expect.stringContaining("FORMAT_TRUNCATED"));
  });

  it("are refused with any one bit flipped, before they are decoded", async () => {
    for (const [number, bit] of [
      [0, 77],
      [1, 300],
      [2, 8],
      [9, 500],
      [40, 1234],
      [82, 60],
      [82, 100],
    ] as const) {
      const { sender, receiver, forth } = pair();
      const store = memoryStore();
      forth.change = (message, n) => {
        if (n !== number) return [message];
        const changed = message.slice();
        const at = (bit >> 3) % changed.length;
        changed[at] = (changed[at] as number) ^ (1 << (bit & 7));
        return [changed];
      };
      const errors = await Promise.all([failure(sendBlocks(sender, source)), failure(receiveBlocks(receiver, store))]);
      expect(codeOf(errors[1]), `bit ${bit} of message ${number}`).toMatch(
        /^FORMAT_(CHECKSUM|MALFORMED|VERSION|TRUNCATED)$/,
      );
      expect(codeOf(errors[0])).toBe("SOURCE_IO");
    }
  });
});

describe("giving up", () => {
  it("by a signal, on either side, is told to the other", async () => {
    for (const side of ["sender", "receiver"] as const) {
      const { sender, receiver } = pair();
      const stop = new AbortController();
      const options = (mine: boolean): object =>
        mine ? { signal: stop.signal, onProgress: (done: number) => done === 20 && stop.abort() } : {};
      const errors = await Promise.all([
        failure(sendBlocks(sender, source, options(side === "sender"))),
        failure(receiveBlocks(receiver, memoryStore(), options(side === "receiver"))),
      ]);
      const [mine, other] = side === "sender" ? errors : [...errors].reverse();
      expect(codeOf(mine)).toBe("ABORTED");
      expect(codeOf(other)).toMatch(/^SOURCE_(IO|CLOSED)$/);
    }
  });

  it("when the receiver's limits do not hold the stream", async () => {
    const { sender, receiver } = pair();
    const errors = await Promise.all([
      failure(sendBlocks(sender, source)),
      failure(receiveBlocks(receiver, memoryStore({ limits: { maxMetadataBytes: 10 } }))),
    ]);
    expect(errors[1]).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "maxMetadataBytes" });
    expect(codeOf(errors[0])).toBe("SOURCE_IO");
  });

  it("when an NPY header is longer than the receiver takes", async () => {
    const { sender, receiver } = pair();
    const errors = await Promise.all([
      failure(sendBlocks(sender, source)),
      failure(receiveBlocks(receiver, memoryStore({ limits: { maxHeaderBytes: 30 } }))),
    ]);
    expect(errors[1]).toMatchObject({ code: "LIMIT_EXCEEDED", limit: "maxHeaderBytes" });
  });
});

/** Whether a message is the block of that number (its first field, after the tags and lengths). */
function isBlock(message: Uint8Array, index: number): boolean {
  return message[0] === 0x1a && message[2] === 8 && message[3] === index;
}
