import {
  type ByteSink,
  type ByteSource,
  fromBlob,
  fromBytes,
  fromUrl,
  OptionError,
  streamSink,
} from "@masquerade/core";
import type { ReadExtra } from "./options.ts";

/** What `load` and `open` read everywhere. A string is a URL here; in Node also a path. */
export type Input = string | URL | Blob | Uint8Array | ArrayBuffer | ByteSource;

/** A file picked in a browser, to be written (FileSystemFileHandle, of which only this is used). */
export interface WritableHandle {
  readonly name: string;
  createWritable(): Promise<WritableStream<Uint8Array>>;
}

/** Where `save` writes everywhere. In Node also a path. */
export type Target = WritableStream<Uint8Array> | WritableHandle | ByteSink;

export interface SourceOptions extends ReadExtra {
  readonly signal?: AbortSignal | undefined;
  readonly mode?: "r" | "r+" | undefined;
}

/** A source for an input, and whether it was made here and so is ours to dispose. */
export interface Opened {
  readonly source: ByteSource;
  readonly owned: boolean;
  /** Whether each read is a request. */
  readonly remote: boolean;
  /** All of it, where it is in memory already. */
  readonly bytes?: Uint8Array;
}

export type Opener<I> = (input: I, options: SourceOptions) => Promise<Opened>;

/** Throws OptionError for what is no input, SourceError for URLs that cannot be had. */
export const openInput: Opener<Input> = async (input, options) => {
  if (typeof input === "string" || input instanceof URL) {
    const source = await fromUrl(input, { ...options.http, signal: options.signal });
    return { source, owned: true, remote: true };
  }
  const bytes = bytesOf(input);
  if (bytes !== undefined) return { source: fromBytes(bytes), owned: true, remote: false, bytes };
  if (isBlob(input)) return { source: fromBlob(input), owned: true, remote: false };
  const source = input as ByteSource;
  if (typeof (source as ByteSource | null)?.read === "function") return { source, owned: false, remote: false };
  throw new OptionError("OPTION_INVALID", "load and open take a path or URL, a Blob, bytes or a ByteSource", "input");
};

// Looked at, not asked for their class: values may come from another realm (a frame, a test environment).
function bytesOf(input: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  return Object.prototype.toString.call(input) === "[object ArrayBuffer]"
    ? new Uint8Array(input as ArrayBuffer)
    : undefined;
}

function isBlob(input: unknown): input is Blob {
  const blob = input as Partial<Blob> | null;
  return typeof blob === "object" && typeof blob?.slice === "function" && typeof blob.arrayBuffer === "function";
}

/** A sink to be made when everything that can be refused has been, and the name that may tell the format. */
export interface Destination {
  readonly name: string | undefined;
  make(): Promise<ByteSink>;
}

export type Aim<T> = (target: T, options: { readonly force?: boolean | undefined }) => Destination;

/** Throws OptionError for what is no target. */
export const aim: Aim<Target> = (target) => {
  if (target instanceof WritableStream) return { name: undefined, make: async () => streamSink(target) };
  if (typeof (target as Partial<WritableHandle> | null)?.createWritable === "function") {
    const handle = target as WritableHandle;
    return { name: handle.name, make: async () => streamSink(await handle.createWritable()) };
  }
  const sink = target as ByteSink;
  if (typeof (sink as Partial<ByteSink> | null)?.commit === "function")
    return { name: undefined, make: async () => sink };
  throw new OptionError("OPTION_INVALID", "save takes a path, a WritableStream, a file handle or a ByteSink", "target");
};
