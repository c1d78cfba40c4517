import { maskedColour, paint, plain, scaleColour } from "./colour.ts";
import { type DrawOptions, ends, fraction } from "./draw.ts";
import type { Trace } from "./trace.ts";

const ROWS = 12;
/** Dots of a braille character: two columns of four. */
const DOTS_ACROSS = 2;
const DOTS_DOWN = 4;
const BRAILLE = 0x2800;
/** Bits of a character for the dots of each column, from the top. */
const dots: readonly (readonly number[])[] = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];

/** Columns of a trace that fill lines of `columns` characters. */
export const dotsAcross = (columns: number, trace: { readonly range: Trace["range"] }): number =>
  Math.max(1, columns - gutter(trace.range)) * DOTS_ACROSS;

const gutter = (range: Trace["range"]): number => Math.max(...ends(range, undefined).map((text) => text.length)) + 2;

/** A line in dots, with its range on the left; below it "#", in grey where there is colour, marks what is masked. */
export function drawTrace(trace: Trace, { depth, maskedName = "masked" }: DrawOptions): string {
  const cells = Math.ceil(trace.columns / DOTS_ACROSS);
  const grid = Array.from({ length: ROWS }, () => new Uint8Array(cells));
  const height = ROWS * DOTS_DOWN;
  const row = (value: number): number => Math.round((1 - fraction(value, trace.range)) * (height - 1));
  let before: readonly [number, number] | undefined;
  for (let x = 0; x < trace.columns; x++) {
    const [low, high] = [trace.low[x] as number, trace.high[x] as number];
    if (Number.isNaN(low)) {
      before = undefined;
      continue;
    }
    const [top, bottom] = [row(high), row(low)];
    const from = before === undefined ? top : Math.min(top, before[1]);
    const to = before === undefined ? bottom : Math.max(bottom, before[0]);
    for (let y = from; y <= to; y++) {
      const cell = grid[Math.floor(y / DOTS_DOWN)] as Uint8Array;
      const at = Math.floor(x / DOTS_ACROSS);
      cell[at] = (cell[at] as number) | (dots[x % DOTS_ACROSS]?.[y % DOTS_DOWN] as number);
    }
    before = [top, bottom];
  }
  const [least, greatest] = ends(trace.range, undefined);
  const width = gutter(trace.range) - 2;
  const ink = depth === "none" ? ["", ""] : [paint(scaleColour(0.3), 38, depth), plain];
  const lines = grid.map((line, y) => {
    const label = y === 0 ? greatest : y === ROWS - 1 ? least : "";
    const text = Array.from(line, (bits) => String.fromCodePoint(BRAILLE + bits)).join("");
    return `${label.padStart(width)} │${ink[0]}${text}${ink[1]}`;
  });
  const marks = Array.from({ length: cells }, (_, i) =>
    [0, 1].some((dot) => trace.masked[i * DOTS_ACROSS + dot] === 1) ? "#" : " ",
  ).join("");
  if (marks.trim() !== "") {
    const grey = depth === "none" ? ["", ""] : [paint(maskedColour, 38, depth), plain];
    lines.push(`${"".padStart(width)} │${grey[0]}${marks.trimEnd()}${grey[1]}   # ${maskedName}`);
  }
  return `${lines.join("\n")}\n`;
}
