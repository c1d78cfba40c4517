import { constants, inflate, inflateSync } from "node:zlib";
import { FormatError } from "@masquerade/core";

/** Below this much a thread costs more than it gives. */
const SMALL = 32_768;
type Call = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/**
 * A zlib stream of exactly `size` bytes, checksum verified: on libuv's threads, so that several chunks inflate at once. Throws FormatError.
 * `offset`: where it begins in the file.
 */
export async function inflateZlib(bytes: Uint8Array, size: number, offset: number): Promise<Uint8Array> {
  const options = {
    maxOutputLength: Math.max(size, 1),
    chunkSize: Math.max(64, Math.min(size, bytes.length * 1032 + 1032) + 1),
    finishFlush: constants.Z_FINISH,
    info: true,
  };
  let done: Call;
  try {
    done =
      size < SMALL
        ? (inflateSync(bytes, options) as unknown as Call)
        : await new Promise((resolve, reject) => {
            inflate(bytes, options, (error, result) =>
              error === null ? resolve(result as unknown as Call) : reject(error),
            );
          });
  } catch (cause) {
    throw failure(cause, size, offset);
  }
  const { buffer, engine } = done;
  if (buffer.length !== size)
    throw new FormatError(
      "FORMAT_MALFORMED",
      "hdf5",
      `a chunk inflates to ${buffer.length} bytes, ${size} are declared`,
      {
        offset,
      },
    );
  if (engine.bytesWritten !== bytes.length)
    throw new FormatError("FORMAT_MALFORMED", "hdf5", "bytes follow the end of a compressed chunk", { offset });
  // Small results may lie in a buffer shared with others.
  if (buffer.buffer.byteLength <= 8192) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function failure(cause: unknown, size: number, offset: number): FormatError {
  const code = String((cause as { readonly code?: unknown } | null)?.code);
  const text = String((cause as { readonly message?: unknown } | null)?.message);
  const say = (kind: "FORMAT_MALFORMED" | "FORMAT_TRUNCATED" | "FORMAT_CHECKSUM", why: string): FormatError =>
    new FormatError(kind, "hdf5", why, { offset, cause });
  if (code === "ERR_BUFFER_TOO_LARGE")
    return say("FORMAT_MALFORMED", `a chunk inflates to more than the ${size} bytes declared`);
  if (code === "Z_BUF_ERROR") return say("FORMAT_TRUNCATED", "a compressed chunk ends early");
  if (/incorrect data check/.test(text)) return say("FORMAT_CHECKSUM", "the Adler-32 of a chunk does not match");
  return say("FORMAT_MALFORMED", "a compressed chunk is damaged");
}
