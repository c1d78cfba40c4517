import { SourceError } from "../errors.ts";
import type { ByteSink } from "./source.ts";

type State = "open" | "committed" | "aborted";

function demandOpen(state: State): void {
  if (state !== "open") throw new SourceError("SOURCE_CLOSED", `the sink is ${state}`);
}

/** A sink in memory; `bytes()` after `commit`. */
export interface MemorySink extends ByteSink {
  /** Everything that was written. Throws SourceError SOURCE_CLOSED before `commit`. */
  bytes(): Uint8Array;
}

/** Collects what is written in one growing buffer. */
export function memorySink(): MemorySink {
  let buffer = new Uint8Array(1024);
  let length = 0;
  let state: State = "open";
  return {
    get position() {
      return length;
    },
    async write(bytes) {
      demandOpen(state);
      if (length + bytes.length > buffer.length) {
        const larger = new Uint8Array(Math.max(length + bytes.length, Math.ceil(buffer.length * 1.5)));
        larger.set(buffer.subarray(0, length));
        buffer = larger;
      }
      buffer.set(bytes, length);
      length += bytes.length;
    },
    async writeAt(offset, bytes) {
      demandOpen(state);
      checkOverwrite(offset, bytes.length, length);
      buffer.set(bytes, offset);
    },
    async commit() {
      demandOpen(state);
      state = "committed";
    },
    async abort() {
      if (state === "committed") return;
      state = "aborted";
      buffer = new Uint8Array(0);
      length = 0;
    },
    bytes() {
      if (state !== "committed") throw new SourceError("SOURCE_CLOSED", "the sink has not been committed");
      return buffer.subarray(0, length);
    },
  };
}

/** Throws SourceError when `writeAt` would reach what was never written. */
export function checkOverwrite(offset: number, length: number, position: number): void {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > position)
    throw new SourceError("SOURCE_IO", `cannot overwrite ${length} bytes at ${offset}: ${position} were written`, {
      offset,
      length,
    });
}

/** A WritableStream (an HTTP body, a file picked in a browser) as a sink. What was sent cannot be taken back: `abort` aborts the stream. */
export function streamSink(stream: WritableStream<Uint8Array>): ByteSink {
  const writer = stream.getWriter();
  // Failures are reported where they are waited for: by write, commit and abort.
  writer.closed.catch(() => {});
  let position = 0;
  let state: State = "open";
  const io = async (work: Promise<void>, what: string): Promise<void> => {
    try {
      await work;
    } catch (cause) {
      throw new SourceError("SOURCE_IO", `the stream failed while ${what}`, { offset: position, cause });
    }
  };
  return {
    get position() {
      return position;
    },
    async write(bytes) {
      demandOpen(state);
      await io(writer.ready, "waiting to write");
      // A stream may keep or transfer its chunks; the caller's bytes stay the caller's.
      await io(writer.write(bytes.slice()), "writing");
      position += bytes.length;
    },
    async commit() {
      demandOpen(state);
      state = "committed";
      await io(writer.close(), "closing");
    },
    async abort() {
      if (state !== "open") return;
      state = "aborted";
      await writer.abort("aborted").catch(() => {});
    },
  };
}
