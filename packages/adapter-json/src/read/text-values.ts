import type { PlainValue } from "@masquerade/core";
import type { Cursor } from "./cursor.ts";
import { plainOf } from "./plain.ts";
import { readString } from "./string.ts";
import { readTree, type Tree } from "./tree.ts";
import type { ReadValue } from "./values.ts";

/** A string of bytes: each character is one (latin-1). */
export function bytesReader(values: Uint8Array, width: number): ReadValue {
  return (cursor, i) => {
    const at = cursor.at;
    const text = expectString(cursor);
    if (text.length > width) throw cursor.fail(`a string of ${text.length} bytes where ${width} fit`, at);
    for (let k = 0; k < text.length; k++) {
      const c = text.charCodeAt(k);
      if (c > 255) throw cursor.fail("a character beyond U+00FF is no byte", at);
      values[i * width + k] = c;
    }
  };
}

function expectString(cursor: Cursor): string {
  if (cursor.peek() !== 0x22) throw cursor.fail(`a string expected${cursor.found()}`);
  return readString(cursor);
}

export function strReader(values: Uint32Array, width: number): ReadValue {
  return (cursor, i) => {
    const at = cursor.at;
    const from = i * width;
    let count = 0;
    if (cursor.peek() === 0x7b) {
      for (const point of listed(readTree(cursor), cursor, at)) if (count++ < width) values[from + count - 1] = point;
    } else {
      const text = expectString(cursor);
      for (let k = 0; k < text.length; k++) {
        const point = text.codePointAt(k) as number;
        if (point > 0xffff) k++;
        if (count++ < width) values[from + count - 1] = point;
      }
    }
    if (count > width) throw cursor.fail(`a string of ${count} characters where ${width} fit`, at);
  };
}

function listed(tree: Tree, cursor: Cursor, at: number): readonly number[] {
  const points = tree instanceof Map ? (tree as ReadonlyMap<string, Tree>).get("points") : undefined;
  if (!Array.isArray(points)) throw cursor.fail('{"points": list} expected', at);
  return (points as readonly Tree[]).map((point) => {
    if (typeof point !== "bigint" || point < 0n || point > 0xffffffffn)
      throw cursor.fail("code points are integers below 2**32", at);
    return Number(point);
  });
}

export function voidReader(values: Uint8Array, width: number): ReadValue {
  return (cursor, i) => {
    const at = cursor.at;
    const text = expectString(cursor);
    if (text.length !== width * 2 || !/^[0-9a-fA-F]*$/.test(text))
      throw cursor.fail(`${width * 2} hexadecimal digits expected`, at);
    for (let k = 0; k < width; k++) values[i * width + k] = Number.parseInt(text.slice(k * 2, k * 2 + 2), 16);
  };
}

export function objectReader(values: PlainValue[]): ReadValue {
  return (cursor, i) => {
    values[i] = plainOf(readTree(cursor), cursor);
  };
}

export function stringReader(values: (string | null)[]): ReadValue {
  return (cursor, i) => {
    const at = cursor.at;
    if (cursor.peek() === 0x7b) {
      const tree = readTree(cursor);
      if (!(tree instanceof Map) || tree.get("$na") !== true)
        throw cursor.fail('a string or {"$na": true} expected', at);
      values[i] = null;
    } else values[i] = expectString(cursor);
  };
}
