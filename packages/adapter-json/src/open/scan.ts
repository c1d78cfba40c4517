import { isMasqueradeError } from "@masquerade/core";
import type { Cursor } from "../read/cursor.ts";
import { apart } from "../read/document.ts";
import { dtypeOf, shapeOf } from "../read/dtype.ts";
import { readString } from "../read/string.ts";
import { checkStructure, type Spot } from "../read/structure.ts";
import { countMetadata, Raw, readRaw, readTree, type Tree } from "../read/tree.ts";
import { type Extent, passValue } from "./extent.ts";
import type { Window } from "./window.ts";

/** A document as it stands in the file, its data not read. */
export interface Scanned {
  readonly members: ReadonlyMap<string, Tree>;
  readonly spotOf: Spot;
  readonly data: Extent | undefined;
  readonly hidden: Extent | undefined;
  readonly entries: ReadonlyMap<string, Scanned> | undefined;
}

/** Goes through one object of the file, which begins at the window's cursor. */
export async function scanDocument(window: Window, depth: number): Promise<Scanned> {
  const { cursor } = window;
  cursor.depth = depth;
  if (depth > cursor.maxDepth) throw cursor.tooMuch("maxDepth", `bundles nested deeper than ${cursor.maxDepth}`);
  const path = [...cursor.path];
  await window.run((c) => {
    c.peek();
    c.settled();
  });
  const start = window.copyOf(cursor.at, cursor.at + 1, path);
  const members = new Map<string, Tree>();
  const spots = new Map<string, Cursor>();
  const spotOf: Spot = (name) =>
    copy(spots.get(name ?? "") ?? start, name !== undefined && spots.has(name) ? [...path, name] : path);
  let known = false;
  let data: Extent | undefined;
  let hidden: Extent | undefined;
  let entries: Map<string, Scanned> | undefined;
  for await (const name of eachMemberOf(window)) {
    if (members.has(name)) throw cursor.fail("this member comes twice");
    spots.set(name, window.copyOf(cursor.at, Math.min(cursor.at + 1, cursor.end), cursor.path));
    const first = cursor.bytes[cursor.at];
    if (name === "data") {
      known = members.has("dtype") && members.has("shape");
      data = await passValue(window, known ? passing(members, spotOf) : { depth: 0, allNulls: true });
    } else if (name === "hidden") hidden = await passValue(window, { depth: 1, allNulls: false });
    else if (name === "entries" && first === 0x7b) {
      entries = await scanEntries(window, depth);
      cursor.depth = depth;
    } else {
      const tree = await window.run((c) => {
        const from = c.at;
        const found = apart.has(name) ? readRaw(c) : readTree(c);
        c.settled();
        return { found, from };
      });
      const piece = window.copyOf(tree.from, cursor.at, cursor.path);
      spots.set(name, piece);
      // What is left where it stands is now in the copy.
      members.set(name, apart.has(name) ? new Raw(0, piece.end, piece.path) : tree.found);
      continue;
    }
    members.set(name, true);
  }
  checkStructure(members, spotOf, depth);
  // In a file whose data come before what says how to count them.
  if (data !== undefined && !known) {
    const again = window.another(data.from, undefined);
    await again.more();
    data = await passValue(again, passing(members, spotOf));
  }
  return { members, spotOf, data, hidden, entries };
}

const copy = (of: Cursor, path: readonly (string | number)[]): Cursor => of.over(0, of.end, path);

/** How deep in brackets the data's elements lie. What is wrong about the dtype or the shape is said when the document is done. */
function passing(members: ReadonlyMap<string, Tree>, spotOf: Spot): { depth: number; allNulls: boolean } {
  try {
    const shape = shapeOf(members.get("shape") as Tree, spotOf("shape"));
    const dtype = dtypeOf(members.get("dtype") as Tree, spotOf("dtype"));
    return { depth: shape.length, allNulls: dtype.kind === "struct" };
  } catch (error) {
    if (!isMasqueradeError(error)) throw error;
    return { depth: 0, allNulls: true };
  }
}

async function scanEntries(window: Window, depth: number): Promise<Map<string, Scanned>> {
  const { cursor } = window;
  const entries = new Map<string, Scanned>();
  for await (const name of eachMemberOf(window)) {
    if (entries.has(name)) throw cursor.fail("this name comes twice");
    if (entries.size >= cursor.limits.maxMembers)
      throw cursor.tooMuch("maxMembers", `more than ${cursor.limits.maxMembers} entries`);
    countMetadata(cursor, name.length);
    if (cursor.peek() !== 0x7b) throw cursor.fail("an entry is an object");
    entries.set(name, await scanDocument(window, depth + 1));
  }
  return entries;
}

/** As eachMember, of a window. */
export async function* eachMemberOf(window: Window): AsyncGenerator<string, void, undefined> {
  const { path } = window.cursor;
  const empty = await window.run((c) => {
    c.expect(0x7b, "{");
    const closed = c.skip(0x7d);
    if (!closed) c.settled();
    return closed;
  });
  if (empty) return;
  for (let more = true; more; ) {
    const name = await window.run((c) => {
      if (c.peek() !== 0x22) throw c.fail(`a name in quotes expected${c.found()}`);
      const text = readString(c);
      c.expect(0x3a, "a colon");
      c.peek();
      c.settled();
      return text;
    });
    path.push(name);
    yield name;
    path.pop();
    more = await window.run((c) => {
      if (c.skip(0x7d)) return false;
      c.expect(0x2c, "a comma or }");
      return true;
    });
  }
}
