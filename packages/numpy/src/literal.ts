import { FormatError, LimitError, type Limits, type PlainValue, resolveLimits, Tuple } from "@masquerade/core";
import { readNumber, readString } from "./literal-scalar.ts";

/** How a literal is read, and what errors say of it. */
export interface LiteralOptions {
  /** Format id that errors carry. Default "npy". */
  readonly format?: string | undefined;
  /** Offset of the literal's first byte in the file; added to the offsets of errors. Default 0. */
  readonly offset?: number | undefined;
  /** Encoding of bytes. Default "utf-8". */
  readonly encoding?: "latin-1" | "utf-8" | undefined;
  /** Accept Python 2's long integers, `(3L,)`. Default false. */
  readonly python2?: boolean | undefined;
  readonly limits?: Partial<Limits> | undefined;
}

/** The text of a literal, where reading stands, and how to complain. */
export interface Cursor {
  readonly text: string;
  at: number;
  readonly python2: boolean;
  readonly limits: Limits;
  fail(message: string, at?: number): FormatError;
  tooMuch(limit: keyof Limits, message: string): LimitError;
}

interface Frame {
  readonly open: "(" | "[" | "{";
  readonly items: PlainValue[];
  /** Values of a dict, as many as `items` (its keys) or one fewer. */
  readonly values: PlainValue[];
  readonly keys: Set<PlainValue>;
  comma: boolean;
}

/** Of tuples and lists, which have none. */
const noKeys: Set<PlainValue> = /* @__PURE__ */ new Set();
const CLOSER = { "(": ")", "[": "]", "{": "}" } as const;
const WORDS = new Map<string, PlainValue>([
  ["None", null],
  ["True", true],
  ["False", false],
]);
const SPACE = /[ \t\r\n]*/y;
const WORD = /[A-Za-z_][A-Za-z_0-9]*/y;

/**
 * Reads one Python literal, as `repr` writes them: None, booleans, decimal integers, floats, strings, bytes, tuples,
 * lists and dicts. Stricter than `ast.literal_eval`: no expressions, no sets, no adjacent strings, no redundant parentheses,
 * no duplicate keys. Needs no recursion.
 * Throws FormatError with the offset, and LimitError for `maxDepth` and `maxDigits`.
 */
export function parseLiteral(input: Uint8Array | string, options: LiteralOptions = {}): PlainValue {
  const cursor = openCursor(input, options);
  const stack: Frame[] = [];
  for (;;) {
    skipSpace(cursor);
    const top = stack.at(-1);
    const c = cursor.text[cursor.at];
    let value: PlainValue;
    if (top !== undefined && c === CLOSER[top.open] && (top.comma || top.items.length === 0)) {
      value = close(cursor, stack);
    } else if (c === "(" || c === "[" || c === "{") {
      if (stack.length >= cursor.limits.maxDepth)
        throw cursor.tooMuch("maxDepth", `values are nested deeper than ${cursor.limits.maxDepth}`);
      stack.push({ open: c, items: [], values: [], keys: c === "{" ? new Set() : noKeys, comma: false });
      cursor.at++;
      continue;
    } else {
      value = readScalar(cursor);
    }
    const done = settle(cursor, stack, value);
    if (done !== undefined) return done.value;
  }
}

