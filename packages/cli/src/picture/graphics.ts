import { type Image, pngOf } from "./image.ts";

/** How a terminal takes pictures: kitty's protocol, iTerm2's, sixels, or only as coloured characters. */
export type Graphics = "kitty" | "iterm" | "sixel" | "blocks";

/** What a terminal says of itself. Multiplexers pass no pictures on. */
export function graphicsFor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): Graphics {
  const [term, program] = [env["TERM"] ?? "", env["TERM_PROGRAM"] ?? ""];
  if (!isTTY || (env["NO_COLOR"] ?? "") !== "" || env["TMUX"] !== undefined || /^(screen|tmux|dumb)/.test(term))
    return "blocks";
  if (env["KITTY_WINDOW_ID"] !== undefined || /kitty|ghostty/.test(term) || program === "ghostty") return "kitty";
  if (program === "iTerm.app" || program === "WezTerm" || env["LC_TERMINAL"] === "iTerm2") return "iterm";
  return /^(foot|mlterm|contour|yaft)|sixel/.test(term) ? "sixel" : "blocks";
}

/** Bytes of base64 in one sequence of kitty's. */
const CHUNK = 4096;

/** An image as what a terminal is to be sent for it. */
export async function inline(image: Image, how: Exclude<Graphics, "blocks">): Promise<string> {
  if (how === "sixel") return `${sixels(image)}\n`;
  const bytes = Buffer.from(await pngOf(image));
  const text = bytes.toString("base64");
  if (how === "iterm") return `\u001b]1337;File=inline=1;size=${bytes.length};preserveAspectRatio=1:${text}\u0007\n`;
  const chunks = text.match(new RegExp(`.{1,${CHUNK}}`, "g")) ?? [];
  return `${chunks
    .map((chunk, i) => {
      const more = i < chunks.length - 1 ? 1 : 0;
      return `\u001b_G${i === 0 ? "a=T,f=100," : ""}m=${more};${chunk}\u001b\\`;
    })
    .join("")}\n`;
}

/** Levels of each channel that sixel pictures are reduced to: 216 colours, of the 256 that terminals have room for. */
const LEVELS = 6;
const ROWS_OF_A_SIXEL = 6;

/** DEC's sixels: six rows at a time, a run of characters for each colour that is in them. */
function sixels({ width, height, data }: Image): string {
  const level = (value: number): number => Math.round((value / 255) * (LEVELS - 1));
  const colourAt = (at: number): number =>
    level(data[at] as number) * LEVELS * LEVELS +
    level(data[at + 1] as number) * LEVELS +
    level(data[at + 2] as number);
  const used = new Set<number>();
  const bands: string[] = [];
  for (let top = 0; top < height; top += ROWS_OF_A_SIXEL) {
    const bits = new Map<number, Uint8Array>();
    for (let y = top; y < Math.min(height, top + ROWS_OF_A_SIXEL); y++)
      for (let x = 0; x < width; x++) {
        const colour = colourAt((y * width + x) * 3);
        const row = bits.get(colour) ?? new Uint8Array(width);
        bits.set(colour, row);
        row[x] = (row[x] as number) | (1 << (y - top));
      }
    for (const colour of bits.keys()) used.add(colour);
    bands.push([...bits].map(([colour, row]) => `#${colour}${runs(row)}`).join("$"));
  }
  const percent = (value: number): number => Math.round((value / (LEVELS - 1)) * 100);
  const palette = [...used].map((colour) => {
    const channels = [Math.floor(colour / LEVELS ** 2), Math.floor(colour / LEVELS) % LEVELS, colour % LEVELS];
    return `#${colour};2;${channels.map(percent).join(";")}`;
  });
  return `\u001bPq"1;1;${width};${height}${palette.join("")}${bands.join("-")}\u001b\\`;
}

/** Characters of one band and colour, repetitions counted. */
function runs(row: Uint8Array): string {
  let text = "";
  for (let x = 0; x < row.length; ) {
    let length = 1;
    while (x + length < row.length && row[x + length] === row[x]) length++;
    const character = String.fromCharCode(63 + (row[x] as number));
    text += length > 3 ? `!${length}${character}` : character.repeat(length);
    x += length;
  }
  return text;
}
