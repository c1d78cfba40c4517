/** How many colours a terminal shows: none at all, 256, or all of them. */
export type Depth = "none" | "256" | "true";
export type Rgb = readonly [red: number, green: number, blue: number];

/** What a stream can show: colour on a terminal only, and never under NO_COLOR (https://no-color.org). */
export function colourDepth(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): Depth {
  if ((env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb") return "none";
  const forced = (env["FORCE_COLOR"] ?? "0") !== "0";
  if (!isTTY && !forced) return "none";
  return /^(truecolor|24bit)$/i.test(env["COLORTERM"] ?? "") ? "true" : "256";
}

/** Cold to warm, each stop lighter or redder than the one before: told apart without colour vision by its lightness around the middle. */
const stops: readonly Rgb[] = [
  [18, 32, 96],
  [34, 94, 168],
  [65, 182, 196],
  [199, 233, 180],
  [254, 224, 144],
  [244, 109, 67],
  [165, 0, 38],
];
/** Masked cells: a grey that the scale does not have. */
export const maskedColour: Rgb = [88, 88, 88];
/** Visible cells that hold no finite number. */
export const nanColour: Rgb = [255, 0, 255];

/** The colour of a fraction of the scale, 0 to 1. */
export function scaleColour(fraction: number): Rgb {
  const place = Math.min(1, Math.max(0, fraction)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [stops[below] as Rgb, stops[below + 1] as Rgb];
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(from[channel] + (to[channel] - from[channel]) * (place - below));
  return [mix(0), mix(1), mix(2)];
}

/** The escape sequence (ECMA-48, SGR) that makes what follows this colour: 38 the characters, 48 what is behind them. */
export function paint(colour: Rgb, layer: 38 | 48, depth: Exclude<Depth, "none">): string {
  return depth === "true" ? `\u001b[${layer};2;${colour.join(";")}m` : `\u001b[${layer};5;${nearestOf256(colour)}m`;
}

export const plain = "\u001b[0m";

/** xterm's cube of 6 × 6 × 6 colours begins at 16, its 24 greys at 232. */
function nearestOf256([red, green, blue]: Rgb): number {
  if (red === green && green === blue) return 232 + Math.min(23, Math.max(0, Math.round((red - 8) / 10)));
  const level = (value: number): number =>
    value < 48 ? 0 : value < 115 ? 1 : Math.min(5, Math.round((value - 55) / 40));
  return 16 + 36 * level(red) + 6 * level(green) + level(blue);
}
