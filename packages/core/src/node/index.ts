/** What core offers in Node alone: files as sources and sinks. */
export { type FileSink, type FileSinkOptions, fileSink } from "./file-sink.ts";
export { type FileOptions, type FileSource, fromFile } from "./file-source.ts";
