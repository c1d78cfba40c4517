import { asciiText } from "@masquerade/core";
import type { Cursor } from "./cursor.ts";
import { readString } from "./string.ts";

/** A value left where it stands, to be read by who knows what it is. */
export class Raw {
  readonly from: number;
  readonly to: number;
  readonly path: readonly (string | number)[];

  constructor(from: number, to: number, path: readonly (string | number)[]) {
    this.from = from;
    this.to = to;
    this.path = path;
  }
}

/** A JSON value in which integers (no point, no exponent) stay apart from other numbers and exact, and objects keep their order. */
export type Tree = null | boolean | string | bigint | number | readonly Tree[] | ReadonlyMap<string, Tree> | Raw;

/** Members whose values hold arrays: they are not made into trees. */
const opaque: ReadonlySet<string> = new Set(["$array", "$bundle"]);

/** Reads one value. Depth, size and digits are limited; a key that comes twice is an error. */
export function readTree(cursor: Cursor, depth = 0): Tree {
  const start = cursor.at;
  const tree = readNode(cursor, depth);
  if (depth === 0) countMetadata(cursor, cursor.at - start);
  return tree;
}

export function countMetadata(cursor: Cursor, bytes: number): void {
  cursor.shared.metadata += bytes;
  if (cursor.shared.metadata > cursor.limits.maxMetadataBytes)
    throw cursor.tooMuch("maxMetadataBytes", `metadata of more than ${cursor.limits.maxMetadataBytes} bytes`);
}

function readNode(cursor: Cursor, depth: number): Tree {
  const c = cursor.peek();
  if (c === 0x7b || c === 0x5b) {
    if (depth >= cursor.maxDepth) throw cursor.tooMuch("maxDepth", `values nested deeper than ${cursor.maxDepth}`);
    return c === 0x7b ? readObject(cursor, depth) : readList(cursor, depth);
  }
  if (c === 0x22) return readString(cursor);
  if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return readNumber(cursor);
  if (c === 0x74) {
    cursor.word("true");
    return true;
  }
  if (c === 0x66) {
    cursor.word("false");
    return false;
  }
  if (c === 0x6e) {
    cursor.word("null");
    return null;
  }
  throw cursor.fail(`a JSON value expected${cursor.found()}`);
}

/** A number: a bigint where it is written as an integer. */
export function readNumber(cursor: Cursor): bigint | number {
  const { numbers, bytes } = cursor;
  const from = cursor.at;
  const value = numbers.read(bytes, from, cursor.end);
  checkNumber(cursor);
  cursor.at = numbers.end;
  if (!numbers.integer) return value;
  return numbers.digits <= 15 && !Object.is(value, -0) ? BigInt(value) : BigInt(asciiText(bytes, from, numbers.end));
}

/** Throws unless the number just read was one, and not of too many digits. */
export function checkNumber(cursor: Cursor): void {
  const { numbers } = cursor;
  if (!numbers.ok) throw cursor.fail("no number of JSON's grammar", numbers.end);
  if (numbers.digits > 18 && numbers.end - cursor.at > cursor.limits.maxDigits)
    throw cursor.tooMuch("maxDigits", `a number of more than ${cursor.limits.maxDigits} characters`);
}

function readList(cursor: Cursor, depth: number): readonly Tree[] {
  const items: Tree[] = [];
  cursor.at++;
  if (cursor.skip(0x5d)) return items;
  for (;;) {
    cursor.path.push(items.length);
    items.push(readNode(cursor, depth + 1));
    cursor.path.pop();
    if (cursor.skip(0x5d)) return items;
    cursor.expect(0x2c, "a comma or ]");
  }
}

function readObject(cursor: Cursor, depth: number): ReadonlyMap<string, Tree> {
  const members = new Map<string, Tree>();
  for (const name of eachMember(cursor)) {
    if (members.has(name)) throw cursor.fail("this name comes twice in one object");
    members.set(name, opaque.has(name) ? readRaw(cursor) : readNode(cursor, depth + 1));
  }
  return members;
}

/** Goes through the members of an object: for each name the caller reads its value. */
export function* eachMember(cursor: Cursor): Generator<string, void, undefined> {
  cursor.expect(0x7b, "{");
  if (cursor.skip(0x7d)) return;
  for (;;) {
    if (cursor.peek() !== 0x22) throw cursor.fail(`a name in quotes expected${cursor.found()}`);
    const name = readString(cursor);
    cursor.expect(0x3a, "a colon");
    cursor.path.push(name);
    cursor.peek();
    yield name;
    cursor.path.pop();
    if (cursor.skip(0x7d)) return;
    cursor.expect(0x2c, "a comma or }");
  }
}

/** Passes a value, remembering where it stands. Only brackets and strings are looked at: who reads it finds the rest. */
export function readRaw(cursor: Cursor): Raw {
  cursor.peek();
  const { bytes, end } = cursor;
  const from = cursor.at;
  let depth = 0;
  for (let at = from; at < end; at++) {
    const c = bytes[at] as number;
    if (c === 0x22) {
      cursor.at = at;
      at = passString(cursor) - 1;
      if (depth === 0) return new Raw(from, at + 1, [...cursor.path]);
    } else if (c === 0x5b || c === 0x7b) depth++;
    else if (c === 0x5d || c === 0x7d) {
      if (depth === 0) return scalar(cursor, from, at);
      if (--depth === 0) {
        cursor.at = at + 1;
        return new Raw(from, at + 1, [...cursor.path]);
      }
    } else if (c === 0x2c && depth === 0) return scalar(cursor, from, at);
  }
  throw cursor.fail("a value is not finished", end);
}

function scalar(cursor: Cursor, from: number, at: number): Raw {
  cursor.at = at;
  if (from === at) throw cursor.fail(`a JSON value expected${cursor.found()}`);
  return new Raw(from, at, [...cursor.path]);
}

/** Where a string that begins here ends. */
function passString(cursor: Cursor): number {
  const { bytes, end } = cursor;
  let at = cursor.at + 1;
  for (; at < end; at++) {
    const c = bytes[at] as number;
    if (c === 0x22) {
      cursor.at = at + 1;
      return at + 1;
    }
    if (c === 0x5c) at++;
  }
  throw cursor.fail("a string is not closed", end);
}
