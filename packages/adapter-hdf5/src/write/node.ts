import type { AnyArray } from "@masquerade/core";
import type { H5Type } from "../type/h5type.ts";
import type { Message } from "./messages.ts";
import type { Appending } from "./output.ts";

/** An attribute to be written. */
export interface WriteAttr {
  readonly name: string;
  readonly type: H5Type;
  /** null: the null dataspace, an attribute without a value. */
  readonly shape: readonly number[] | null;
  /** The elements as the type has them, or for type "text" one string an element, or objects of the file. */
  readonly value: Uint8Array | readonly string[] | References;
}

/** Objects of the file that an attribute points to, known by address only when all have their places. */
export type References =
  /** For each element a sequence of objects. */
  | { readonly lists: readonly (readonly WriteNode[])[] }
  /** For each element an object and a number. */
  | { readonly uses: readonly (readonly [node: WriteNode, axis: number])[] };

export const isReferences = (value: WriteAttr["value"]): value is References =>
  !(value instanceof Uint8Array) && !Array.isArray(value);

/** How a dataset lies in the file. */
export interface Storage {
  /** Elements of a chunk along each axis; undefined: contiguous. */
  readonly chunks: readonly number[] | undefined;
  /** Deflate level; undefined: not compressed. */
  readonly gzip: number | undefined;
  readonly shuffle: boolean;
  readonly fletcher32: boolean;
}

export interface WriteDataset {
  readonly node: "dataset";
  readonly type: H5Type;
  readonly shape: readonly number[];
  /** Lengths the axes may grow to; Infinity: without end. */
  readonly maxShape: readonly number[];
  /** One element: what elements never written read as. */
  readonly fill: Uint8Array | undefined;
  readonly storage: Storage;
  readonly attrs: readonly WriteAttr[];
  /** The array it is made from, by its path; undefined: it has no elements that are written. */
  readonly of: string | undefined;
  /** The planes of that array it takes. */
  readonly plane: "data" | "mask" | "both";
  /** Elements of (a block of) that array, in C order as the type has them. What they point to is appended to `out`, if `points`. */
  readonly bytes: (value: AnyArray, out: Appending) => Uint8Array;
  readonly points: boolean;
}

export interface WriteGroup {
  readonly node: "group";
  readonly members: ReadonlyMap<string, WriteNode>;
  readonly attrs: readonly WriteAttr[];
}

/** An object that is in the file already and stays as it is. */
export interface KeptNode {
  readonly node: "kept";
  readonly address: number;
}

/** An attribute written anew, because it points to objects that are. */
export interface ChangedAttr {
  readonly attr: WriteAttr;
  readonly order: number | undefined;
}

/** A link as its message, and the object whose address goes into it at a place; none in links by words. */
export interface LinkTo {
  readonly body: Uint8Array;
  readonly at: number;
  readonly node: WriteNode | undefined;
}

/** An object that is in the file already, with another header: its messages as they were, but for some. */
export interface ChangedNode {
  readonly node: "changed";
  /** Flags of the header that tell how attributes are ordered, and what its prefix is. */
  readonly flags: number;
  readonly prefix: Uint8Array;
  readonly messages: readonly (Message | ChangedAttr)[];
  /** Of a group. */
  readonly links: readonly LinkTo[];
}

export type WriteNode = WriteDataset | WriteGroup | KeptNode | ChangedNode;
