import type { H5Type } from "../type/h5type.ts";

/** An attribute to be written. */
export interface WriteAttr {
  readonly name: string;
  readonly type: H5Type;
  /** null: the null dataspace, an attribute without a value. */
  readonly shape: readonly number[] | null;
  /** The elements as the type has them, or for type "text" one string an element. */
  readonly value: Uint8Array | readonly string[];
}

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
  /** All elements in C order, as the type has them. */
  readonly bytes: Uint8Array;
  /** One element: what elements never written read as. */
  readonly fill: Uint8Array | undefined;
  readonly storage: Storage;
  readonly attrs: readonly WriteAttr[];
}

export interface WriteGroup {
  readonly node: "group";
  readonly members: ReadonlyMap<string, WriteNode>;
  readonly attrs: readonly WriteAttr[];
}

export type WriteNode = WriteDataset | WriteGroup;
