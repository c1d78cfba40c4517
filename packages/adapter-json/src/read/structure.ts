import { FormatError } from "@masquerade/core";
import { explain } from "../schema/errors.ts";
import { validateDocument } from "../schema/validator.ts";
import type { Cursor } from "./cursor.ts";
import { Raw, type Tree } from "./tree.ts";

/** The place of a member (or of the whole document), for what is said about it after it was read. */
export type Spot = (name?: string) => Cursor;

/**
 * Holds the structure of a document to the published schema. The data are not part of it: their parser checks them,
 * and here they are empty lists. Throws FormatError (FORMAT_VERSION for another version) where the rule is broken.
 */
export function checkStructure(members: ReadonlyMap<string, Tree>, spotOf: Spot, depth: number): void {
  const version = members.get("version");
  if (depth === 0 && typeof version === "bigint" && version !== 1n) {
    const there = spotOf("version");
    throw new FormatError(
      "FORMAT_VERSION",
      "json",
      `${there.where(there.at)}: version ${version} is not known; this reader knows version 1`,
      { offset: there.base + there.at },
    );
  }
  const envelope = blank();
  if (depth > 0) Object.assign(envelope, { format: "masked-array", version: 1 });
  for (const [name, tree] of members)
    envelope[name] = tree instanceof Raw || tree === true ? standIn(name, tree) : plain(tree);
  if (validateDocument(envelope)) return;
  const errors = validateDocument.errors ?? [];
  // "if" only repeats what its branch has said.
  const error = errors.find(({ keyword }) => keyword !== "if" && keyword !== "anyOf") ?? errors[0];
  if (error === undefined) return;
  const steps = error.instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  const there = spotOf(String(error.params["additionalProperty"] ?? steps[0]));
  // The spot of a member has it in its path; that of the document has not.
  there.path.length = spotOf().path.length;
  there.path.push(...steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
  throw there.fail(explain(error));
}

/** An object without a prototype: `__proto__` is a name like any other there. */
const blank = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

/** What stands for a value that was read apart. */
const standIn = (name: string, tree: Tree): unknown =>
  name === "entries" ? blank() : name === "data" || name === "hidden" ? [] : tree instanceof Raw ? null : tree;

/** A tree as the values ajv knows. The depth is limited where trees are read. */
function plain(tree: Tree): unknown {
  if (typeof tree === "bigint") return Number(tree);
  if (tree instanceof Raw) return blank();
  if (tree === null || typeof tree !== "object") return tree;
  if (Array.isArray(tree)) return (tree as readonly Tree[]).map(plain);
  const out = blank();
  for (const [name, value] of tree as ReadonlyMap<string, Tree>) out[name] = plain(value);
  return out;
}
