import { quoteText } from "@masquerade/core";
import type { Channel } from "@masquerade/transport";
import { connectTcp, listenTcp } from "@masquerade/transport/node";
import type { Command } from "commander";
import { UsageError } from "./failure.ts";
import { emit, type Io } from "./io.ts";

/** Options of the commands at the two ends of a connection. */
export interface ConnectionOptions {
  readonly listen?: string;
  readonly timeout: string;
  readonly quiet?: boolean;
}

export function addConnectionOptions(command: Command): Command {
  return command
    .option(
      "--listen <[host:]port>",
      "wait for the other side to connect (default host 127.0.0.1; port 0: any free one)",
    )
    .option("--timeout <seconds>", "without a byte for so long the other side is taken for gone", "60")
    .option("--quiet", "no progress and no summary; failures are still told");
}

/** `host:port`, `[::1]:port`, or a port of this machine. Throws UsageError. */
export function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]:|([^:]*):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw new UsageError(`"${quoteText(text)}" is no address; HOST:PORT or PORT is`);
  return { host: bracketed || plain || "127.0.0.1", port };
}

/** The one connection of a command: to the address given, or the first that comes. */
export async function connection(address: string | undefined, options: ConnectionOptions, io: Io): Promise<Channel> {
  const seconds = Number(options.timeout);
  if (!(seconds >= 0)) throw new UsageError(`--timeout takes seconds, not "${quoteText(options.timeout)}"`);
  const timeout = Math.round(seconds * 1000);
  if ((address === undefined) === (options.listen === undefined))
    throw new UsageError("give the address of the other side, HOST:PORT, or --listen PORT to wait for it");
  if (options.listen === undefined) return await connectTcp({ ...addressOf(address as string), timeout });
  const listener = await listenTcp({ ...addressOf(options.listen), timeout });
  await emit(io.stderr, `listening on ${listener.host}:${listener.port}\n`);
  const channel = await listener.accept();
  // Only this connection is served; it goes on without the listener.
  void listener.close();
  return channel;
}

/** A digest for people: eight hexadecimal digits. */
export const digestText = (digest: number): string => digest.toString(16).padStart(8, "0");
