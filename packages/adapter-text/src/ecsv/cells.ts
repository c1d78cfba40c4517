import { type FormatError, quoteText } from "@masquerade/core";

const encoder = /* @__PURE__ */ new TextEncoder();

/** The values of one cell, in C order: each as bytes of UTF-8, with null for a missing one. */
export type CellValue = Uint8Array | null;

// A bracket or comma, a string, or anything else up to the next of them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none within strings.
const TOKEN: RegExp = /[ \t\r\n]*(?:([[\],])|("(?:[^"\\\u0000-\u001f]|\\.)*")|([^[\],"\s]+))/y;

/**
 * Takes the JSON of a cell apart: nested lists of exactly this shape. Numbers are left as they are written, so that no integer is rounded;
 * NaN and Infinity are taken, as Python writes them.
 */
export function parseCell(text: string, shape: readonly number[], bad: (message: string) => FormatError): CellValue[] {
  const values: CellValue[] = [];
  const counts: number[] = [];
  let at = 0;
  let expectValue = true;
  const done = (): void => {
    expectValue = false;
    if (counts.length > 0) (counts[counts.length - 1] as number)++;
  };
  const wrong = (): FormatError => bad(`not of shape (${shape.join(", ")}): ${quoteText(text, 60)}`);
  do {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) throw bad(`no JSON: ${quoteText(text, 60)}`);
    at = TOKEN.lastIndex;
    const [, mark, string, word] = token;
    if (mark === "[") {
      if (!expectValue || counts.length === shape.length) throw wrong();
      counts.push(0);
      // An empty list ends at once.
      expectValue = shape[counts.length - 1] !== 0;
    } else if (mark === "]") {
      const count = counts.pop();
      if (count === undefined || (expectValue && count > 0) || count !== shape[counts.length]) throw wrong();
      done();
    } else if (mark === ",") {
      if (expectValue || counts.length === 0) throw wrong();
      expectValue = true;
    } else {
      if (!expectValue || counts.length !== shape.length) throw wrong();
      if (string !== undefined) values.push(encoder.encode(unescaped(string, bad)));
      else values.push(word === "null" ? null : encoder.encode(word as string));
      done();
    }
  } while (counts.length > 0);
  if (text.slice(at).trim() !== "") throw wrong();
  return values;
}

function unescaped(json: string, bad: (message: string) => FormatError): string {
  try {
    return JSON.parse(json) as string;
  } catch {
    throw bad(`no JSON: ${quoteText(json, 60)}`);
  }
}

/** Nested lists of this shape from texts in C order. */
export function joinCell(shape: readonly number[], textAt: (position: number) => string): string {
  let position = 0;
  const list = (axis: number): string => {
    if (axis === shape.length) return textAt(position++);
    const items: string[] = [];
    for (let i = 0; i < (shape[axis] as number); i++) items.push(list(axis + 1));
    return `[${items.join(",")}]`;
  };
  return list(0);
}