/** Hands a complete value to the container it stands in, closes what ends here, and says when all is read. */
function settle(cursor: Cursor, stack: Frame[], complete: PlainValue): { readonly value: PlainValue } | undefined {
  let value = complete;
  for (;;) {
    const frame = stack.at(-1);
    skipSpace(cursor);
    const c = cursor.text[cursor.at];
    if (frame === undefined) {
      if (c !== undefined) throw cursor.fail(`nothing may follow the literal, but ${show(c)} does`);
      return { value };
    }
    const isKey = frame.open === "{" && frame.items.length === frame.values.length;
    if (isKey) {
      checkKey(cursor, frame, value);
      frame.items.push(value);
      if (c !== ":") throw cursor.fail(`":" must follow a key, not ${show(c)}`);
      cursor.at++;
      return undefined;
    }
    (frame.open === "{" ? frame.values : frame.items).push(value);
    frame.comma = c === ",";
    if (frame.comma) {
      cursor.at++;
      return undefined;
    }
    if (c !== CLOSER[frame.open]) throw cursor.fail(`"," or "${CLOSER[frame.open]}" must follow, not ${show(c)}`);
    if (frame.open === "(" && frame.items.length === 1)
      throw cursor.fail("parentheses around one value make no tuple; that takes a comma");
    value = close(cursor, stack);
  }
}

function close(cursor: Cursor, stack: Frame[]): PlainValue {
  const frame = stack.pop() as Frame;
  cursor.at++;
  if (frame.open === "[") return frame.items;
  if (frame.open === "(") return new Tuple(frame.items);
  return new Map(frame.items.map((key, i) => [key, frame.values[i] as PlainValue]));
}

function checkKey(cursor: Cursor, frame: Frame, key: PlainValue): void {
  if (Array.isArray(key) || key instanceof Map) throw cursor.fail("lists and dicts cannot be keys");
  // Tuples and bytes are compared by identity here, so that only plain keys can be found twice.
  if (frame.keys.has(key)) throw cursor.fail("a key occurs twice");
  frame.keys.add(key);
}

function readScalar(cursor: Cursor): PlainValue {
  const { text, at } = cursor;
  const c = text[at];
  if (c === undefined) throw cursor.fail("the literal ends too early");
  if (c === "'" || c === '"') return readString(cursor, "str");
  if (c === "-" || (c >= "0" && c <= "9")) return readNumber(cursor);
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0];
  if (word === undefined) throw cursor.fail(`no value begins with ${show(c)}`);
  const next = text[at + word.length];
  if ((word === "b" || word === "u") && (next === "'" || next === '"')) {
    cursor.at++;
    return readString(cursor, word === "b" ? "bytes" : "str");
  }
  const value = WORDS.get(word);
  if (value === undefined) throw cursor.fail(`"${word.slice(0, 40)}" is no literal`);
  cursor.at += word.length;
  return value;
}

function skipSpace(cursor: Cursor): void {
  SPACE.lastIndex = cursor.at;
  SPACE.exec(cursor.text);
  cursor.at = SPACE.lastIndex;
}

const show = (c: string | undefined): string => (c === undefined ? "the end" : JSON.stringify(c));

function openCursor(input: Uint8Array | string, options: LiteralOptions): Cursor {
  const format = options.format ?? "npy";
  const base = options.offset ?? 0;
  const text = typeof input === "string" ? input : decodeText(input, options.encoding ?? "utf-8", format, base);
  const latin = typeof input !== "string" && options.encoding === "latin-1";
  const offset = (at: number): number => base + (latin ? at : new TextEncoder().encode(text.slice(0, at)).length);
  const cursor: Cursor = {
    text,
    at: 0,
    python2: options.python2 ?? false,
    limits: resolveLimits(options.limits),
    fail(message, at = cursor.at) {
      return new FormatError("FORMAT_MALFORMED", format, message, { offset: offset(at) });
    },
    tooMuch(limit, message) {
      return new LimitError(limit, message, { format, offset: offset(cursor.at) });
    },
  };
  return cursor;
}

/** Strict decoding. Throws FormatError for bytes that are no UTF-8. */
export function decodeText(bytes: Uint8Array, encoding: "latin-1" | "utf-8", format: string, offset: number): string {
  if (encoding === "latin-1") {
    const parts: string[] = [];
    for (let i = 0; i < bytes.length; i += 8192) parts.push(String.fromCharCode(...bytes.subarray(i, i + 8192)));
    return parts.join("");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError("FORMAT_MALFORMED", format, "the text is not UTF-8", { offset, cause });
  }
}
