import {
  type AnyArray,
  type LazyArray,
  normalizeSelection,
  parseSelection,
  type SelectionItem,
} from "@masquerade/core";
import { Option } from "commander";
import type { Define, Outcome } from "../command.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import type { Io } from "../io.ts";
import { openOutput } from "../output.ts";
import {
  colourDepth,
  drawField,
  drawTrace,
  fieldOf,
  type Graphics,
  graphicsFor,
  type Image,
  imageOfField,
  imageOfTrace,
  inline,
  pngOf,
  stretched,
  traceOf,
} from "../picture/index.ts";
import { dotsAcross } from "../picture/line.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";
import { compose } from "../transform/compose.ts";

interface Options extends ReadingOptions {
  readonly select?: string;
  readonly slice?: string;
  readonly width?: string;
  readonly png?: string;
  readonly force?: boolean;
  readonly graphics: Graphics | "auto";
}

const USUAL_WIDTH = 80;
/** Cells along each side of an image at most. */
const MOST_PIXELS = 2048;
const LINE_PIXELS = { width: 1024, height: 320 };
/** More elements than this are looked at in steps: every second, third, … along an axis. */
const MOST_ELEMENTS = 2 ** 24;

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<file>", 'a path, an http(s) URL, or "-" for stdin'))
    .option("--select <key>", "the array, in a file of several")
    .option("--slice <selection>", "what to draw (default: the first plane along every axis but the last two)")
    .option("--width <N>", "columns of the picture (default: those of the terminal)")
    .option("--png <file>", 'write an image instead, a pixel or more for each element; "-" for stdout')
    .option("--force", "replace the image if it exists")
    .addOption(
      new Option("--graphics <how>", "how the terminal takes pictures")
        .choices(["auto", "kitty", "iterm", "sixel", "blocks"])
        .default("auto"),
    )
    .addHelpText(
      "after",
      `
Examples:
  $ masq show sst.pkl                    two-dimensional, masked cells in grey
  $ masq show sst.pkl --slice "2"        the third plane
  $ masq show sst.pkl --slice ":, 10, 20"  one dimension: a line
  $ masq show sst.pkl --png sst.png      an image; masked cells are striped
  $ NO_COLOR=1 masq show sst.pkl         in plain characters; so too where there is no terminal

The scale goes from the least to the greatest finite value that is not masked. Terminals that say they take pictures (kitty, Ghostty, iTerm2,
WezTerm, foot, …) get one, others half blocks in colour.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((name: string, options: Options) => {
    if (options.width !== undefined && !/^[1-9]\d{0,4}$/.test(options.width))
      throw new UsageError(`--width takes a number, not "${options.width}"`);
    does(
      withFile(name, options, flags.given("read"), io, async (file) => {
        const { part, steps } = await partOf(file.array(options.select), options.slice);
        const note = steps === undefined ? undefined : `masq: every ${steps} element is looked at\n`;
        const outcome = await (options.png === undefined ? draw(part, options, io) : write(part, options, options.png));
        return { ...outcome, note: [note, outcome.note].filter((one) => one !== undefined).join("") || undefined };
      }),
    );
  });
};

/** What was selected; of what has more than two dimensions, the first plane; of what is too large, elements at equal distances. */
async function partOf(
  array: LazyArray,
  slice: string | undefined,
): Promise<{ part: AnyArray; steps: string | undefined }> {
  const { shape } = array.header;
  const items = slice === undefined ? shape.slice(2).map((): SelectionItem => 0) : parseSelection(slice);
  const chosen = normalizeSelection(items, shape);
  const more = Math.max(0, chosen.shape.length - 2);
  const plane = chosen.shape.slice(more);
  const size = plane.reduce((n, dim) => n * dim, 1);
  // Longest axes first: what is a few elements wide stays whole.
  const most = plane.length === 0 ? 1 : Math.floor(MOST_ELEMENTS ** (1 / plane.length));
  const strides = plane.map((dim) => (size > MOST_ELEMENTS ? Math.max(1, Math.ceil(dim / most)) : 1));
  const inner: SelectionItem[] = [...chosen.shape.slice(0, more).map(() => 0), ...strides.map((step) => ({ step }))];
  const selection = compose(chosen, normalizeSelection(inner, chosen.shape));
  const part = selection === undefined ? (await array.read(items)).slice(inner) : await array.read(selection);
  const stepped = strides.filter((step) => step > 1);
  return {
    part: part.ndim === 0 ? part.reshape([1]) : part,
    steps: stepped.length === 0 ? undefined : strides.map(ordinal).join(" × "),
  };
}

const ordinal = (n: number): string => {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
};

async function draw(part: AnyArray, { width, graphics }: Options, { env, stdout }: Io): Promise<Outcome> {
  const columns = width === undefined ? (stdout.columns ?? USUAL_WIDTH) : Number(width);
  const how = graphics === "auto" ? graphicsFor(env, stdout.isTTY === true) : graphics;
  if (how !== "blocks") return { out: await inline(imageOf(part), how) };
  const depth = colourDepth(env, stdout.isTTY === true);
  if (part.ndim === 1) {
    const { range } = traceOf(part, 1);
    const dots = dotsAcross(columns, { range });
    return { out: drawTrace(stretched(traceOf(part, dots), dots), { depth }) };
  }
  return { out: drawField(fieldOf(part, columns), { depth }) };
}

function imageOf(part: AnyArray): Image {
  if (part.ndim === 1)
    return imageOfTrace(stretched(traceOf(part, LINE_PIXELS.width), LINE_PIXELS.width), LINE_PIXELS.height);
  const [rows = 0, columns = 0] = part.shape;
  // fieldOf keeps proportions by its columns.
  const step = Math.max(1, Math.ceil(Math.max(rows, columns) / MOST_PIXELS));
  return imageOfField(fieldOf(part, Math.ceil(columns / step)));
}

async function write(part: AnyArray, { force }: Options, path: string): Promise<Outcome> {
  const image = imageOf(part);
  const bytes = await pngOf(image);
  if (path === "-") return { out: [bytes] };
  const destination = await openOutput(path, force === true);
  try {
    await destination.sink.write(bytes);
    await destination.commit();
  } catch (error) {
    await destination.abort();
    throw error;
  }
  return { note: `${path}: ${image.width} × ${image.height} pixels\n` };
}
