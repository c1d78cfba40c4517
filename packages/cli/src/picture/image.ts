import { nanColour, type Rgb, scaleColour } from "./colour.ts";
import { fraction } from "./draw.ts";
import type { Field } from "./field.ts";
import type { Trace } from "./trace.ts";

/** Pixels row by row, three bytes each. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Two greys in slanting stripes: no colour of the scale, and seen without colour vision too. */
const stripes: readonly [Rgb, Rgb] = [
  [112, 112, 112],
  [72, 72, 72],
];
const background: Rgb = [255, 255, 255];
const ink: Rgb = [34, 94, 168];
const STRIPE = 6;
/** Small arrays are drawn in squares of several pixels, up to about so many across. */
const COMFORTABLE = 720;

/** Each cell a square of pixels. */
export function imageOfField(field: Field): Image {
  const { rows, columns, values, masked, range } = field;
  const side = Math.max(1, Math.min(64, Math.floor(COMFORTABLE / Math.max(rows, columns, 1))));
  const image = blank(Math.max(1, columns * side), Math.max(1, rows * side), background);
  for (let y = 0; y < rows * side; y++)
    for (let x = 0; x < columns * side; x++) {
      const cell = Math.floor(y / side) * columns + Math.floor(x / side);
      const value = values[cell] as number;
      put(
        image,
        x,
        y,
        masked[cell] === 1 ? striped(x, y) : Number.isNaN(value) ? nanColour : scaleColour(fraction(value, range)),
      );
    }
  return image;
}

/** A line from left to right; where elements are masked the background is striped. */
export function imageOfTrace(trace: Trace, height: number): Image {
  const image = blank(Math.max(1, trace.columns), height, background);
  const y = (value: number): number => Math.round((1 - fraction(value, trace.range)) * (height - 1));
  let before: readonly [number, number] | undefined;
  for (let x = 0; x < trace.columns; x++) {
    if (trace.masked[x] === 1) for (let row = 0; row < height; row++) put(image, x, row, striped(x, row));
    const [low, high] = [trace.low[x] as number, trace.high[x] as number];
    if (Number.isNaN(low)) {
      before = undefined;
      continue;
    }
    // From the column before, so that the line is unbroken.
    const [top, bottom] = [y(high), y(low)];
    const from = before === undefined ? top : Math.min(top, before[1]);
    const to = before === undefined ? bottom : Math.max(bottom, before[0]);
    for (let row = from; row <= to; row++) put(image, x, row, ink);
    before = [top, bottom];
  }
  return image;
}

function blank(width: number, height: number, colour: Rgb): Image {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = colour[i % 3] as number;
  return { width, height, data };
}

const striped = (x: number, y: number): Rgb => stripes[Math.floor((x + y) / STRIPE) % 2] as Rgb;

function put({ width, data }: Image, x: number, y: number, colour: Rgb): void {
  data.set(colour, (y * width + x) * 3);
}

/** The file format PNG. */
export async function pngOf({ width, height, data }: Image): Promise<Uint8Array> {
  const { encode } = await import("fast-png");
  return encode({ width, height, data, depth: 8, channels: 3 });
}
