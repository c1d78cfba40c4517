/**
 * Streams of blocks message by message: for transports, and for programs that make or take blocks themselves. Files are read and written
 * through the format `blocks`. proto/BLOCKS.md is the specification.
 */
export { type AppendOptions, appendBlocks } from "./append.ts";
export { assembled } from "./assemble.ts";
export { endMessage, IndexBuilder } from "./block-message.ts";
export { BlockSet, type NumberRun, runsText } from "./block-set.ts";
export { type Control, failureMessage, readControl, receiptMessage, requestMessage } from "./control.ts";
export { type Frame, FrameReader, framed, joinParts, magicBytes } from "./frames.ts";
export type { StreamHead } from "./head.ts";
export { messagesOf, readByteStream, readMessages, writeByteStream, writeMessages } from "./messages.ts";
export type { ReadBlock, ReadEnd } from "./read-messages.ts";
export { type StreamEvent, StreamReading } from "./reading.ts";
export { type Due, tooLong } from "./seal.ts";
export { type BlockSource, blockFileSource, blockSource, type MessageParts } from "./source.ts";
