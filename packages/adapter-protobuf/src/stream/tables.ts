import type { MaskEncoding } from "../message/tables.ts";
import { BYTES, FIXED32, FIXED64, type MessageRules, VARINT } from "../wire/reader.ts";
import type { StreamPlane } from "./plan.ts";

/** What messages of proto/masquerade/v1/blocks.proto hold, field by field; and its enumerations: a name's index is its number on the wire. */
const number = (name: string): MessageRules[number] => ({ name, wire: VARINT });
const within = (name: string): MessageRules[number] => ({ name, wire: BYTES });
const many = (name: string): MessageRules[number] => ({ name, wire: BYTES, repeated: true });

export const messageRules: MessageRules = {
  1: within("envelope"),
  2: within("header"),
  3: within("block"),
  4: within("growth"),
  5: within("index"),
  6: within("end"),
  7: within("request"),
  8: within("receipt"),
  9: within("failure"),
};
/** The first message of a stream, whose checksum is of a kind that it says itself. */
export const firstRules: MessageRules = { 1: within("envelope"), 15: { name: "checksum", wire: FIXED32 } };
export const envelopeRules: MessageRules = {
  1: { name: "magic", wire: FIXED32 },
  2: number("version"),
  3: number("headers"),
  4: number("blocks"),
  5: number("codec"),
  6: number("checksum"),
  7: number("mask_encoding"),
  8: many("block_shapes"),
  9: within("array"),
  10: within("bundle"),
  11: many("buffers"),
};
export const shapeRules: MessageRules = {
  1: { name: "lengths", wire: BYTES, repeated: true, packable: true },
};
export const headerRules: MessageRules = { 1: number("array"), 2: within("npy") };
export const blockRules: MessageRules = {
  1: number("index"),
  2: number("array"),
  3: number("plane"),
  4: number("start"),
  5: number("count"),
  6: number("length"),
  7: within("data"),
};
export const objectsRules: MessageRules = { 1: many("items"), 2: many("buffers") };
export const growthRules: MessageRules = { 1: number("array"), 2: number("length") };
export const indexRules: MessageRules = { 1: within("offsets"), 2: within("sizes"), 3: many("growths") };
export const endRules: MessageRules = {
  1: { name: "blocks", wire: FIXED64 },
  2: { name: "index", wire: FIXED64 },
  3: { name: "digest", wire: FIXED32 },
};
export const requestRules: MessageRules = { 1: number("version"), 2: many("runs"), 3: number("only_runs") };
export const runRules: MessageRules = { 1: number("first"), 2: number("count") };
export const receiptRules: MessageRules = {
  1: { name: "blocks", wire: FIXED64 },
  2: { name: "digest", wire: FIXED32 },
};
export const failureRules: MessageRules = { 1: within("code"), 2: within("message") };

/** Fields of StreamMessage. */
export const ENVELOPE = 1;
export const HEADER = 2;
export const BLOCK = 3;
export const GROWTH = 4;
export const INDEX = 5;
export const END = 6;
export const REQUEST = 7;
export const RECEIPT = 8;
export const FAILURE = 9;

export type CodecName = "none" | "deflate" | "zstd" | "blosc";
export const codecNames: readonly (CodecName | undefined)[] = [undefined, "none", "deflate", "zstd", "blosc"];
export const planes: readonly (StreamPlane | undefined)[] = [undefined, "data", "mask"];
export type BlockMaskEncoding = Exclude<MaskEncoding, "run-length">;
export const blockMaskEncodings: readonly (BlockMaskEncoding | undefined)[] = [undefined, "raw", "packed"];

/** The first bytes of files and byte streams. */
export const STREAM_MAGIC: readonly number[] = [0x89, 0x4d, 0x51, 0x42, 0x0d, 0x0a, 0x1a, 0x0a];
/** Envelope.magic, "MQB1". */
export const ENVELOPE_MAGIC = 0x3142514d;
export const STREAM_VERSION = 1;
/** Id of the format, which errors carry. */
export const FORMAT = "blocks";
