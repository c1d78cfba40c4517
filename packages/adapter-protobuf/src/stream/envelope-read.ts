import {
  type Bundle,
  type BundleHeader,
  type BundleKind,
  type DType,
  FormatError,
  type Header,
  type Limits,
  type NdArray,
  type PlainValue,
  quoteText,
  type Subclass,
} from "@masquerade/core";
import { BufferTable } from "../message/buffers.ts";
import { arrayParts, type SaidOfArray } from "../message/read-array.ts";
import { attrsOf, bundleOf, readAttribute } from "../message/read-value.ts";
import { arrayRules, bundleRules, entryRules } from "../message/rules.ts";
import { bundleKinds, type ChecksumKind, checksumKinds } from "../message/tables.ts";
import { type Range, WireReader } from "../wire/reader.ts";
import { unseal } from "./seal.ts";
import {
  type BlockMaskEncoding,
  blockMaskEncodings,
  type CodecName,
  codecNames,
  ENVELOPE_MAGIC,
  envelopeRules,
  FORMAT,
  firstRules,
  STREAM_VERSION,
  shapeRules,
} from "./tables.ts";

/** What an envelope says of one array; dtype, shape and order are in its NPY header. */
export interface SaidArray {
  readonly path: string;
  /** Where the header does not say all of it. */
  readonly dtype: DType | undefined;
  readonly mask: Header["mask"];
  readonly fillValue: NdArray | undefined;
  readonly hardMask: boolean;
  /** The values beneath the mask were dropped. */
  readonly dropped: boolean;
  readonly attrs: Header["attrs"];
  readonly dims: readonly string[] | undefined;
  readonly subclass: Subclass | undefined;
  readonly dataSubclass: Subclass | undefined;
}

/** A bundle of what is said of arrays. */
export interface SaidBundle {
  readonly kind: BundleKind;
  readonly entries: ReadonlyMap<string, SaidArray | SaidBundle>;
  readonly attrs: BundleHeader["attrs"];
  readonly keys: Bundle["keys"];
}

export interface Envelope {
  readonly headers: number;
  /** Blocks before the first growth, where the writer knew. */
  readonly blocks: number | undefined;
  readonly codec: CodecName;
  readonly checksum: ChecksumKind | undefined;
  readonly mask: BlockMaskEncoding;
  readonly blockShapes: readonly (readonly number[])[];
  readonly content: SaidArray | SaidBundle;
  /** The arrays of the content in order. */
  readonly arrays: readonly SaidArray[];
}

/** The first message of a stream, which begins at byte `at`. Throws FormatError and LimitError. */
export function readEnvelope(message: Uint8Array, limits: Limits, at: number): Envelope {
  if (message.length > limits.maxMetadataBytes)
    throw new WireReader(message, FORMAT, limits, at).limit("maxMetadataBytes", "bytes of an envelope", 0);
  const reader = new WireReader(message, FORMAT, limits, at);
  let range: Range | undefined;
  reader.fields("the first message", firstRules, message.length, (field) => {
    if (field === 1) range = reader.range("the envelope");
    else reader.fixed32();
  });
  if (range === undefined) throw reader.fail("the first message is no envelope", 0);
  const envelope = readParts(reader, range);
  const end = (range as Range).end;
  if (envelope.checksum !== undefined) {
    const { body } = unseal(message, envelope.checksum, at);
    if (body.length !== end) throw reader.fail("something follows the envelope in its message", end);
  } else if (message.length !== end) throw reader.fail("something follows the envelope in its message", end);
  return envelope;
}

interface Content {
  readonly field: 9 | 10;
  readonly range: Range;
}

function readParts(reader: WireReader, range: Range): Envelope {
  let version = 0;
  let magic = 0;
  let headers: number | undefined;
  let blocks: number | undefined;
  let codec: CodecName | undefined;
  let checksum: ChecksumKind | undefined;
  let mask: BlockMaskEncoding | undefined;
  let content: Content | undefined;
  const blockShapes: number[][] = [];
  const buffers = new BufferTable(FORMAT, reader.base);
  reader.later("the envelope", range, envelopeRules, (field) => {
    if (field === 1) magic = reader.fixed32();
    else if (field === 2) version = reader.number();
    else if (field === 3) headers = reader.number();
    else if (field === 4) blocks = reader.number();
    else if (field === 5) codec = reader.enumeration("the codec", codecNames);
    else if (field === 6) checksum = reader.enumeration("the kind of checksum", checksumKinds);
    else if (field === 7) mask = reader.enumeration("the encoding of masks", blockMaskEncodings);
    else if (field === 8) {
      if (blockShapes.length >= reader.limits.maxMembers) throw reader.limit("maxMembers", "shapes of blocks");
      const lengths: number[] = [];
      reader.message("the shape of blocks", shapeRules, (_, wire) => reader.numbers("a block", wire, lengths));
      blockShapes.push(lengths);
    } else if (field === 11) buffers.add(reader);
    else {
      if (content !== undefined) throw reader.fail("the envelope has two contents");
      content = { field: field === 9 ? 9 : 10, range: reader.range("the content") };
    }
  });
  const wrong = (message: string): FormatError => reader.fail(message, range.start);
  if (magic !== ENVELOPE_MAGIC) throw wrong("the envelope does not begin with its magic number");
  if (version !== STREAM_VERSION)
    throw new FormatError("FORMAT_VERSION", FORMAT, `version ${version} of streams; ${STREAM_VERSION} is known`, {
      offset: reader.base + range.start,
    });
  if (codec === undefined || mask === undefined || content === undefined || headers === undefined)
    throw wrong("the envelope lacks its headers, its codec, its encoding of masks or its content");
  const arrays: SaidArray[] = [];
  const said = readContent(reader, buffers, content, arrays);
  buffers.finish();
  if (headers !== arrays.length) throw wrong(`${headers} headers are announced for ${arrays.length} arrays`);
  if (blockShapes.length !== arrays.length)
    throw wrong(`${blockShapes.length} shapes of blocks for ${arrays.length} arrays`);
  return { headers, blocks, codec, checksum, mask, blockShapes, content: said, arrays };
}

