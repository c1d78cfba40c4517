import { stat } from "node:fs/promises";
import { type ByteSink, type ByteSource, fromBytes, memorySink, quoteText, SourceError } from "@masquerade/core";
import { fileSink, fromFile } from "@masquerade/core/node";

/** Where a conversion goes: nothing is there before `commit`, and nothing ever is after `abort`. */
export interface Destination {
  /** To write to; its own `commit` does nothing yet. */
  readonly sink: ByteSink;
  /** What was written so far, to be read back. The caller disposes it. */
  reopen(): Promise<ByteSource>;
  /** Makes it visible. For stdout: gives the bytes to print. */
  commit(): Promise<Uint8Array | undefined>;
  abort(): Promise<void>;
}

/** Whether there is something at a path. */
export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

/** Throws SourceError when there is something at `path` and `force` does not allow to replace it. */
export async function demandFree(path: string, force: boolean): Promise<void> {
  if (!force && (await exists(path)))
    throw new SourceError("SOURCE_EXISTS", `${quoteText(path, 300)} exists already; --force replaces it`);
}

/** A file beside its final name until `commit`, or (for "-") memory. Throws SourceError. */
export async function openOutput(path: string, force: boolean): Promise<Destination> {
  if (path === "-") {
    const sink = memorySink();
    let bytes: Uint8Array | undefined;
    const taken = async (): Promise<Uint8Array> => {
      if (bytes === undefined) await sink.commit();
      bytes ??= sink.bytes();
      return bytes;
    };
    const reopen = async (): Promise<ByteSource> => fromBytes(await taken());
    return { sink: held(sink), reopen, commit: taken, abort: () => sink.abort() };
  }
  const sink = await fileSink(path, { force });
  return {
    sink: held(sink),
    reopen: () => fromFile(sink.temporary),
    commit: async () => {
      await sink.commit();
      return undefined;
    },
    abort: () => sink.abort(),
  };
}

/** The same sink with a commit that waits for somebody else's. */
function held(sink: ByteSink): ByteSink {
  return {
    get position() {
      return sink.position;
    },
    write: (bytes) => sink.write(bytes),
    ...(sink.writev !== undefined && { writev: sink.writev.bind(sink) }),
    ...(sink.writeAt !== undefined && { writeAt: sink.writeAt.bind(sink) }),
    commit: async () => {},
    abort: () => sink.abort(),
  };
}
