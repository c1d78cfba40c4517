import { open as openFile } from "node:fs/promises";
import { type AnyFormat, isMasqueradeError, quoteText, SourceError } from "@masquerade/core";
import { receiveBlocks } from "@masquerade/transport";
import { type FileStore, fileStore } from "@masquerade/transport/node";
import type { Define, Outcome } from "../command.ts";
import { addConnectionOptions, type ConnectionOptions, connection, digestText } from "../connection.ts";
import { convert } from "../conversion.ts";
import { fidelityText } from "../fidelity.ts";
import { addFormatOptions, type FormatFlags } from "../format-options.ts";
import type { Io } from "../io.ts";
import { demandFree } from "../output.ts";
import { meter } from "../progress.ts";
import { addLimitOption, limitsOf } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ConnectionOptions {
  readonly to?: string;
  readonly force?: boolean;
  readonly exact?: boolean;
  readonly lossy?: boolean;
  readonly limit?: readonly string[];
}

/** Bytes a format recognises itself by. */
const HEAD_BYTES = 4096;

export const define: Define = (command, { io, does }) => {
  command
    .argument("<file>", "what to write; its format by its extension, or --to")
    .argument("[address]", "HOST:PORT of a `masq send --listen`")
    .option("--to <format>", "the format to write")
    .option("--exact", "refuse the loss of traits too")
    .option("--lossy", "accept the loss of content that the format cannot hold")
    .option("--force", "replace what exists");
  addConnectionOptions(addLimitOption(command)).addHelpText("after", examples);
  const flags = addFormatOptions(command, registry.formats, ["write"]);
  command.action((file: string, address: string | undefined, options: Options) => {
    does(receive(file, address, options, flags, io));
  });
};

async function receive(
  output: string,
  address: string | undefined,
  options: Options,
  flags: FormatFlags,
  io: Io,
): Promise<Outcome> {
  const format = options.to === undefined ? registry.forName(output) : registry.get(options.to);
  const write = flags.collect(format, "write");
  await demandFree(output, options.force === true);
  const part = `${output}.part`;
  const store = await fileStore(part, limitsOf(options));
  const summary = await fetched(store, address, options, io);
  const report = await placed(store, format, output, options, write, io);
  return { note: options.quiet === true ? undefined : summary + report };
}

/** Everything into the file beside the output, which stays when the connection is cut. */
async function fetched(store: FileStore, address: string | undefined, options: Options, io: Io): Promise<string> {
  const before = store.reading.have.size;
  try {
    const channel = await connection(address, options, io);
    using progress = meter(io, { label: store.path, unit: "blocks", quiet: options.quiet });
    const { blocks, received, digest } = await receiveBlocks(channel, store, { onProgress: progress.update });
    const there = blocks - received;
    return `received ${received} blocks${there > 0 ? `; ${there} were there already` : ""}; digest ${digestText(digest)}\n`;
  } catch (error) {
    const have = store.reading.have.size;
    if (have === 0 && before === 0) await store.discard();
    else await store.close();
    if (have > 0 && isMasqueradeError(error, "SOURCE_CHANGED"))
      throw new SourceError(error.code, `${error.message}; remove ${quoteText(store.path, 100)} to begin anew`);
    if (have === 0 || !isMasqueradeError(error, "SOURCE_CLOSED", "SOURCE_IO")) throw error;
    throw new SourceError(error.code, `${error.message}; run it again to go on (${quoteText(store.path, 100)})`, {
      cause: error,
    });
  }
}

/** What has come under its name: as it is where that is the format wanted, else converted. */
async function placed(
  store: FileStore,
  format: AnyFormat,
  output: string,
  options: Options,
  write: Record<string, unknown>,
  io: Io,
): Promise<string> {
  if (format.sniff(await headOf(store.path)) === "yes" && Object.keys(write).length === 0) {
    await demandFree(output, options.force === true);
    await store.moveTo(output);
    return "";
  }
  const report = await convert(
    {
      input: store.path,
      output,
      from: undefined,
      read: {},
      write: () => write,
      policy: { exact: options.exact === true, lossy: options.lossy === true },
      force: options.force === true,
      transform: { select: undefined, slice: undefined, astype: undefined, fill: undefined },
      dryRun: false,
      verify: false,
      quiet: options.quiet === true,
      limits: limitsOf(options),
    },
    format,
    io,
  );
  await store.discard();
  return fidelityText(report);
}

async function headOf(path: string): Promise<Uint8Array> {
  const handle = await openFile(path);
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

const examples = `
Examples:
  $ masq receive sst.npz --listen 0.0.0.0:7000     waits for \`masq send FILE host:7000\`
  $ masq receive sst.mqb host:7000                 from a \`masq send FILE --listen 7000\`

Every block is verified before it is kept, in FILE.part; a transfer that was cut goes on where it ended when both commands are run again. FILE
appears whole or not at all. The connection is neither encrypted nor authenticated.`;
