import { type ByteSource, isMasqueradeError, type Limits, openDecoded, type RecognisedFile } from "@masquerade/core";
import type { Command } from "commander";
import { openInput, parseLimits } from "./input.ts";
import type { Io } from "./io.ts";
import { formatNamed, registry } from "./registry.ts";

/** Options of every command that reads a file. */
export interface ReadingOptions {
  readonly from?: string;
  readonly limit?: readonly string[];
}

export function addReadingOptions(command: Command): Command {
  return addLimitOption(
    command.option(
      "--from <format>",
      "read it as this format (default: recognised from its bytes)",
      (id: string) => formatNamed(id).id,
    ),
  );
}

export function addLimitOption(command: Command): Command {
  return command.option("--limit <NAME=N>", "raise or lower a limit, as maxBytes=1e10 (may be repeated)", collect);
}

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function limitsOf(options: ReadingOptions): Partial<Limits> {
  return parseLimits(options.limit ?? []);
}

/** Opens a file for the length of `use`. `read` are options of the formats' own. */
export async function withFile<V>(
  argument: string,
  options: ReadingOptions,
  read: Record<string, unknown>,
  io: Io,
  use: (file: RecognisedFile) => Promise<V>,
): Promise<V> {
  return await withSource(argument, options, read, io, use);
}

/** The same with the bytes that the file was opened from. */
export async function withSource<V>(
  argument: string,
  options: ReadingOptions,
  read: Record<string, unknown>,
  io: Io,
  use: (file: RecognisedFile, source: ByteSource) => Promise<V>,
): Promise<V> {
  const limits = limitsOf(options);
  const source = await openInput(argument, io, limits);
  try {
    const format = options.from === undefined ? {} : { format: options.from };
    const file = await openWholeIfNeeded(source, { ...read, ...format, limits });
    try {
      return await use(file, source);
    } finally {
      await file[Symbol.asyncDispose]();
    }
  } finally {
    await source[Symbol.asyncDispose]();
  }
}

/** An open file; one that says it cannot be read by parts is read whole. */
export async function openWholeIfNeeded(source: ByteSource, options: object): Promise<RecognisedFile> {
  try {
    return await registry.open(source, options);
  } catch (error) {
    if (!isMasqueradeError(error, "CAPABILITY_MISSING") || error.capability !== "lazy") throw error;
    const file = openDecoded(await registry.load(source, options));
    return { ...file, format: error.format };
  }
}