function readContent(
  reader: WireReader,
  buffers: BufferTable,
  { field, range }: Content,
  arrays: SaidArray[],
): SaidArray | SaidBundle {
  if (field === 9) {
    const parts = arrayParts(reader, buffers, true);
    reader.later("an array", range, arrayRules, parts.field);
    return arrayOf(reader, parts.said, "", range.start, arrays);
  }
  const parts = bundleParts(reader, buffers, "", arrays);
  reader.later("a bundle", range, bundleRules, parts.field);
  return parts.done();
}

function arrayOf(reader: WireReader, said: SaidOfArray, path: string, at: number, arrays: SaidArray[]): SaidArray {
  const { masked } = said;
  if (said.shape.length > 0 || said.order !== undefined || said.objects.length > 0 || said.buffer !== 0)
    throw reader.fail("an array of a stream has its shape, order or data in the envelope", at);
  if (!masked && (said.hasMask || said.fill !== undefined || said.hard || said.dropped || said.dataSubclass))
    throw reader.fail("an array that is not masked has a mask or a fill value", at);
  if (said.dropped && !said.hasMask) throw reader.fail("values are hidden without a mask", at);
  if (arrays.length >= reader.limits.maxMembers) throw reader.limit("maxMembers", "arrays", at);
  const one: SaidArray = {
    path,
    dtype: said.dtype,
    mask: masked ? (said.hasMask ? "mask" : "nomask") : "plain",
    fillValue: said.fill,
    hardMask: said.hard,
    dropped: said.dropped,
    attrs: attrsOf(said.attrs),
    dims: said.dims,
    subclass: said.subclass,
    dataSubclass: said.dataSubclass,
  };
  arrays.push(one);
  return one;
}

function bundleParts(
  reader: WireReader,
  buffers: BufferTable,
  path: string,
  arrays: SaidArray[],
): { readonly field: (number: number) => void; readonly done: () => SaidBundle } {
  let kind: BundleKind | undefined;
  const entries = new Map<string, SaidArray | SaidBundle>();
  const attrs = new Map<string, PlainValue>();
  const keys = new Map<string, PlainValue>();
  return {
    field: (number) => {
      if (number === 1) kind = reader.enumeration("a bundle's kind", bundleKinds);
      else if (number === 2) readEntry(reader, buffers, entries, path, arrays);
      else readAttribute(reader, buffers, number === 3 ? attrs : keys);
    },
    done: () => bundleOf(reader, kind, entries, attrs, keys),
  };
}

function readEntry(
  reader: WireReader,
  buffers: BufferTable,
  into: Map<string, SaidArray | SaidBundle>,
  path: string,
  arrays: SaidArray[],
): void {
  let name = "";
  let member: SaidArray | SaidBundle | undefined;
  reader.message("a member of a bundle", entryRules, (field) => {
    if (field === 1) {
      name = reader.text("a member's name");
      return;
    }
    if (member !== undefined) throw reader.fail("a member of a bundle is two things at once");
    const inner = path === "" ? name : `${path}/${name}`;
    if (field === 2) {
      const at = reader.at;
      const parts = arrayParts(reader, buffers, true);
      reader.message("an array", arrayRules, parts.field);
      member = arrayOf(reader, parts.said, inner, at, arrays);
    } else {
      const parts = bundleParts(reader, buffers, inner, arrays);
      reader.message("a bundle", bundleRules, parts.field);
      member = parts.done();
    }
  });
  if (member === undefined) throw reader.fail(`the member "${quoteText(name)}" is nothing at all`);
  if (into.has(name)) throw reader.fail(`the member "${quoteText(name)}" comes twice`);
  into.set(name, member);
}
