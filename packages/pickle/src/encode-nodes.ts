/**
 * What the encoder walks: a small graph of values. Objects of this graph that are one JavaScript object are one Python
 * object, written once and fetched from the memo afterwards; so the caller decides what is shared.
 *
 * Primitives are Python's own: `null` None, `bigint` int, `number` float, and a `string` a str that nothing else shares.
 * (Strings of at most one latin-1 character and bytes of at most one byte are made only once by CPython; the encoder sees
 * to that.)
 */
export type PickleNode = null | boolean | number | bigint | string | PickleObject;

export type PickleObject =
  | TextNode
  | BytesNode
  | BufferNode
  | TupleNode
  | ListNode
  | DictNode
  | GlobalNode
  | ReduceNode;

/** Nodes by position; an array is one. `at` may make the node when it is asked for, so that a long list needs no second copy. */
export interface NodeSequence {
  readonly length: number;
  at(index: number): PickleNode | undefined;
}

/** Raw bytes: their number at once, themselves when they are written. */
export interface Payload {
  readonly size: number;
  /** The bytes, exactly `size`. Left out when whoever takes the parts has the bytes; then {@link PayloadPart} marks their place. */
  readonly read?: (() => Uint8Array) | undefined;
}

/** A str that several places share, as those that stand in source code. */
export interface TextNode {
  readonly kind: "text";
  readonly text: string;
}
/** Python's bytes. */
export interface BytesNode {
  readonly kind: "bytes";
  readonly payload: Payload;
}
/** A PickleBuffer (protocol 5): a bytearray in band when writable, bytes when not; NEXT_BUFFER when out of band. */
export interface BufferNode {
  readonly kind: "buffer";
  readonly payload: Payload;
  readonly readonly: boolean;
  readonly outOfBand: boolean;
}
export interface TupleNode {
  readonly kind: "tuple";
  readonly items: NodeSequence;
}
export interface ListNode {
  readonly kind: "list";
  readonly items: NodeSequence;
}
export interface DictNode {
  readonly kind: "dict";
  readonly keys: NodeSequence;
  readonly values: NodeSequence;
}
/** A class or function by name. From protocol 4 on module and name are strings of their own, which may be shared. */
export interface GlobalNode {
  readonly kind: "global";
  readonly module: string | TextNode;
  readonly name: string | TextNode;
}
/** `callable(*args)`, then `__setstate__(state)`. */
export interface ReduceNode {
  readonly kind: "reduce";
  readonly callable: PickleNode;
  readonly args: TupleNode;
  readonly state?: PickleNode | undefined;
  /** Written as NEWOBJ (`cls.__new__(cls, *args)`), from protocol 2 on. */
  readonly newobj?: boolean | undefined;
  /**
   * Raw bytes that stand in the file right after this object, outside the pickle's opcodes and frames, as joblib has them.
   * `position` is that of the first of them, counted from the start of this pickle.
   */
  readonly after?: ((position: number) => readonly Payload[]) | undefined;
}

/** Bytes that are there already. */
export function payloadOf(bytes: Uint8Array): Payload {
  return { size: bytes.length, read: () => bytes };
}

export const text = (value: string): TextNode => ({ kind: "text", text: value });
export const tuple = (...items: readonly PickleNode[]): TupleNode => ({ kind: "tuple", items });
export const list = (items: NodeSequence): ListNode => ({ kind: "list", items });
export const bytesNode = (payload: Payload): BytesNode => ({ kind: "bytes", payload });
export function global(module: string | TextNode, name: string | TextNode): GlobalNode {
  return { kind: "global", module, name };
}
export function reduce(callable: PickleNode, args: TupleNode, state?: PickleNode): ReduceNode {
  return { kind: "reduce", callable, args, state };
}

/** The "latin1" that protocols 0–2 name the encoding of bytes by: it stands in source code, so equal literals are this object. */
export const latin1Text: TextNode = { kind: "text", text: "latin1" };
