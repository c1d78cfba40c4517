import {
  type BundleHeader,
  checkShape,
  FormatError,
  type Header,
  hasObjects,
  type Limits,
  type Subclass,
} from "@masquerade/core";
import { readNpyHeader } from "@masquerade/numpy";
import { MOST_BYTES } from "../message/tables.ts";
import { WireReader } from "../wire/reader.ts";
import type { Envelope, SaidArray, SaidBundle } from "./envelope-read.ts";
import { headerAgrees, isObjects } from "./outline.ts";
import { BlockPlan, boolsOf, type StreamArray } from "./plan.ts";
import { runsOf } from "./runs.ts";
import { FORMAT, HEADER, headerRules, messageRules } from "./tables.ts";

/** Bytes of a message beside the data of its block. */
const AROUND = 128;

/** An array of a stream: what the envelope and the NPY header say of it. */
export interface HeadArray extends StreamArray {
  readonly path: string;
  readonly said: SaidArray;
  /** As numpy.save writes it. */
  readonly npy: Uint8Array;
}

/** Envelope and headers of a stream. */
export interface StreamHead {
  readonly envelope: Envelope;
  readonly arrays: readonly HeadArray[];
  readonly plan: BlockPlan;
  /** Bytes of the largest message with a block. */
  readonly most: number;
}

/** Array `number`, from the body of a message with its NPY header. Throws FormatError and LimitError. */
export function readHeader(
  body: Uint8Array,
  envelope: Envelope,
  number: number,
  limits: Limits,
  at: number,
): HeadArray {
  const reader = new WireReader(body, FORMAT, limits, at);
  let array = 0;
  let npy: Uint8Array | undefined;
  let offset = at;
  reader.fields("a message", messageRules, body.length, (field) => {
    if (field !== HEADER) throw reader.fail(`header ${number} is due, and something else comes`, 0);
    reader.message("a header", headerRules, (inner) => {
      if (inner === 1) array = reader.number();
      else {
        npy = reader.bytes("an NPY header");
        offset = at + reader.at - npy.length;
      }
    });
  });
  if (npy === undefined) throw reader.fail("a header is not there", 0);
  const bytes: Uint8Array = npy;
  if (array !== number) throw reader.fail(`header ${number} is due, and ${array} comes`, 0);
  const header = readNpyHeader(bytes, { format: FORMAT, limits, offset });
  if (header.dataOffset !== bytes.length) throw reader.fail("something follows an NPY header in its message", 0);
  const said = envelope.arrays[number] as SaidArray;
  const dtype = said.dtype ?? header.dtype;
  const { shape, order } = header;
  const wrong = (message: string): FormatError => new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset });
  if (said.dtype !== undefined && !headerAgrees(header.dtype, said.dtype))
    throw wrong("an NPY header has another dtype than the envelope says");
  if (hasObjects(dtype) && !isObjects(dtype)) throw wrong("records of objects are not defined");
  if (said.dims !== undefined && said.dims.length !== shape.length)
    throw wrong(`${said.dims.length} names for ${shape.length} axes`);
  checkShape(shape, dtype.itemsize, limits, { format: FORMAT, offset });
  const blockShape = envelope.blockShapes[number] as readonly number[];
  const masked = said.mask === "mask";
  const one: HeadArray = { path: said.path, said, npy: bytes.slice(), dtype, shape, order, masked, blockShape };
  const runs = runsOf(shape, order, blockShape);
  if (runs === undefined) throw wrong(`blocks of shape (${blockShape.join(", ")}) are no runs of memory`);
  if (!(mostOf(one) <= MOST_BYTES)) throw wrong("a block takes more bytes than a message can have");
  return one;
}

/** Bytes of a message with the largest block of an array. */
function mostOf(array: StreamArray): number {
  const elements = array.blockShape.reduce((n, length) => n * length, 1);
  const bools = array.masked ? elements * boolsOf(array.dtype) : 0;
  if (isObjects(array.dtype)) return Math.max(MOST_BYTES, bools + AROUND);
  return Math.max(elements * array.dtype.itemsize, bools) + AROUND;
}

/** What the envelope and all headers say together. Throws FormatError. */
export function headOf(envelope: Envelope, arrays: readonly HeadArray[], at: number): StreamHead {
  const plan = new BlockPlan(arrays);
  const wrong = (message: string): FormatError => new FormatError("FORMAT_MALFORMED", FORMAT, message, { offset: at });
  if (!Number.isSafeInteger(plan.total)) throw wrong("the arrays have more blocks than can be counted");
  if (envelope.blocks !== undefined && envelope.blocks !== plan.total)
    throw wrong(`${envelope.blocks} blocks are announced, the arrays have ${plan.total}`);
  const largest = arrays.reduce((most, array) => Math.max(most, mostOf(array)), 1024);
  return { envelope, arrays, plan, most: Math.min(MOST_BYTES, largest) };
}

/** The header of an array as the model has it, with all growths. */
export function headerOfArray(head: StreamHead, number: number): Header {
  const { said, dtype, order } = head.arrays[number] as HeadArray;
  const { shape } = head.plan.arrays[number] as StreamArray;
  const { mask, fillValue, hardMask, attrs, dims, subclass } = said;
  return { dtype, shape, order, mask, fillValue, hardMask, attrs, dims, subclass };
}

/** The header of a whole stream as the model has it, with all growths. */
export function contentHeader(head: StreamHead): Header | BundleHeader {
  let next = 0;
  const of = (content: SaidArray | SaidBundle): Header | BundleHeader => {
    if (!("entries" in content)) return headerOfArray(head, next++);
    const entries = new Map([...content.entries].map(([name, member]) => [name, of(member)]));
    return { kind: content.kind, entries, attrs: content.attrs, ...(content.keys.size > 0 && { keys: content.keys }) };
  };
  return of(head.envelope.content);
}

/** Classes of the arrays' data, in order. */
export function dataSubclasses(head: StreamHead): readonly (Subclass | undefined)[] {
  return head.arrays.map((array) => array.said.dataSubclass);
}
