/** Streams of blocks (the format `blocks`) over connections: the protocol, and WebSocket, HTTP and ZeroMQ. TCP is in `@masquerade/transport/node`. */
export { type BlockSource, blockFileSource, blockSource, type Due, tooLong } from "@masquerade/adapter-protobuf/blocks";
export type { Channel } from "./channel.ts";
export { blocksBody, blocksMediaType, readBlocksBody } from "./http.ts";
export { type MemoryStore, memoryStore } from "./memory-store.ts";
export { type BlockStore, type Received, type ReceiveOptions, receiveBlocks } from "./receive.ts";
export { type SendOptions, type Sent, sendBlocks } from "./send.ts";
export { type WebSocketLike, webSocketChannel } from "./web-socket.ts";
export { type ZeroMqLike, zeroMqChannel } from "./zeromq.ts";
