import type { MasqueradeError } from "@masquerade/core";
import type { Stored } from "../structure/dataset.ts";
import type { H5Type } from "../type/h5type.ts";

/** What an attribute is made of. */
export interface RawType {
  readonly h5: H5Type;
  /** null: the null dataspace. */
  readonly shape: readonly number[] | null;
}

/** An attribute: elements as they lie in the file, texts, nothing (null dataspace), or a kind of value that has no bytes of its own (references). */
export interface RawAttr {
  readonly name: string;
  readonly type: RawType;
  readonly value: Uint8Array | readonly string[] | null | undefined;
  /** Of DIMENSION_LIST: addresses of the scales of each axis. */
  readonly scales?: readonly (readonly number[])[];
  /** Of references to objects: the addresses of those. As the tree is given, they are paths, in `value`. */
  readonly references?: readonly number[];
}

export interface RawDataset {
  readonly node: "dataset";
  readonly path: string;
  /** Address of its object header, counted from the base address. */
  readonly address: number;
  /** null: the null dataspace. */
  readonly shape: readonly number[] | null;
  /** Bytes of an element. */
  readonly size: number;
  /** How its elements lie in the file. */
  readonly stored: Stored;
  /** Files a virtual dataset is made of. */
  readonly sources: readonly string[];
  readonly attrs: readonly RawAttr[];
  /** Names of the first dimension scale attached to each axis; "": none is. Left out where no axis has one. */
  readonly scales?: readonly string[];
}

export interface RawGroup {
  readonly node: "group";
  readonly path: string;
  /** Address of its object header, counted from the base address. */
  readonly address: number;
  readonly members: readonly (readonly [name: string, node: RawNode])[];
  /** Of MATLAB's cells, whose members are a list in MATLAB's order: their shape there. */
  readonly list?: readonly number[];
  readonly attrs: readonly RawAttr[];
}

/** A link that is not followed: out of the file, to nothing, or back to a group it lies in. */
export interface RawLink {
  readonly node: "external" | "dangling" | "cycle" | "other";
  readonly path: string;
  readonly target: string;
}

/** An object that cannot be understood; whoever asks for it is told why. */
export interface RawRefused {
  readonly node: "refused";
  readonly path: string;
  readonly error: MasqueradeError;
}

export type RawNode = RawDataset | RawGroup | RawLink | RawRefused;
