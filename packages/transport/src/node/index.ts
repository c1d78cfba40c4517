/** What needs Node: TCP, and a store in a file that the next connection goes on with. */
export { type FileStore, fileStore } from "./file-store.ts";
export { connectTcp, listenTcp, type TcpListener, type TcpOptions, tcpChannel } from "./tcp.ts";
