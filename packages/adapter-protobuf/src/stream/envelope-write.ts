import { type BundleHeader, type Header, isBundleHeader, type Subclass } from "@masquerade/core";
import { frameBuffer } from "../message/buffers.ts";
import type { ChecksumKind } from "../message/tables.ts";
import { bundleKinds, checksumKinds, maskEncodings } from "../message/tables.ts";
import { MessageWriter } from "../message/write.ts";
import { npyHeaderFor, writeOutline } from "./outline.ts";
import type { StreamArray } from "./plan.ts";
import { blockShapeFor } from "./runs.ts";
import { type Sealed, seal } from "./seal.ts";
import {
  type BlockMaskEncoding,
  type CodecName,
  codecNames,
  ENVELOPE,
  ENVELOPE_MAGIC,
  FORMAT,
  HEADER,
  STREAM_VERSION,
} from "./tables.ts";

/** How a stream is written. */
export interface StreamHow {
  readonly codec: CodecName;
  readonly checksum: ChecksumKind | undefined;
  readonly mask: BlockMaskEncoding;
  /** The fill value stands where a value was masked. */
  readonly dropHidden: boolean;
  /** Bytes of a block at most; undefined: what proto/BLOCKS.md says. */
  readonly blockBytes: number | undefined;
}

/** An array of a stream: where it is in the content, what the header says of it, how it is cut. */
export interface OutlinedArray extends StreamArray {
  readonly path: string;
  readonly header: Header;
}

/** The arrays of a header in the order in which a stream has them. */
export function outlined(header: Header | BundleHeader, blockBytes: number | undefined, path = ""): OutlinedArray[] {
  if (isBundleHeader(header))
    return [...header.entries].flatMap(([name, inner]) =>
      outlined(inner, blockBytes, path === "" ? name : `${path}/${name}`),
    );
  const { dtype, shape, order, mask } = header;
  const blockShape = blockShapeFor(shape, order, dtype.itemsize, blockBytes);
  return [{ path, header, dtype, shape, order, masked: mask === "mask", blockShape }];
}

/** The first message of a stream. `dataSubclasses`: for each array the class of its data if it is masked, which a header does not say. */
export function envelopeMessage(
  content: Header | BundleHeader,
  arrays: readonly StreamArray[],
  blocks: number,
  how: StreamHow,
  dataSubclasses: readonly (Subclass | undefined)[] = [],
): Sealed {
  const writer = new MessageWriter(FORMAT, { mask: "packed", dropHidden: false });
  writer.fixed32(1, ENVELOPE_MAGIC);
  writer.number(2, STREAM_VERSION);
  writer.given(3, arrays.length);
  writer.given(4, blocks);
  writer.named(5, codecNames, how.codec);
  if (how.checksum !== undefined) writer.named(6, checksumKinds, how.checksum);
  writer.named(7, maskEncodings, how.mask);
  for (const { blockShape } of arrays) writer.within(8, () => writer.numbers(1, blockShape));
  writeContent(writer, content, how, dataSubclasses[Symbol.iterator](), 9, 10);
  const { buffers } = writer;
  const parts = [writer.finish()];
  let at = (parts[0] as Uint8Array).length;
  for (const buffer of buffers) {
    const { before, after } = frameBuffer(buffer, at, "crc32", 11);
    at += before.length + buffer.length + after.length;
    parts.push(before, buffer, after);
  }
  return seal([messageHead(ENVELOPE, at), ...parts], how.checksum);
}

function writeContent(
  writer: MessageWriter,
  content: Header | BundleHeader,
  how: StreamHow,
  dataSubclasses: Iterator<Subclass | undefined>,
  arrayField: number,
  bundleField: number,
): void {
  if (!isBundleHeader(content)) {
    writeOutline(writer, arrayField, { ...content, dataSubclass: dataSubclasses.next().value }, how);
    return;
  }
  writer.within(bundleField, () => {
    writer.named(1, bundleKinds, content.kind);
    for (const [name, member] of content.entries)
      writer.within(2, () => {
        writer.name(1, name);
        writeContent(writer, member, how, dataSubclasses, 2, 3);
      });
    writer.attributes(3, content.attrs);
    writer.attributes(4, content.keys ?? new Map());
  });
}

/** The NPY header of an array in a message of its own. */
export function headerMessage(number: number, array: StreamArray, checksum: ChecksumKind | undefined): Sealed {
  const npy = npyHeaderFor(array.dtype, array.shape, array.order);
  const writer = new MessageWriter(FORMAT, { mask: "packed", dropHidden: false });
  writer.within(HEADER, () => {
    writer.number(1, number);
    writer.raw(2, npy);
  });
  return seal([writer.finish()], checksum);
}

/** Tag and length of a message within a StreamMessage. */
export function messageHead(field: number, length: number): Uint8Array {
  const writer = new MessageWriter(FORMAT, { mask: "packed", dropHidden: false });
  writer.head(field, length);
  return writer.finish();
}
