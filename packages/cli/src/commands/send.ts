import { blockSource, sendBlocks } from "@masquerade/transport";
import type { Define, Outcome } from "../command.ts";
import { addConnectionOptions, type ConnectionOptions, connection, digestText } from "../connection.ts";
import { addFormatOptions } from "../format-options.ts";
import type { Io } from "../io.ts";
import { meter } from "../progress.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";

type Options = ConnectionOptions & ReadingOptions;

/** What travels: its options are those of the connection. */
const travels = registry.get("blocks");

export const define: Define = (command, { io, does }) => {
  command
    .argument("<file>", 'what to send: a path, an http(s) URL, "-"')
    .argument("[address]", "HOST:PORT of a `masq receive --listen`");
  addConnectionOptions(addReadingOptions(command)).addHelpText("after", examples);
  const flags = addFormatOptions(command, [travels], ["write"]);
  command.action((file: string, address: string | undefined, options: Options) => {
    does(send(file, address, options, flags.collect(travels, "write"), io));
  });
};

async function send(
  argument: string,
  address: string | undefined,
  options: Options,
  write: Record<string, unknown>,
  io: Io,
): Promise<Outcome> {
  return await withFile(argument, options, {}, io, async (file) => {
    const source = blockSource(file, write);
    const channel = await connection(address, options, io);
    using progress = meter(io, { label: argument, quiet: options.quiet });
    const sent = await sendBlocks(channel, source, {
      onProgress: (done, total) =>
        progress.update(Math.round((done / Math.max(1, total ?? 1)) * source.bytes), source.bytes),
    });
    const before = sent.blocks - sent.sent;
    const note = `sent ${sent.sent} blocks${before > 0 ? `; ${before} were there already` : ""}; digest ${digestText(sent.digest)}\n`;
    return { note: options.quiet === true ? undefined : note };
  });
}

const examples = `
Examples:
  $ masq send sst.npz host:7000                    to a \`masq receive sst.npz --listen 0.0.0.0:7000\`
  $ masq send sst.h5 --listen 7000 --codec zstd    waits for \`masq receive OUT host:7000\`

Any file that can be read is sent block by block, verified on the other side and confirmed. A transfer that was cut goes on where it ended when
both commands are run again. The connection is neither encrypted nor authenticated: through networks you do not trust use a tunnel, as ssh -L.`;
