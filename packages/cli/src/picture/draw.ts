import { type Depth, maskedColour, nanColour, paint, plain, type Rgb, scaleColour } from "./colour.ts";
import type { Field } from "./field.ts";

export interface DrawOptions {
  readonly depth: Depth;
  /** After the numbers of the scale, as "°C". */
  readonly unit?: string | undefined;
  /** What masked cells are called below the picture. Default "masked". */
  readonly maskedName?: string | undefined;
}

/** Characters from low to high, where there are no colours; masked cells are "#", visible ones that are not finite "?". */
const shades = " .:-=+*%@";
/** Masked cells without colour. */
const MASKED = "#";
const NOT_FINITE = "?";
const UPPER_HALF = "▀";
const SCALE_CELLS = 24;

/**
 * A field as lines of text, with its scale below: two rows of cells to a line, as half blocks in colour, else one character for both (the
 * mean of what is visible; masked where both are). The scale goes from the least to the greatest visible finite value.
 */
export function drawField(field: Field, options: DrawOptions): string {
  const { depth } = options;
  const lines: string[] = [];
  for (let row = 0; row < field.rows; row += 2)
    lines.push(depth === "none" ? shadedLine(field, row) : colouredLine(field, row, depth));
  lines.push(depth === "none" ? shadedScale(field, options) : colouredScale(field, depth, options));
  return `${lines.join("\n")}\n`;
}

/** Where a value lies in a range, 0 to 1. */
export function fraction(value: number, range: Field["range"]): number {
  const [low, high] = range ?? [0, 0];
  // Halves: the whole range may be more than the largest number.
  return high === low ? 0.5 : (value / 2 - low / 2) / (high / 2 - low / 2);
}

const shade = (part: number): string => shades[Math.min(shades.length - 1, Math.floor(part * shades.length))] as string;

function shadedLine({ columns, rows, values, masked, range }: Field, row: number): string {
  let line = "";
  for (let column = 0; column < columns; column++) {
    const cells = [row * columns + column, ...(row + 1 < rows ? [(row + 1) * columns + column] : [])];
    const seen = cells.map((cell) => values[cell] as number).filter((value) => !Number.isNaN(value));
    if (cells.every((cell) => masked[cell] === 1)) line += MASKED;
    else if (seen.length === 0) line += NOT_FINITE;
    else line += shade(fraction(seen.reduce((sum, value) => sum + value, 0) / seen.length, range));
  }
  return line;
}

function colourOf({ columns, rows, values, masked, range }: Field, row: number, column: number): Rgb | undefined {
  if (row >= rows) return undefined;
  const cell = row * columns + column;
  if (masked[cell] === 1) return maskedColour;
  const value = values[cell] as number;
  return Number.isNaN(value) ? nanColour : scaleColour(fraction(value, range));
}

function colouredLine(field: Field, row: number, depth: Exclude<Depth, "none">): string {
  let line = "";
  let before = "";
  for (let column = 0; column < field.columns; column++) {
    const [upper, lower] = [colourOf(field, row, column) as Rgb, colourOf(field, row + 1, column)];
    const colours = paint(upper, 38, depth) + (lower === undefined ? "" : paint(lower, 48, depth));
    line += (colours === before ? "" : colours) + UPPER_HALF;
    before = colours;
  }
  return line + plain;
}

/** The ends of a range as people read them. */
export function ends(range: Field["range"], unit: string | undefined): readonly [low: string, high: string] {
  if (range === undefined) return ["nothing", "visible"];
  const [low, high] = range.map((value) => {
    const short = Number(value.toPrecision(4));
    return String(Number.isFinite(short) ? short : value);
  });
  return [low as string, unit === undefined ? (high as string) : `${high} ${unit}`];
}

function shadedScale({ range }: Field, { unit, maskedName = "masked" }: DrawOptions): string {
  const [low, high] = ends(range, unit);
  return `${low} [${shades}] ${high}   ${MASKED} ${maskedName}`;
}

function colouredScale({ range }: Field, depth: Exclude<Depth, "none">, { unit, maskedName = "masked" }: DrawOptions) {
  const [low, high] = ends(range, unit);
  let bar = "";
  for (let i = 0; i < SCALE_CELLS; i++) bar += `${paint(scaleColour((i + 0.5) / SCALE_CELLS), 48, depth)} `;
  return `${low} ${bar}${plain} ${high}   ${paint(maskedColour, 48, depth)}  ${plain} ${maskedName}`;
}
