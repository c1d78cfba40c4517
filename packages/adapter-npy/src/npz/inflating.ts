import { crc32, inflateRawChunks } from "@masquerade/compression";
import { type ByteSource, FormatError, quoteText, throwIfAborted } from "@masquerade/core";
import type { DataBytes } from "../lazy/data.ts";
import type { Range } from "../reading.ts";
import type { ArrayMember } from "./member.ts";

/** Bytes fetched at a time. */
const CHUNK = 256 << 10;

async function* packedChunks(
  source: ByteSource,
  member: ArrayMember,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const end = member.start + member.entry.packedSize;
  for (let at = member.start; at < end; at += CHUNK) {
    throwIfAborted(signal);
    yield await source.read(at, Math.min(CHUNK, end - at), signal);
  }
}

/** A deflated member read from its beginning as far as the runs asked for reach, in bounded memory. Read to its end, its CRC is verified. */
export function inflating(source: ByteSource, member: ArrayMember): DataBytes {
  return {
    async *runs<R extends Range>(runs: Iterable<R>, signal?: AbortSignal) {
      const { entry } = member;
      const chunks = inflateRawChunks(packedChunks(source, member, signal), {
        format: "npz",
        offset: member.start,
        size: entry.size,
        maxBytes: entry.size,
      });
      let crc = 0;
      let chunk = new Uint8Array() as Uint8Array;
      /** Offset of the chunk's first byte from the array's first. */
      let base = -member.header.dataOffset;
      const next = async (): Promise<boolean> => {
        base += chunk.length;
        const { done, value } = await chunks.next();
        chunk = done ? new Uint8Array() : value;
        crc = crc32(chunk, crc);
        return done !== true;
      };
      const short = (): FormatError =>
        new FormatError("FORMAT_TRUNCATED", "npz", `member "${quoteText(entry.name)}" ends early`, {
          offset: member.start,
        });
      try {
        for (const run of runs) {
          while (base + chunk.length <= run.offset && run.length > 0) if (!(await next())) throw short();
          const from = run.offset - base;
          if (from + run.length <= chunk.length) {
            yield [run, chunk.subarray(from, from + run.length)] as const;
            continue;
          }
          const whole = new Uint8Array(run.length);
          let filled = 0;
          for (let at = from; ; at = 0) {
            const part = chunk.subarray(at, at + run.length - filled);
            whole.set(part, filled);
            filled += part.length;
            if (filled === run.length) break;
            if (!(await next())) throw short();
          }
          yield [run, whole] as const;
        }
        if (base + chunk.length !== entry.size - member.header.dataOffset) return;
        if (await next()) throw short();
        if (crc !== entry.crc)
          throw new FormatError(
            "FORMAT_CHECKSUM",
            "npz",
            `the CRC-32 of member "${quoteText(entry.name)}" does not match its data`,
            {
              offset: member.start,
            },
          );
      } finally {
        await chunks.return(undefined);
      }
    },
  };
}
