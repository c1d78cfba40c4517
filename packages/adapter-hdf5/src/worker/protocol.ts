/** What HDF5's library says of a datatype: classes by H5T_class_t's numbers. Attributes are known by it alone. */
export interface RawType {
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  readonly vlen: boolean;
  readonly cset?: number;
  readonly strpad?: number;
  readonly shape?: readonly number[] | null;
  readonly total_size?: number;
  readonly compound_type?: {
    readonly members: readonly (RawType & { readonly name: string; readonly offset: number })[];
  };
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
  readonly array_type?: RawType;
  readonly vlen_type?: RawType;
}

/** An attribute: little-endian bytes, texts, nothing (null dataspace), or a kind of value that has no bytes of its own (references). */
export interface RawAttr {
  readonly name: string;
  readonly type: RawType;
  readonly value: Uint8Array | readonly string[] | null | undefined;
}

export interface RawDataset {
  readonly node: "dataset";
  readonly path: string;
  /** Address of its object header, counted from the base address. */
  readonly address: number;
  /** null: the null dataspace. */
  readonly shape: readonly number[] | null;
  readonly size: number;
  /** Files a virtual dataset is made of. */
  readonly sources: readonly string[];
  /** Names of the first dimension scale attached to each axis; "": none is. Left out where no axis has one. */
  readonly scales?: readonly string[];
  readonly attrs: readonly RawAttr[];
}

export interface RawGroup {
  readonly node: "group";
  readonly path: string;
  readonly members: readonly (readonly [name: string, node: RawNode])[];
  readonly attrs: readonly RawAttr[];
}

/** A link that is not followed: out of the file, to nothing, or back to a group it lies in. */
export interface RawLink {
  readonly node: "external" | "dangling" | "cycle" | "other";
  readonly path: string;
  readonly target: string;
}

export type RawNode = RawDataset | RawGroup | RawLink;

/** Asked of the worker, one at a time. */
export type Request =
  | {
      readonly ask: "open";
      readonly bytes: Uint8Array;
      readonly maxObjects: number;
      readonly maxDepth: number;
      readonly maxMetadataBytes: number;
    }
  | {
      readonly ask: "read";
      readonly path: string;
      readonly bytes: number;
      readonly elements: number;
      readonly text: boolean;
    }
  | { readonly ask: "close" };

export type Reply =
  | { readonly ok: true; readonly value: RawGroup | Uint8Array | readonly string[] | undefined }
  | {
      readonly ok: false;
      readonly reason: "malformed" | "limit" | "crashed";
      readonly text: string;
      readonly limit?: string;
    };
