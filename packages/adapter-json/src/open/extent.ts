import type { Place, Window } from "./window.ts";

/** A comma between two elements (or two values of a list): how many stand before it, and how many nulls. */
export interface Mark extends Place {
  readonly commas: number;
  readonly nulls: number;
}

/** Where the data (or the hidden values) of an array are, and marks in them from which they can be read. */
export interface Extent {
  readonly from: Place;
  /** Offset in the file behind the value. */
  readonly to: number;
  readonly commas: number;
  readonly nulls: number;
  readonly marks: readonly Mark[];
}

// What a byte means outside of strings.
const [NOTHING, QUOTE, OPEN, CLOSE, COMMA, NULL] = [0, 1, 2, 3, 4, 5];
const meaning: Uint8Array = /* @__PURE__ */ (() => {
  const table = new Uint8Array(256);
  table[0x22] = QUOTE;
  table[0x5b] = table[0x7b] = OPEN;
  table[0x5d] = table[0x7d] = CLOSE;
  table[0x2c] = COMMA;
  table[0x6e] = NULL;
  return table;
})();

/** What {@link passValue} stops for. */
interface Passing {
  /** Commas and nulls count down to this depth of brackets: deeper ones are within elements. */
  readonly depth: number;
  /** Nulls count at any depth: those of fields. */
  readonly allNulls: boolean;
  /** Stop behind this many commas. */
  readonly until?: number;
}

/**
 * Passes a value, or part of a list if `until` says so (the cursor is then within it). Brackets, commas, strings and nulls are all that is looked at:
 * whoever reads the elements finds the rest.
 */
export async function passValue(window: Window, { depth: most, allNulls, until }: Passing): Promise<Extent> {
  const { cursor } = window;
  /** Bytes between two marks, about: a quarter of a megabyte. */
  const stride = window.chunk * 4;
  await window.run((c) => {
    c.peek();
    c.settled();
  });
  const from = window.placeOf(cursor.at);
  const marks: Mark[] = [];
  let next = from.offset + stride;
  let depth = until === undefined ? 0 : 1;
  let commas = 0;
  let nulls = 0;
  let inString = false;
  let escaped = false;
  const extent = (): Extent => ({ from, to: cursor.base + cursor.at, commas, nulls, marks });
  for (;;) {
    const { bytes, end } = cursor;
    for (let i = cursor.at; i < end; i++) {
      const c = bytes[i] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (c === 0x5c) escaped = true;
        else if (c === 0x22) inString = false;
        else continue;
        if (inString || depth > 0) continue;
        cursor.at = i + 1;
        return extent();
      }
      const kind = meaning[c];
      if (kind === NOTHING) continue;
      if (kind === QUOTE) inString = true;
      else if (kind === OPEN) depth++;
      else if (kind === NULL) {
        if (depth <= most || allNulls) nulls++;
      } else if (depth === 0) {
        // The end of a bare value: a comma, or the bracket around it.
        cursor.at = i;
        if (window.placeOf(i).offset === from.offset) throw cursor.fail(`a JSON value expected${cursor.found()}`);
        return extent();
      } else if (kind === CLOSE) {
        if (--depth > 0) continue;
        cursor.at = i + 1;
        return extent();
      } else if (depth <= most) {
        commas++;
        if (cursor.base + i >= next) {
          marks.push({ ...window.placeOf(i), commas, nulls });
          next = cursor.base + i + stride;
        }
        if (commas !== until) continue;
        cursor.at = i + 1;
        return extent();
      }
    }
    cursor.at = end;
    if (!cursor.more) throw cursor.fail("a value is not finished", end);
    await window.more();
  }
}
