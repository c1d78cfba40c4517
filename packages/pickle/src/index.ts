/**
 * A pickle machine that runs no code. `decodePickle` executes the opcodes of protocols 0 to 5 against an exact table of emulators; it
 * knows no array. `scanPickle` walks the opcodes without building anything.
 */
export { type DecodedPickle, decodePickle, decodePickleAt, decodePickles, type PickleDecodeOptions } from "./decode.ts";
export { type MachineContext, malformed, unsafe } from "./decode-context.ts";
export { finishValue } from "./decode-finish.ts";
export { asText, python2Value } from "./decode-keys.ts";
export { Latin1Decoder, latin1Bytes, latin1Length } from "./decode-latin1.ts";
export { type MachineOptions, PickleMachine } from "./decode-machine.ts";
export { type Opcode, type OpcodeArgument, opcodes } from "./decode-opcodes.ts";
export { NeedBytes, PickleReader, type ReaderOptions } from "./decode-reader.ts";
export { type GlobalUse, type PickleScan, type ScannedGlobal, scanPickle } from "./decode-scan.ts";
export {
  bytesHere,
  DeferredBytes,
  type Emulator,
  type EmulatorTable,
  type FinishContext,
  GlobalToken,
  globalKey,
  PickleInstance,
  PickleSet,
  PickleText,
  Python2String,
  type TextEncoding,
} from "./decode-values.ts";
export { type WalkedOpcode, type WalkOptions, walkOpcodes } from "./decode-walk.ts";
export { encodePickle, encodePickleParts, type PickleEncodeOptions, picklePieces } from "./encode.ts";
export type { PayloadPart, PicklePart } from "./encode-frames.ts";
export {
  type BufferNode,
  type BytesNode,
  bytesNode,
  type DictNode,
  type GlobalNode,
  global,
  type ListNode,
  latin1Text,
  list,
  type NodeSequence,
  type Payload,
  type PickleNode,
  type PickleObject,
  payloadOf,
  type ReduceNode,
  reduce,
  type TextNode,
  type TupleNode,
  text,
  tuple,
} from "./encode-nodes.ts";
export { expandParts, type PayloadForm } from "./encode-text.ts";
export type { Pickler } from "./encode-walk.ts";
export type { PickleProtocol } from "./encode-writer.ts";
