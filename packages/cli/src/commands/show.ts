import type { AnyArray, LazyArray } from "@masquerade/core";
import type { Define, Outcome } from "../command.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import type { Io } from "../io.ts";
import { colourDepth, drawField, fieldOf } from "../picture/index.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";

interface Options extends ReadingOptions {
  readonly select?: string;
  readonly slice?: string;
  readonly width?: string;
}

const USUAL_WIDTH = 80;

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<file>", 'a path, an http(s) URL, or "-" for stdin'))
    .option("--select <key>", "the array, in a file of several")
    .option("--slice <selection>", "the plane to draw (default: the first along every axis but the last two)")
    .option("--width <N>", "columns of the picture (default: those of the terminal)")
    .addHelpText(
      "after",
      `
Examples:
  $ masq show sst.pkl                    two-dimensional, masked cells in grey
  $ masq show sst.pkl --slice "2"        the third plane
  $ NO_COLOR=1 masq show sst.pkl         in plain characters; so too where there is no terminal

The scale goes from the least to the greatest finite value that is not masked.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((name: string, options: Options) => {
    if (options.width !== undefined && !/^[1-9]\d{0,4}$/.test(options.width))
      throw new UsageError(`--width takes a number, not "${options.width}"`);
    does(
      withFile(name, options, flags.given("read"), io, async (file) =>
        draw(await planeOf(file.array(options.select), options.slice), options, io),
      ),
    );
  });
};

/** What was selected; of what has more than two dimensions, the first plane. One row is drawn as a picture of one row. */
async function planeOf(array: LazyArray, slice: string | undefined): Promise<AnyArray> {
  const more = Math.max(0, array.header.shape.length - 2);
  const part = await array.read(slice ?? Array.from({ length: more }, () => 0));
  if (part.ndim < 2) return part.reshape([1, -1]);
  return part.slice(Array.from({ length: part.ndim - 2 }, () => 0));
}

function draw(plane: AnyArray, { width }: Options, { env, stdout }: Io): Outcome {
  const columns = width === undefined ? (stdout.columns ?? USUAL_WIDTH) : Number(width);
  return { out: drawField(fieldOf(plane, columns), { depth: colourDepth(env, stdout.isTTY === true) }) };
}
