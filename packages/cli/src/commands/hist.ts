import type { Define } from "../command.ts";
import { UsageError } from "../failure.ts";
import { addFormatOptions } from "../format-options.ts";
import { dtypeJson } from "../header-json.ts";
import type { Json } from "../json-value.ts";
import { meter } from "../progress.ts";
import { addReadingOptions, type ReadingOptions, withFile } from "../reading.ts";
import { registry } from "../registry.ts";
import { type Histogram, histogramOf } from "../stats/histogram.ts";
import { cellText } from "../stats/text.ts";

interface Options extends ReadingOptions {
  readonly select?: string;
  readonly bins: string;
  readonly range?: string;
  readonly width?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const USUAL_WIDTH = 80;
const MOST_BINS = 10_000;

export const define: Define = (command, { io, does }) => {
  addReadingOptions(command.argument("<file>", 'a path, an http(s) URL, or "-" for stdin'))
    .option("--select <key>", "the array, in a file of several")
    .option("--bins <N>", "how many bins of equal width", "20")
    .option("--range <low,high>", "count only from low to high (default: all that is visible and finite)")
    .option("--width <N>", "columns of the picture (default: those of the terminal)")
    .option("--json", "print JSON: edges and counts")
    .option("--quiet", "no progress")
    .addHelpText(
      "after",
      `
Examples:
  $ masq hist sst.pkl
  $ masq hist --bins 50 --range 0,30 --select t run.npz
  $ masq hist --json sst.npy

Masked elements and NaN are counted apart. Bins are those of numpy.histogram: each holds its lower limit, the last both.`,
    );
  const flags = addFormatOptions(command, registry.formats, ["read"]);
  command.action((name: string, options: Options) => {
    const bins = whole("bins", options.bins, MOST_BINS);
    const width =
      options.width === undefined ? (io.stdout.columns ?? USUAL_WIDTH) : whole("width", options.width, 99_999);
    const range = options.range === undefined ? undefined : rangeOf(options.range);
    does(
      withFile(name, options, flags.given("read"), io, async (file) => {
        const array = file.array(options.select);
        using progress = meter(io, { label: name, unit: "elements", quiet: options.quiet });
        const found = await histogramOf(array, { bins, range, onProgress: progress.update });
        if (options.json !== true) return { out: picture(found, width) };
        const { dtype, shape } = array.header;
        const about = { key: options.select ?? null, dtype: dtypeJson(dtype), shape };
        return { out: `${JSON.stringify({ ...about, ...found })}\n` };
      }),
    );
  });
};

function whole(name: string, text: string, most: number): number {
  const value = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw new UsageError(`--${name} takes a number from 1 to ${most}, not "${text}"`);
}

function rangeOf(text: string): [number, number] {
  const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
  const parts = text.split(",");
  const [low, high] = parts.map((part) => (number.test(part) ? Number(part) : Number.NaN));
  if (parts.length === 2 && low !== undefined && high !== undefined && low < high) return [low, high];
  throw new UsageError(`--range takes two numbers, the lower one first, as 0,30, not "${text}"`);
}

/** Eighths of a character cell. */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

function picture({ edges, counts, masked, nan, outside }: Histogram, width: number): string {
  const limits = edges.map((edge: Json) => cellText(edge));
  const [edgeWidth, countWidth] = [Math.max(...limits.map((one) => one.length)), String(Math.max(...counts)).length];
  const room = Math.max(1, width - 2 * edgeWidth - countWidth - 6);
  const most = Math.max(1, ...counts);
  const lines = counts.map((count, i) => {
    const cells = Math.round((count / most) * room * 8);
    const bar = "█".repeat(Math.floor(cells / 8)) + eighths[cells % 8];
    const [low, high] = [limits[i] as string, limits[i + 1] as string];
    return `${low.padStart(edgeWidth)} .. ${high.padStart(edgeWidth)} ${String(count).padStart(countWidth)} ${bar}`.trimEnd();
  });
  const rest = [`masked ${masked}`, `NaN ${nan}`, `outside ${outside}`];
  return `${[...lines, rest.join(", ")].join("\n")}\n`;
}
