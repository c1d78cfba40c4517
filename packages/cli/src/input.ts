import { type ByteSource, cached, defaultLimits, fromBytes, fromUrl, LimitError, type Limits } from "@masquerade/core";
import { fromFile } from "@masquerade/core/node";
import { UsageError } from "./failure.ts";
import type { Io } from "./io.ts";

/** A header over HTTP takes few requests, and few bytes that nobody asked for. */
const REMOTE_BLOCK = 16_384;

/** What a command reads: a path, an http(s) URL (by ranges), a file: URL, or "-" for everything on stdin. */
export async function openInput(argument: string, io: Io, limits: Partial<Limits>): Promise<ByteSource> {
  if (argument === "-") return fromBytes(await readStdin(io, limits.maxBytes ?? defaultLimits.maxBytes));
  if (/^https?:\/\//i.test(argument)) return cached(await fromUrl(argument), { blockSize: REMOTE_BLOCK });
  return await fromFile(/^file:\/\//i.test(argument) ? new URL(argument) : argument);
}

async function readStdin(io: Io, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    size += bytes.length;
    if (size > maxBytes) throw new LimitError("maxBytes", `more than ${maxBytes} bytes on stdin`);
    chunks.push(bytes);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** `--limit maxBytes=1e10`, repeatable: the limits by name. Throws UsageError; unknown names are refused by the limits themselves. */
export function parseLimits(given: readonly string[]): Partial<Limits> {
  const limits: Record<string, number> = {};
  for (const one of given) {
    const [, name, value] = /^(\w+)=(\d+(?:\.\d+)?(?:e\d+)?)$/i.exec(one) ?? [];
    if (name === undefined) throw new UsageError(`--limit takes NAME=NUMBER, as maxBytes=1e10, not "${one}"`);
    limits[name] = Number(value);
  }
  return limits;
}
